"""What every method of pruning a matrix is."""

from __future__ import annotations

from typing import ClassVar, Protocol

from torch import Tensor

from engine.pruning.inputs import Inputs


class Method(Protocol):
    """Prunes one matrix after another.

    Attributes:
        updates: Whether weights that stay may change.
    """

    updates: ClassVar[bool]

    def prune(self, weight: Tensor, inputs: Inputs, ratio: float) -> Tensor:
        """Zero weights in place; what stays may be changed to make up for what goes.

        Args:
            weight: ``[out, in]``, written to.
            inputs: What the matrix multiplies.
            ratio: Share of zeros; a pattern decides by itself.

        Returns:
            True where a weight went, bool ``[out, in]``.
        """
        ...
