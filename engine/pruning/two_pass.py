"""Block-sequential pruning as in the published references, for comparison with one pass.

Each block reads the calibration text twice: dense, for the statistics of all its matrices, and
pruned, for the inputs of the next block (Sun et al. 2023, section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from engine.models.layers import decoder_layers, encoder_layers
from engine.pruning.experts_pass import visit_experts
from engine.pruning.inputs import SharedInputs
from engine.pruning.one_pass import Visit, memory_explained, reading
from engine.pruning.passages import Passages
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@torch.no_grad()
def visit_in_two_passes(
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    visit: Visit,
    check: Callable[[], None],
) -> None:
    """Like `engine.pruning.one_pass.visit_in_one_pass`, but block by block.

    All matrices of a block are visited after the block has read the text dense; the inputs of
    the next block come from the pruned one.
    """
    real = text.real.to(model.device)
    by_module: dict[int, list[Target]] = {}  # experts share theirs
    for target in found:
        by_module.setdefault(id(target.module), []).append(target)
    collecting: list[Callable[[], None]] | None = None
    shared = SharedInputs(real)

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if collecting is not None:
            own = by_module[id(module)]
            if own[0].expert is None:
                read = shared.of(inputs[0], own[0].name)
                collecting.append(partial(visit, own[0], read))
            else:
                collecting.append(
                    partial(visit_experts, own, module, inputs, real, visit, dense=True)
                )

    def twice(layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        nonlocal collecting
        check()
        collecting = []
        layer.forward(*args, **kwargs)  # without the layer's own hooks, of which this is one
        seen, collecting = collecting, None
        for prune in seen:
            check()
            prune()

    layers = [*encoder_layers(model), *decoder_layers(model)]
    modules = {id(target.module): target.module for target in found}
    handles = [module.register_forward_pre_hook(note) for module in modules.values()]
    handles += [layer.register_forward_pre_hook(twice, with_kwargs=True) for layer in layers]
    try:
        with memory_explained():
            model.base_model(**reading(model, text))
    finally:
        for handle in handles:
            handle.remove()
