"""The job "prune-tune": which score loses least, for the model at hand.

One reading of the calibration text by the dense model serves all candidates; each is a sort, a
threshold and a measurement. They are ranked by one half of the evaluation's windows and reported
on the other, so that the best one's figure is not the luck of the choice.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.jobs.spec import Spec
from engine.pruning.cuts import Cuts, cutting
from engine.pruning.loss import Losses, losses
from engine.pruning.packing import Packing
from engine.pruning.passages import passages_of
from engine.pruning.reading import rank_all, read_norms
from engine.pruning.recipe import Recipe
from engine.pruning.targets import targets
from engine.pruning.tune_spec import Candidate, TuneResult, TuneSpec
from engine.text_source import check_sources

if TYPE_CHECKING:
    from torch import Tensor

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

CHOOSE = slice(0, None, 2)
"""Windows by which the scores are ranked."""
JUDGE = slice(1, None, 2)
"""Windows on which they are reported."""


def run(spec: Spec, ctx: JobContext) -> TuneResult:
    """Run a `TuneSpec`; publishes each `Candidate` when it is measured.

    Raises:
        BadSpec: A text cannot be used, or activations are not finite.
        UnsupportedModel: Nothing can be pruned.
    """
    assert isinstance(spec, TuneSpec)
    check_sources(spec.calibration, spec.evaluation)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded, torch.no_grad():
        packing = Packing(loaded.model)
        with packing.unpacked():
            return _Tuning(spec, loaded, ctx, packing).run()


class _Tuning:
    """One search at work."""

    def __init__(
        self, spec: TuneSpec, loaded: LoadedModel, ctx: JobContext, packing: Packing
    ) -> None:
        self.spec = spec
        self.packing = packing
        self.loaded = loaded
        self.ctx = ctx
        self.found = targets(loaded.model)
        self.evaluation = passages_of(spec, loaded.tokenizer, evaluation=True)
        self.norms: dict[str, Tensor] = {}

    def run(self) -> TuneResult:
        """Read once, try all, rank."""
        spec, ctx = self.spec, self.ctx
        started = time.monotonic()
        calibration = passages_of(spec, self.loaded.tokenizer, evaluation=False)
        ctx.progress(0.0, "Reading the calibration text")
        self.norms = read_norms(self.loaded.model, self.found, calibration, ctx.check)
        dense = self._measure()
        tried = spec.candidates()
        candidates: list[tuple[Candidate, Losses]] = []
        with cutting(self.found) as cuts:
            for place, (name, recipe) in enumerate(tried):
                ctx.progress(place / len(tried), f"Score {place + 1} of {len(tried)}")
                candidates.append(self._tried(name, recipe, cuts))
                ctx.partial(candidates[-1][0])
        candidates.sort(key=_worth)  # stable: presets come first
        best = candidates[0][1]
        return TuneResult(
            model=spec.model.id,
            ratio=spec.ratio,
            candidates=tuple(_beside(one, own, best) for one, own in candidates),
            dense=dense.mean(JUDGE),
            calibration_sha256=calibration.sha256,
            evaluation_sha256=self.evaluation.sha256,
            length=spec.length,
            seconds=time.monotonic() - started,
        )

    def _tried(self, name: str, recipe: Recipe, cuts: Cuts) -> tuple[Candidate, Losses]:
        """Cut by one score and measure both halves."""
        started = time.monotonic()
        cuts.restore()
        rankings = rank_all(self.found, self.norms, recipe, self.ctx.check)
        cuts.cut(rankings, np.full(len(self.found), self.spec.ratio))
        own = self._measure()
        seconds = time.monotonic() - started
        chosen, judged = own.mean(CHOOSE), own.mean(JUDGE)
        return Candidate(name, recipe, chosen, judged, cuts.share, seconds), own

    def _measure(self) -> Losses:
        with self.packing.packed_again():
            return losses(self.loaded.model, self.evaluation, self.ctx.check)


def _worth(measured: tuple[Candidate, Losses]) -> float:
    return measured[0].chosen.nll


def _beside(candidate: Candidate, own: Losses, best: Losses) -> Candidate:
    """The candidate with its distance from the best one."""
    behind, error = own.above(best, JUDGE)
    return replace(candidate, behind=behind, behind_error=error)
