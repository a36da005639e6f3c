"""The job "prune-sweep": loss, and accuracy of a task, of many methods at many ratios."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.errors import StoreError
from engine.jobs.spec import Spec
from engine.pruning.allocation.registry import RULES
from engine.pruning.cuts import Cuts, Ratios, cutting
from engine.pruning.judge import Judged, judge_norms
from engine.pruning.loss import loss
from engine.pruning.methods.base import Method
from engine.pruning.methods.by_gradient import at_matrices
from engine.pruning.methods.registry import method_of
from engine.pruning.one_pass import visit_in_one_pass
from engine.pruning.packing import Packing
from engine.pruning.passages import passages_of
from engine.pruning.prune_spec import OWN
from engine.pruning.ranking import Ranking
from engine.pruning.reading import rank_all, read_norms
from engine.pruning.recipe import Pattern, Recipe
from engine.pruning.sweep_spec import DENSE, SweepCell, SweepPruneSpec, SweepResult
from engine.pruning.sweep_store import SweepStore
from engine.pruning.targets import Target, targets
from engine.pruning.task_accuracy import Exam
from engine.text_source import check_sources

if TYPE_CHECKING:
    from torch import Tensor

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel
    from engine.pruning.inputs import Inputs

log = logging.getLogger(__name__)


def run(spec: Spec, ctx: JobContext) -> SweepResult:
    """Run a `SweepPruneSpec`; publishes each finished `SweepCell`, the dense one first.

    Raises:
        BadSpec: A text cannot be used, or activations are not finite.
        UnsupportedModel: Nothing can be pruned.
    """
    assert isinstance(spec, SweepPruneSpec)
    check_sources(spec.calibration, spec.evaluation)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded, torch.no_grad():
        packing = Packing(loaded.model)
        with packing.unpacked():
            return _Sweep(spec, loaded, ctx, packing).run()


class _Sweep:
    """One sweep at work."""

    def __init__(
        self, spec: SweepPruneSpec, loaded: LoadedModel, ctx: JobContext, packing: Packing
    ) -> None:
        self.spec = spec
        self.packing = packing
        self.loaded = loaded
        self.ctx = ctx
        self.found = targets(loaded.model)
        self.calibration = passages_of(spec, loaded.tokenizer, evaluation=False)
        self.evaluation = passages_of(spec, loaded.tokenizer, evaluation=True)
        self.store = SweepStore(ctx.resources.paths.data, self._conditions())
        if spec.afresh:
            self.store.forget()
        self.exam: Exam | None = None
        if spec.task:
            self.exam = Exam(loaded, spec.task, spec.language, spec.items, spec.steps)
        self.norms: dict[str, Tensor] | None = None
        self.rankings: dict[str, Ranking] | None = None
        self.judged: Judged | None = None
        self.own: Callable[[Target], Method] | None = None
        self.reading = 0.0
        self.ratios = tuple(dict.fromkeys(ratio for ratio in spec.ratios if ratio > 0))
        self.done = 0

    def run(self) -> SweepResult:
        """Every cell, method after method."""
        spec = self.spec
        with cutting(self.found) as cuts:
            dense = self._cell(DENSE, 0.0, cuts)
            cells = []
            for method in dict.fromkeys(spec.methods):
                self.rankings, self.judged, self.own = None, None, None  # of the method before
                cells += [self._cell(method, ratio, cuts) for ratio in self.ratios]
        return SweepResult(
            model=spec.model.id,
            dense=dense,
            cells=tuple(cells),
            task=spec.task,
            calibration_sha256=self.calibration.sha256,
            evaluation_sha256=self.evaluation.sha256,
            length=spec.length,
            calibrate_seconds=self.reading,
        )

    def _cell(self, method: str, ratio: float, cuts: Cuts) -> SweepCell:
        """A cell from the disk, or measured and put there."""
        recipe = None if method == DENSE else self.spec.scored_by(method)
        total = 1 + len(set(self.spec.methods)) * len(self.ratios)
        self.ctx.progress(self.done / total, f"Cell {self.done + 1} of {total}")
        self.done += 1
        cell = self.store.find(method, recipe, ratio)
        if cell is None:
            cell = self._measured(method, recipe, ratio, cuts)
            try:
                self.store.keep(cell, recipe)
            except StoreError as error:  # a full disk ends no sweep; why is said
                log.warning("A cell of the sweep is not stored: %s", error)
                self.ctx.partial(error.report())
        self.ctx.partial(cell)
        return cell

    def _measured(self, method: str, recipe: Recipe | None, ratio: float, cuts: Cuts) -> SweepCell:
        started = time.monotonic()
        cuts.restore()
        zeros = 0.0 if recipe is None else self._prune(method, recipe, ratio, cuts)
        with self.packing.packed_again():
            measured = loss(self.loaded.model, self.evaluation, self.ctx.check)
            accuracy = self.exam.take(self.ctx.check) if self.exam else None
        seconds = time.monotonic() - started
        return SweepCell(method, ratio, zeros, measured, accuracy, seconds)

    def _prune(self, method: str, recipe: Recipe, ratio: float, cuts: Cuts) -> float:
        """Prune to a ratio; the share of zeros."""
        if method in OWN:  # more than a threshold on ranks
            return self._visited(method, recipe, self._shared(recipe, ratio))
        ratios = self._shared(recipe, ratio)
        if self.rankings is None:
            norms = self._norms()
            judged = self.judged
            self.rankings = (
                judged.rankings if judged else rank_all(self.found, norms, recipe, self.ctx.check)
            )
        cuts.cut(self.rankings, ratios)
        return cuts.share

    def _visited(self, name: str, recipe: Recipe, ratios: Ratios) -> float:
        by_name = {target.name: float(r) for target, r in zip(self.found, ratios, strict=True)}
        if self.own is None:  # gradients are read once for all ratios
            self.own = at_matrices(
                method_of(name, recipe, Pattern()), self.loaded.model, self.found,
                self.calibration, self.ctx.check,
            )  # fmt: skip
        own, zeros = self.own, 0

        def visit(target: Target, inputs: Inputs) -> None:
            nonlocal zeros
            zeros += int(own(target).prune(target.weight, inputs, by_name[target.name]).sum())

        visit_in_one_pass(self.loaded.model, self.found, self.calibration, visit, self.ctx.check)
        return zeros / sum(target.weight.numel() for target in self.found)

    def _shared(self, recipe: Recipe, ratio: float) -> Ratios:
        """The ratio of every matrix by the rule of allocation."""
        if self.spec.allocation == "uniform":
            return np.full(len(self.found), ratio)
        if self.judged is None:
            self.judged = judge_norms(self.found, self._norms(), recipe, self.ctx.check)
        return RULES[self.spec.allocation](self.judged.budget(ratio))

    def _norms(self) -> dict[str, Tensor]:
        """Read once, by the dense model, for all methods."""
        if self.norms is None:
            started = time.monotonic()
            model = self.loaded.model
            self.norms = read_norms(model, self.found, self.calibration, self.ctx.check)
            self.reading = time.monotonic() - started
        return self.norms

    def _conditions(self) -> dict[str, object]:
        """All that a cell depends on beside method, score and ratio."""
        spec = self.spec
        packed = {"packed": self.loaded.info.quantization} if self.packing.packed else {}
        return {
            **packed,
            "weights": self.loaded.weights_sha(self.ctx.check),
            "edits": self.loaded.edits,
            "dtype": str(self.loaded.dtype),
            "device": self.loaded.device.type,
            "calibration": self.calibration.sha256,
            "evaluation": self.evaluation.sha256,
            "allocation": spec.allocation,
            "task": [spec.task, spec.language, spec.items, spec.steps] if spec.task else [],
        }
