"""Every matrix of a model pruned by one method: the work between a text and the finished zeros."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from engine.pruning.inputs import Inputs
from engine.pruning.methods.base import Method
from engine.pruning.methods.by_gradient import ByGradient, at_matrices
from engine.pruning.methods.scored import Scored
from engine.pruning.one_pass import visit_in_one_pass
from engine.pruning.passages import Passages
from engine.pruning.ranking import only, zero
from engine.pruning.score import score
from engine.pruning.targets import Target
from engine.pruning.two_pass import visit_in_two_passes

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ROWS: Final = 64
"""Rows that are squared at once: so few stay in a processor's cache."""


@dataclass(frozen=True, eq=False)
class PrunedMatrix:
    """A matrix that has just been pruned.

    Attributes:
        target: Which.
        gone: True where a weight went, ``[out, in]``.
        error: Share of the squared output that went. Of a method that updates what stays
            ``‖(W − W')Xᵀ‖² / ‖WXᵀ‖²``; else as the score sees it, as if the inputs' features
            were independent: ``Σ gone (W·‖X‖)² / Σ (W·‖X‖)²``.
        seconds: What scoring and zeroing took.
    """

    target: Target
    gone: Tensor
    error: float
    seconds: float


def prune_matrices(
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    method: Method | ByGradient,
    ratios: Mapping[str, float],
    note: Callable[[PrunedMatrix], None],
    check: Callable[[], None],
    passes: int = 1,
) -> None:
    """Prune in place, in the order of the forward pass; see `restored` for the way back.

    Args:
        model: Whose matrices they are.
        found: The matrices.
        text: Calibration windows.
        method: How.
        ratios: Share of zeros by the matrix's name.
        note: Called with each matrix when it is done.
        check: Called before each; what it raises ends the work.
        passes: 1, or 2 for the block-sequential order of the published references.
    """

    own = at_matrices(method, model, found, text, check)

    def visit(target: Target, inputs: Inputs) -> None:
        started = time.monotonic()
        gone, error = _prune(own(target), target.weight, inputs, ratios[target.name])
        note(PrunedMatrix(target, gone, error, time.monotonic() - started))

    walk = visit_in_one_pass if passes == 1 else visit_in_two_passes
    walk(model, found, text, visit, check)


def _prune(method: Method, weight: Tensor, inputs: Inputs, ratio: float) -> tuple[Tensor, float]:
    """(what went, the share of the squared output that went with it)."""
    if method.updates:  # what stays makes up for what goes: only the products tell
        dense = weight.clone()
        gone = method.prune(weight, inputs, ratio)
        total = _output(dense, inputs.moments)
        lost = _output(dense - weight, inputs.moments)
        return gone, lost / total if total else 0.0
    if isinstance(method, Scored) and method.scores_outputs:
        return _prune_by_outputs(method, weight, inputs, ratio)
    power = inputs.norms.square()
    total = _power(weight, power)
    gone = method.prune(weight, inputs, ratio)
    left = _power(weight, power)
    return gone, max(0.0, 1 - left / total) if total else 0.0


def _prune_by_outputs(
    method: Scored, weight: Tensor, inputs: Inputs, ratio: float
) -> tuple[Tensor, float]:
    """As `_prune`; the scores tell the error too, so the weights are read once less."""
    scores = score(weight, inputs.norms, method.recipe)
    flat = scores.flatten()
    total = float(torch.dot(flat, flat))
    gone = method.choose(scores, ratio)
    zero(weight, gone)
    lost = only(scores, gone).flatten()
    return gone, min(1.0, float(torch.dot(lost, lost)) / total) if total else 0.0


def _output(weight: Tensor, moments: Tensor) -> float:
    """``‖W Xᵀ‖²``, up to the factor of the moments: ``Σ (W H) ∘ W``."""
    weight = weight.float()
    return float(((weight @ moments) * weight).double().sum())


def _power(weight: Tensor, power: Tensor) -> float:
    """``Σ (W·‖X‖)²``; sums of rows first, so that float32 loses nothing that counts."""
    rows = range(0, len(weight), ROWS)
    parts = [weight[at : at + ROWS].float().square() @ power for at in rows]
    return float(torch.cat(parts).double().sum())
