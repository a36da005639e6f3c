"""True-sequential pruning in one forward pass.

A pre-hook of every linear module reads its inputs, prunes its weights, and lets the forward go
on: each matrix is judged by inputs that come from already pruned matrices, and the calibration
text is read once instead of twice per block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.errors import DeviceOutOfMemory, as_memory_error
from engine.pruning.experts_pass import visit_experts
from engine.pruning.inputs import Inputs, SharedInputs
from engine.pruning.passages import Passages
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class _AllSeen(Exception):
    """Every matrix was visited: what comes behind the last one is not needed."""


Visit = Callable[[Target, Inputs], None]


@contextmanager
def restored(found: Sequence[Target]) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """Every weight is bit for bit what it was when the block is left, however it is left.

    Yields:
        (parameter, copy of its dense values) of every parameter, for reading.
    """
    whole = {id(target.parameter): target.parameter for target in found}  # experts share theirs
    kept = [(parameter, parameter.detach().clone()) for parameter in whole.values()]
    try:
        yield kept
    finally:
        for parameter, dense in kept:
            parameter.data.copy_(dense)


@contextmanager
def memory_explained() -> Iterator[None]:
    """Memory that runs out while the calibration text is read is said with its own next step.

    Raises:
        DeviceOutOfMemory: It ran out; what the pass held is free again.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(as_memory_error(error), DeviceOutOfMemory):
            raise
        raise DeviceOutOfMemory(
            "The calibration text does not fit into the memory that is free; it was freed again.",
            "Choose fewer or shorter calibration windows.",
            str(error),
        ) from error


@torch.no_grad()
def visit_in_one_pass(
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    visit: Visit,
    check: Callable[[], None],
) -> None:
    """Read the calibration text once; every matrix is visited once, before its first product.

    The pass ends with the last matrix, before its product.

    Args:
        model: A visit may change the weights of its target; see `restored`.
        found: The matrices.
        text: Calibration windows, read as one batch.
        visit: Called with a matrix and its inputs, in the order of the forward pass.
        check: Called before each matrix; what it raises ends the pass.

    Raises:
        DeviceOutOfMemory: The windows do not fit together.
    """
    shared = SharedInputs(text.real.to(model.device))
    by_module: dict[int, list[Target]] = {}
    for target in found:
        by_module.setdefault(id(target.module), []).append(target)

    def before(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        check()
        own = by_module[id(module)]
        if own[0].expert is None:
            visit(own[0], shared.of(inputs[0], own[0].name))
        else:
            visit_experts(own, module, inputs, text.real, visit)
        left.discard(id(module))
        if not left:
            raise _AllSeen

    modules = {id(target.module): target.module for target in found}
    left = set(modules)
    handles = [module.register_forward_pre_hook(before) for module in modules.values()]
    try:
        with memory_explained():
            model.base_model(**reading(model, text, shared.whole))  # no need of the head
    except _AllSeen:
        return
    finally:
        for handle in handles:
            handle.remove()


def reading(model: PreTrainedModel, text: Passages, whole: bool = False) -> dict[str, object]:
    """What a model is called with to read the windows once.

    An encoder-decoder reads them on both sides, so that all its matrices have inputs.

    Args:
        model: Any that transformers can load.
        text: The windows.
        whole: Whether there is no padding: a mask of ones only would keep attention from its
            faster causal path.
    """
    ids = text.ids.to(model.device)
    mask = None if whole else text.real.long().to(model.device)
    given: dict[str, object] = {"input_ids": ids, "attention_mask": mask, "use_cache": False}
    if model.config.is_encoder_decoder:
        given |= {"decoder_input_ids": ids, "decoder_attention_mask": mask}
    return given
