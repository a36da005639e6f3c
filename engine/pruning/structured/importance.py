"""What a neuron, a group of heads, an expert and a whole layer are worth: one dense pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.pruning.experts import Experts, output, routed
from engine.pruning.inputs import Inputs
from engine.pruning.passages import Passages
from engine.pruning.structured.layout import Attention, Layer, Part, layout
from engine.pruning.structured.worth.registry import RULES
from engine.pruning.structured_spec import Worth
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel

NONE = torch.empty(0)


@dataclass(frozen=True, eq=False)
class Importance:
    """Scores of everything that can be cut out whole; an empty tensor where a layer has none.

    Attributes:
        neurons: Per layer, of each MLP neuron by the chosen rule, ``[neurons]``.
        groups: Per layer, of each key-value group: the same summed over its heads' columns of the
            output projection, ``[groups]``.
        influence: Per layer, 1 - mean cosine of what enters and what leaves it (block influence,
            Men et al. 2024).
        experts: Per layer, of each expert: mean over the tokens that it was chosen for of the
            router's weight times the norm of its output (REAP, Lasby et al. 2025), ``[experts]``.
        neuron_means: Per layer, mean activation of each neuron, ``[neurons]``.
        head_means: Per layer, mean input of the output projection, ``[in]``.
        comparable: Whether the groups' scores of different layers are on one scale.
    """

    neurons: tuple[Tensor, ...]
    groups: tuple[Tensor, ...]
    influence: tuple[float, ...]
    experts: tuple[Tensor, ...] = ()
    neuron_means: tuple[Tensor, ...] = ()
    head_means: tuple[Tensor, ...] = ()
    comparable: bool = False

    def of(self, layers: list[int]) -> Importance:
        """The same of some layers."""

        def some(scores: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            return tuple(scores[layer] for layer in layers) if scores else ()

        return Importance(
            neurons=some(self.neurons),
            groups=some(self.groups),
            influence=tuple(self.influence[layer] for layer in layers),
            experts=some(self.experts),
            neuron_means=some(self.neuron_means),
            head_means=some(self.head_means),
            comparable=self.comparable,
        )


@torch.no_grad()
def importance(
    model: PreTrainedModel, text: Passages, check: Callable[[], None], rule: Worth = "wifn"
) -> Importance:
    """Score neurons, groups, experts and layers by one forward pass over the calibration text.

    Raises:
        BadSpec: Activations are not finite.
    """
    layers = layout(model)
    neurons = [NONE for _ in layers]
    groups = [NONE for _ in layers]
    neuron_means, head_means = list(neurons), list(groups)

    def visit(target: Target, inputs: Inputs) -> None:
        worth = RULES[rule](target.weight, inputs).cpu()
        layer = layers[target.layer]
        mean = inputs.rows().mean(0)
        if layer.mlp and target.module is layer.mlp.reader.module:
            neurons[target.layer], neuron_means[target.layer] = worth, mean
        else:
            assert layer.attention is not None
            groups[target.layer] = worth.view(layer.attention.groups, -1).sum(1)
            head_means[target.layer] = mean

    with (
        _influence([layer.module for layer in layers], text) as influence,
        _expert_worth(layers, text) as experts,
        _visited(_readers(layers), text, visit, check),
    ):
        model.base_model(  # without the head: nothing of it is needed
            input_ids=text.ids.to(model.device),
            attention_mask=text.real.long().to(model.device),
            use_cache=False,
        )
    return Importance(
        neurons=tuple(neurons),
        groups=tuple(groups),
        influence=tuple(influence),
        experts=tuple(experts),
        neuron_means=tuple(neuron_means),
        head_means=tuple(head_means),
    )


def _readers(layers: Sequence[Layer]) -> list[Target]:
    """The projections that read neurons and heads."""
    found: list[Target] = []
    for number, layer in enumerate(layers):
        parts: list[Part] = []
        parts += [layer.attention.output] if layer.attention else []
        parts += [layer.mlp.reader] if layer.mlp else []
        for part in parts:
            found.append(Target(part.name, number, part.module, part.parameter, part.transposed))
    return found


@contextmanager
def _visited(
    found: Sequence[Target],
    text: Passages,
    visit: Callable[[Target, Inputs], None],
    check: Callable[[], None],
) -> Iterator[None]:
    """Each projection is visited with its inputs in the pass that the block runs."""

    def before(target: Target) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def read(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            check()
            visit(target, Inputs(inputs[0], text.real.to(inputs[0].device), target.name))

        return read

    handles = [one.module.register_forward_pre_hook(before(one)) for one in found]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _influence(layers: Sequence[nn.Module], text: Passages) -> Iterator[list[float]]:
    """How far each layer turns the residual stream in the pass that the block runs."""
    found: list[float] = []

    def after(_module: nn.Module, inputs: tuple[Tensor, ...], output: object) -> None:
        left = output[0] if isinstance(output, tuple) else output
        assert isinstance(left, Tensor)
        cosine = torch.cosine_similarity(inputs[0].float(), left.float(), dim=-1)
        found.append(1 - float(cosine[text.real.to(left.device)].mean()))

    handles = [layer.register_forward_hook(after) for layer in layers]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _expert_worth(layers: Sequence[Layer], text: Passages) -> Iterator[list[Tensor]]:
    """REAP's score of every expert in the pass that the block runs."""
    found = [NONE for _ in layers]

    def before(number: int, experts: Experts) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def read(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            scores = torch.zeros(experts.count)
            for expert, states, weights in routed(module, inputs, text.real):
                if len(states):  # an expert that no token chose is worth nothing here
                    norms = output(module, expert, states).float().norm(dim=-1)
                    scores[expert] = float((weights.float() * norms).mean())
            found[number] = scores

        return read

    handles = [
        layer.experts.module.register_forward_pre_hook(before(number, layer.experts))
        for number, layer in enumerate(layers)
        if layer.experts
    ]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def places(attention: Attention, groups: Tensor) -> Tensor:
    """Columns of the output projection that belong to some groups, in order."""
    width = attention.queries * attention.head_dim
    return (groups[:, None] * width + torch.arange(width)[None]).flatten()
