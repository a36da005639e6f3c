"""The job "prune-live": ranks stay with the pruned copy, so a move of the slider is a threshold.

The copy's dense weights are kept too: every ratio is cut from them, and ratio 0 is bit for bit the
model as it was loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from weakref import ref

import numpy as np
import torch
from numpy.typing import NDArray

from engine.evaluation.provenance import provenance_of
from engine.jobs.spec import Spec
from engine.models.kept import Slot
from engine.models.loaded import LoadedModel
from engine.pruning.allocation.registry import RULES
from engine.pruning.curves import GRID
from engine.pruning.cuts import Cuts
from engine.pruning.edit import PruneEdit
from engine.pruning.judge import Judged, judge
from engine.pruning.live_spec import LivePruneSpec, LiveState
from engine.pruning.loss import loss
from engine.pruning.passages import Passages, passages_of
from engine.pruning.prune_spec import Loss
from engine.pruning.recipe import Recipe
from engine.pruning.targets import set_by_hand, targets
from engine.text_source import TextSource

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

_Calibrated = tuple[TextSource, int, int, int, Recipe]
_Measured = tuple[TextSource, int, int, int]


class Live:
    """A model that is cut and made whole again, as often as a person likes.

    Attributes:
        found: Its matrices.
    """

    def __init__(self, loaded: LoadedModel) -> None:
        self._weakly = ref(loaded)  # it keeps this, and must be able to go
        self.found = targets(loaded.model)
        self._cuts = Cuts(self.found)
        self._judged: Judged | None = None
        self._key: _Calibrated | None = None
        self.sha256 = ""
        self._texts: dict[_Measured, tuple[Passages, Loss]] = {}

    @property
    def bytes(self) -> int:
        """Memory of the dense weights and of the ranks, beside the model's own."""
        dense = sum(target.weight.nbytes for target in self.found)
        if self._judged is None:
            return dense
        return dense + sum(one.ranks.nbytes for one in self._judged.rankings.values())

    @property
    def _loaded(self) -> LoadedModel:
        loaded = self._weakly()
        assert loaded is not None  # a job holds it
        return loaded

    def judged(self, spec: LivePruneSpec, check: Callable[[], None]) -> tuple[Judged, bool]:
        """How the dense weights rank under a spec's score, and whether it had to be found out."""
        key = (spec.calibration, spec.windows, spec.length, spec.seed, spec.scored_by())
        if self._judged is not None and key == self._key:
            return self._judged, False
        text = passages_of(spec, self._loaded.tokenizer, evaluation=False)
        self.restore()
        found = judge(self._loaded.model, self.found, text, spec.scored_by(), check)
        self._judged, self._key, self.sha256 = found, key, text.sha256
        return found, True

    @property
    def ratios(self) -> NDArray[np.float64]:
        """Share of zeros of each matrix as it is now, ``[matrices]``."""
        return self._cuts.ratios

    def cut(self, judged: Judged, ratios: NDArray[np.float64]) -> None:
        """Zero the lowest-ranked share of each matrix; all others get their dense values."""
        self._cuts.cut(judged.rankings, ratios)
        self._loaded.edits = self._named()

    def restore(self) -> None:
        """Every weight as it was loaded."""
        self._cuts.restore()
        self._loaded.edits = ()

    def measured(
        self, spec: LivePruneSpec, check: Callable[[], None]
    ) -> tuple[Loss | None, Loss | None]:
        """(dense, now): losses on the evaluation's windows; the dense one is measured once."""
        if spec.measured == 0:
            return None, None
        key = (spec.evaluation, spec.measured, spec.length, spec.seed)
        if key not in self._texts:
            text = passages_of(spec, self._loaded.tokenizer, evaluation=True)
            self._texts = {key: (text, self._dense_loss(text, check))}
        text, dense = self._texts[key]
        if not self.ratios.any():
            return dense, dense
        return dense, loss(self._loaded.model, text, check)

    def _dense_loss(self, text: Passages, check: Callable[[], None]) -> Loss:
        with self._cuts.held():
            return loss(self._loaded.model, text, check)

    def _named(self) -> tuple[str, ...]:
        if not self.ratios.any() or self._key is None:
            return ()
        return (PruneEdit(self._cuts.share, self._key[-1]).name,)


LIVE: Final = Slot[Live]("prune-live", lasting=True)
"""Beside the pruned copy; its dense weights cannot be had again without a load."""


def live_of(loaded: LoadedModel) -> Live:
    """What a pruned copy is cut by, made at the first move."""
    found = loaded.kept.get(LIVE)
    if found is None:
        found = Live(loaded)
        loaded.kept.put(LIVE, found, found.bytes)
    return found


@torch.no_grad()
def run(spec: Spec, ctx: JobContext) -> LiveState:
    """Run a `LivePruneSpec`.

    Raises:
        BadSpec: A text cannot be used, a fixed matrix does not exist, or the budget cannot be met.
        UnsupportedModel: Nothing can be pruned, or the weights are packed.
    """
    assert isinstance(spec, LivePruneSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        live = live_of(loaded)
        judged, calibrated = live.judged(spec, ctx.check)
        loaded.kept.put(LIVE, live, live.bytes)
        ratios = RULES[spec.allocation](
            judged.budget(spec.ratio, set_by_hand(spec.fixed, live.found))
        )
        started = time.perf_counter()
        live.cut(judged, ratios)
        apply_ms = 1000 * (time.perf_counter() - started)
        dense, pruned = live.measured(spec, ctx.check)
        return LiveState(
            names=tuple(target.name for target in live.found),
            layers=judged.layers,
            kinds=tuple(target.kind for target in live.found),
            sizes=judged.sizes,
            ratios=live.ratios.copy(),
            grid=GRID,
            curves=judged.curves,
            dense=dense,
            pruned=pruned,
            apply_ms=apply_ms,
            calibrated=calibrated,
            calibration_sha256=live.sha256,
            provenance=provenance_of(
                loaded, batch_size=1, seed=spec.seed, temperature=0.0, check=ctx.check
            ),
        )
