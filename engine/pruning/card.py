"""The card of a pruning job as it is filled: what is expected, then what came true."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.pruning.card_spec import Card, Change, SensitivityCell
from engine.pruning.cuts import Ratios
from engine.pruning.forecast import expected_rise, file_bytes, validated
from engine.pruning.judge import Judged
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel
    from engine.pruning.loss import Losses
    from engine.pruning.passages import Passages
    from engine.pruning.prune_spec import PruneSpec
    from engine.pruning.structured_spec import Speed

SURE: Final = 0.975
"""Probability below the upper end of a 95 % interval."""


@dataclass
class CardMaker:
    """Fills the card of one job.

    Attributes:
        spec: What was asked.
        loaded: The model.
        found: Its matrices.
        cells: Validated cells of the sensitivity map.
        rise: Expected rise of the loss; None = not forecast.
        ratios: The ratio that each matrix is to get, ``[matrices]``.
    """

    spec: PruneSpec
    loaded: LoadedModel
    found: Sequence[Target]
    ratios: Ratios
    cells: tuple[SensitivityCell, ...] = ()
    rise: float | None = None

    def foresee(self, judged: Judged, text: Passages, check: Callable[[], None]) -> None:
        """Prune a few layers alone and say what all of them will cost."""
        self.cells = validated(self.loaded.model, self.found, judged, self.ratios, text, check)
        self.rise = expected_rise(self.cells, judged, self.ratios)

    def card(
        self,
        dense: Losses | None,
        pruned: Losses | None = None,
        speed: Speed | None = None,
        written: tuple[int, int] = (0, 0),
        kernel: str = "",
    ) -> Card:
        """The card as far as it is known.

        Args:
            dense: Loss of the dense model.
            pruned: Loss of the pruned one.
            speed: Both in turns.
            written: Bytes of the written weights and of the dense ones.
            kernel: Why a pattern brings no speed here.
        """
        memory = float(self.loaded.measured_bytes)
        stored = written[1] or sum(
            parameter.numel() * parameter.element_size()
            for parameter in self.loaded.model.parameters()
        )
        forecast = file_bytes(self.found, self.ratios, stored, self.spec.bitmask)
        changes = [
            Change("file", stored, forecast, float(written[0]) if written[1] else None),
            # zeros in a dense tensor take the room of any number; nothing is measured to say so
            Change("memory", memory, memory),
            Change(
                "speed",
                speed.dense if speed else None,
                speed.dense if speed else None,
                speed.dense * speed.gain if speed else None,
                speed.noise * speed.dense if speed else 0.0,
            ),
        ]
        if dense is not None:
            changes.append(self._perplexity(dense, pruned))
        return Card(tuple(changes), self.cells, kernel)

    def _perplexity(self, dense: Losses, pruned: Losses | None) -> Change:
        before = dense.mean()
        expected = None if self.rise is None else math.exp(before.nll + self.rise)
        if pruned is None:
            return Change("perplexity", before.perplexity, expected)
        after = pruned.mean().perplexity
        windows = len(pruned.sums)
        if windows < 2:  # one window has no spread: any change may be chance
            noise = abs(after - before.perplexity)
        else:  # to first order
            noise = _sure(windows - 1) * pruned.above(dense)[1] * after
        return Change("perplexity", before.perplexity, expected, after, noise)


def _sure(freedom: int) -> float:
    """Standard errors of a 95 % interval with so many degrees of freedom (Student's t)."""
    from scipy.stats import t

    return float(t.ppf(SURE, freedom))


def as_array(found: Sequence[Target], ratios: dict[str, float]) -> Ratios:
    """Ratios in the order of the matrices, ``[matrices]``."""
    return np.array([ratios[target.name] for target in found])
