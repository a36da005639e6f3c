"""Where heads can be taken out: what enters each attention's output projection, and each MLP's end.

The projection of any family (`o_proj`, `out_proj`, `c_proj`, `dense`, `o` …) gets the heads side
by side, head h in the columns ``[h · width, (h + 1) · width)``. Grouped queries change nothing
here: there is one slice per query head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from torch import nn

from engine.errors import BadSpec, UnsupportedModel
from engine.inspection.ablation_spec import Part, Unit
from engine.inspection.capture import Role
from engine.inspection.roles import is_cross
from engine.models.architecture import number, shape_of
from engine.models.layers import decoder_layers, encoder_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PROJECTIONS: Final = frozenset({"o_proj", "out_proj", "c_proj", "dense", "o", "out_lin", "wo"})
MLP_NAMES: Final = ("mlp", "ffn", "feed_forward", "block_sparse_moe")


@dataclass(frozen=True, eq=False)
class Site:
    """The output projection of one attention, or the end of one MLP.

    Attributes:
        name: Its qualified name in the model.
        module: The module; its input (heads) or output (whole parts) is what changes.
        layer: From 0, within its stack.
        order: Place of its layer among all layers in running order (encoder first).
        role: Which attention; an MLP has the role of its stack.
        heads: Query heads; 0 of an MLP.
        width: Columns per head; 0 of an MLP.
    """

    name: str
    module: nn.Module
    layer: int
    order: int
    role: Role
    heads: int = 0
    width: int = 0

    def columns(self, head: int) -> slice:
        """The columns of a head in what enters the projection."""
        return slice(head * self.width, (head + 1) * self.width)


class Sites:
    """All places of a model.

    Args:
        model: Any transformer whose layers stand in a list.

    Raises:
        UnsupportedModel: No attention of it has an output projection that can be found.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self.encoder = encoder_layers(model)
        self.decoder = decoder_layers(model)
        names = {id(module): name for name, module in model.named_modules()}
        self.attention: list[Site] = []
        self.mlp: list[Site] = []
        for order, layer in enumerate((*self.encoder, *self.decoder)):
            in_encoder = order < len(self.encoder)
            number_in_stack = order if in_encoder else order - len(self.encoder)
            heads = _heads(model, in_encoder)
            for path, module in _projections(layer):
                role = _role(path, in_encoder)
                width = _inputs(module) // heads
                self.attention.append(
                    Site(names[id(module)], module, number_in_stack, order, role, heads, width)
                )
            end = _mlp_end(model, layer)
            if end is not None:
                role = "encoder" if in_encoder else "self"
                self.mlp.append(Site(names[id(end)], end, number_in_stack, order, role))
        if not self.attention:
            raise UnsupportedModel(
                f"No attention heads can be found in a “{model.config.model_type}”.",
                "Choose a transformer whose layers stand in a list.",
            )

    @property
    def layers(self) -> list[nn.Module]:
        """All layers in running order."""
        return [*self.encoder, *self.decoder]

    def heads_of(self, role: Role) -> list[Site]:
        """The attentions of a role, by layer."""
        return [site for site in self.attention if site.role == role]

    def of(self, unit: Unit) -> Site:
        """Where a unit is.

        Raises:
            BadSpec: There is no such layer or head.
        """
        places = self.mlp if unit.part == "mlp" else self.attention
        for site in places:
            if (site.layer, site.role) == (unit.layer, unit.role):
                if unit.part == "head" and unit.head >= site.heads:
                    break
                return site
        raise self._missing(unit.part, unit)

    def _missing(self, part: Part, unit: Unit) -> BadSpec:
        layers = len(self.encoder) if unit.role == "encoder" else len(self.decoder)
        if part == "head" and self.heads_of(unit.role):
            heads = self.heads_of(unit.role)[0].heads
            return BadSpec(
                f"The model has no head {unit.head} in layer {unit.layer}: it has {layers} layers "
                f"of {heads} heads, counted from 0.",
                "Choose one of these.",
            )
        return BadSpec(
            f"The model has no such part in layer {unit.layer}: it has {layers} layers, counted "
            "from 0.",
            "Choose one of these.",
        )


def _projections(layer: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    for path, module in layer.named_modules():
        parent, _, leaf = path.rpartition(".")
        in_attention = "attn" in parent.lower() or "attention" in parent.lower()
        if leaf in PROJECTIONS and in_attention and _inputs(module):
            yield path, module


def _role(path: str, in_encoder: bool) -> Role:
    if is_cross(path):
        return "cross"
    return "encoder" if in_encoder else "self"


def _inputs(module: nn.Module) -> int:
    """Width of what a linear map takes (GPT-2's `Conv1D` keeps its weight transposed)."""
    width = getattr(module, "in_features", None)
    if isinstance(width, int):
        return width
    return int(module.weight.shape[0]) if type(module).__name__ == "Conv1D" else 0  # type: ignore[index]


def _outputs(module: nn.Module) -> int:
    width = getattr(module, "out_features", None)
    if isinstance(width, int):
        return width
    return int(module.weight.shape[1]) if type(module).__name__ == "Conv1D" else 0  # type: ignore[index]


def _heads(model: PreTrainedModel, in_encoder: bool) -> int:
    config = model.config
    if not getattr(config, "is_encoder_decoder", False):
        return shape_of(config).heads
    own = "encoder_attention_heads" if in_encoder else "decoder_attention_heads"
    return number(config, (own,), shape_of(config).heads)


def _mlp_end(model: PreTrainedModel, layer: nn.Module) -> nn.Module | None:
    """The last linear map of a layer that is no attention's; of fused experts the whole MLP."""
    hidden = shape_of(model.config).hidden_size
    end: nn.Module | None = None
    for path, module in layer.named_modules():
        lowered = path.lower()
        if "attn" in lowered or "attention" in lowered or "expert" in lowered:
            continue
        if _outputs(module) == hidden:
            end = module
    if end is not None:
        return end
    for path, module in layer.named_modules():
        if path.rpartition(".")[2] in MLP_NAMES:
            end = module
            break
    return end
