"""The matrices of a model that can be pruned, whatever module keeps them.

Linear layers and GPT-2's transposed Conv1D inside the repeated layers; embeddings and the output
head stay whole. Experts of a mixture are one three-dimensional parameter, which a walk over
``nn.Linear`` would miss without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from engine.errors import BadSpec, UnsupportedModel
from engine.models.layers import decoder_layers, encoder_layers
from engine.pruning.experts import fused_weights, is_fused

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class Target:
    """One prunable matrix.

    Attributes:
        name: Qualified name of its parameter, e.g. ``model.layers.0.mlp.up_proj.weight``.
        layer: Its layer, from 0; an encoder's layers come before the decoder's.
        module: The module whose inputs it multiplies.
        parameter: The parameter itself.
        transposed: Stored ``[in, out]`` (Conv1D).
        expert: Its number in a mixture whose weights are one parameter; None elsewhere.
        rows: Its first and last + 1 row there; None = all of the expert's.
    """

    name: str
    layer: int
    module: nn.Module
    parameter: Tensor
    transposed: bool = False
    expert: int | None = None
    rows: tuple[int, int] | None = None

    @property
    def kind(self) -> str:
        """What it is in its layer, e.g. ``mlp.up_proj``; the same in every layer."""
        parts = self.name.split(".")
        numbers = [index for index, part in enumerate(parts) if part.isdigit()]
        place = numbers[-1 if self.expert is None else -2]
        return ".".join(part for part in parts[place + 1 :] if part != "weight")

    @property
    def weight(self) -> Tensor:
        """The weights as ``[out, in]``, a view: writing to it writes the model."""
        return self.part_of(self.parameter.data)

    def part_of(self, data: Tensor) -> Tensor:
        """This matrix in something shaped like its parameter, as ``[out, in]``, a view."""
        if self.expert is not None:
            data = data[self.expert]
        if self.rows is not None:
            data = data[slice(*self.rows)]
        return data.T if self.transposed else data


def targets(model: PreTrainedModel) -> list[Target]:
    """Every prunable matrix in the order of the layers.

    Raises:
        UnsupportedModel: There is none, or the weights are packed (4- or 8-bit).
    """
    names = {id(module): name for name, module in model.named_modules()}
    found: list[Target] = []
    layers = [*encoder_layers(model), *decoder_layers(model)]
    for number, layer in enumerate(layers):
        for module in layer.modules():
            _refuse_unknown_experts(module, model)
            if is_fused(module):
                found += _of_experts(module, names[id(module)], number)
            elif isinstance(module, nn.Linear | Conv1D):
                _refuse_packed(module)
                found.append(
                    Target(
                        name=f"{names[id(module)]}.weight",
                        layer=number,
                        module=module,
                        parameter=module.weight,
                        transposed=isinstance(module, Conv1D),
                    )
                )
    if not found:
        raise UnsupportedModel(
            f"The model “{model.config.model_type}” has no layer that can be pruned.",
            "Choose a model with linear layers.",
        )
    return found


def _of_experts(module: nn.Module, name: str, layer: int) -> list[Target]:
    """Gate, up and down of every expert, named as in a saved model, where each is a matrix."""
    gate_up, down = fused_weights(module)
    width = down.shape[-1]
    parts = (
        ("gate", gate_up, (0, width)),
        ("up", gate_up, (width, 2 * width)),
        ("down", down, None),
    )
    return [
        Target(
            name=f"{name}.{expert}.{part}_proj.weight",
            layer=layer,
            module=module,
            parameter=parameter,
            expert=expert,
            rows=rows,
        )
        for expert in range(len(down))
        for part, parameter, rows in parts
    ]


def _refuse_unknown_experts(module: nn.Module, model: PreTrainedModel) -> None:
    """A mixture that is stored in another way must not go unpruned without a word."""
    own = list(module.parameters(recurse=False))
    mixture = hasattr(module, "num_experts") and any(one.dim() == 3 for one in own)
    if mixture and not is_fused(module):
        raise UnsupportedModel(
            f"The experts of “{model.config.model_type}” are stored in a way that is not known.",
            "Choose another model.",
        )


def _refuse_packed(module: nn.Module) -> None:
    weight = module.weight
    if not isinstance(weight, Tensor) or not weight.is_floating_point():
        raise UnsupportedModel(
            "The weights are packed in 4 or 8 bits and cannot be pruned in place.",
            "Load the model without quantisation, or prune it as a job, a sweep or a tuning: these "
            "unpack the weights and pack them again.",
        )


def set_by_hand(ratios: Mapping[str, float], found: Sequence[Target]) -> dict[int, float]:
    """Ratios by the number of their matrix instead of its name.

    Raises:
        BadSpec: There is no such matrix.
    """
    places = {target.name: place for place, target in enumerate(found)}
    for name in ratios:
        if name not in places:
            raise BadSpec(
                f"The model has no matrix “{name}”.", "Choose one of its prunable matrices."
            )
    return {places[name]: ratio for name, ratio in ratios.items()}
