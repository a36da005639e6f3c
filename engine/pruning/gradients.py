"""How strongly the loss of the calibration text pulls at every weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.decoding.batching import free_bytes
from engine.errors import DeviceOutOfMemory
from engine.pruning.loss import check_predicts
from engine.pruning.one_pass import memory_explained
from engine.pruning.passages import Passages
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def read_gradients(
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    check: Callable[[], None],
) -> dict[str, Tensor]:
    """L2 norm of each weight's gradients over the calibration windows.

    ``G_ij = √(Σ_n (∂L_n / ∂W_ij)²)`` with L_n the mean negative log-likelihood of the scored tokens
    of window n. One window is read at a time, and a gradient is added up and freed as soon as it
    is there, so one float32 copy of the matrices is all that this needs beside the model and the
    activations of one window.

    Args:
        model: In eval mode; not changed.
        found: Its matrices.
        text: Calibration windows; one where nothing is scored is left out.
        check: Called before each window; what it raises ends the reading.

    Returns:
        By the matrix's name, float32 ``[out, in]``.

    Raises:
        DeviceOutOfMemory: The gradients do not fit.
        UnsupportedModel: The model predicts no next token.
    """
    check_predicts(model)
    weights = {id(target.parameter): target.parameter for target in found}  # experts share theirs
    _check_room(list(weights.values()))
    squares: dict[int, Tensor] = {}
    with memory_explained(), _added_up(list(weights.values()), squares), torch.enable_grad():
        for ids, real, scored in zip(text.ids, text.real, text.scored, strict=True):
            check()
            length = int(real.sum())
            places = scored[1:length].nonzero().flatten().to(model.device)
            if not len(places):
                continue
            tokens = ids[None, :length].to(model.device)
            logits = model(input_ids=tokens, use_cache=False).logits[0, places]
            F.cross_entropy(logits.float(), tokens[0, places + 1]).backward()  # type: ignore[no-untyped-call]
    return {
        target.name: target.part_of(squares[id(target.parameter)].sqrt_())
        if target.expert is None
        else target.part_of(squares[id(target.parameter)]).sqrt()
        for target in found
    }


@contextmanager
def _added_up(weights: Sequence[Tensor], squares: dict[int, Tensor]) -> Iterator[None]:
    """Squares of the weights' gradients are added up; everything else stays without a gradient."""

    def add(weight: Tensor) -> None:
        assert weight.grad is not None
        squares[id(weight)] += weight.grad.float().square()
        weight.grad = None

    wanted = [(weight, weight.requires_grad) for weight in weights]
    handles = []
    try:
        for weight in weights:
            squares[id(weight)] = torch.zeros_like(weight, dtype=torch.float32)
            weight.requires_grad_(True)
            handles.append(weight.register_post_accumulate_grad_hook(add))  # type: ignore[no-untyped-call]
        yield
    finally:
        for handle in handles:
            handle.remove()
        for weight, before in wanted:
            weight.grad = None
            weight.requires_grad_(before)


def _check_room(weights: Sequence[Tensor]) -> None:
    """Raise `DeviceOutOfMemory` before minutes of work that could not end well."""
    needed = sum(weight.numel() for weight in weights) * 4
    free = free_bytes(weights[0].device)
    if needed > free:
        raise DeviceOutOfMemory(
            f"The gradients of this model take {needed / 2**30:.1f} GiB; "
            f"{free / 2**30:.1f} GiB are free.",
            "Choose a method that needs no gradients, such as Wanda.",
        )
