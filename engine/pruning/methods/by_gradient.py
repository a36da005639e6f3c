"""What scores share that read the loss's gradients beside weights and inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor

from engine.pruning.gradients import read_gradients
from engine.pruning.inputs import Inputs
from engine.pruning.methods.base import Method
from engine.pruning.passages import Passages
from engine.pruning.ranking import lowest, pruned_of_m, zero
from engine.pruning.recipe import Group, Pattern
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class ByGradient(ABC):
    """Pruning by a score that knows the gradient of every weight.

    Attributes:
        group: Weights that compete.
        pattern: How zeros may lie.
    """

    group: ClassVar[Group]

    pattern: Pattern = Pattern()

    @abstractmethod
    def scores(self, weight: Tensor, inputs: Inputs, gradient: Tensor) -> Tensor:
        """What each weight is worth.

        Args:
            weight: ``[out, in]``.
            inputs: What the matrix multiplies.
            gradient: See `read_gradients`, ``[out, in]``.

        Returns:
            float32 ``[out, in]``, non-negative.
        """


@dataclass(frozen=True, eq=False)
class OfOneMatrix:
    """A method at one matrix, whose gradient it holds."""

    updates: ClassVar[bool] = False

    method: ByGradient
    gradient: Tensor

    def prune(self, weight: Tensor, inputs: Inputs, ratio: float) -> Tensor:
        """See `Method.prune`."""
        method = self.method
        scores = method.scores(weight, inputs, self.gradient)
        free = method.pattern.free
        gone = lowest(scores, method.group, ratio) if free else pruned_of_m(scores, method.pattern)
        zero(weight, gone)
        return gone


def at_matrices(
    method: Method | ByGradient,
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    check: Callable[[], None],
) -> Callable[[Target], Method]:
    """The method for each matrix; gradients are read here, of the dense model, if it needs them.

    Args:
        method: As `engine.pruning.methods.registry.method_of` gives it.
        model: Still dense.
        found: Its matrices.
        text: Calibration windows.
        check: The cancellation point.
    """
    if not isinstance(method, ByGradient):
        return lambda target: method
    gradients = read_gradients(model, found, text, check)
    return lambda target: OfOneMatrix(method, gradients[target.name])
