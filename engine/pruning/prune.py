"""The job "prune": calibrate, score, zero, measure, write; the model in memory comes back whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from engine.jobs.spec import Spec
from engine.pruning.allocation.registry import RULES
from engine.pruning.card import CardMaker, as_array
from engine.pruning.folder import check_folder
from engine.pruning.judge import Judged, judge
from engine.pruning.loss import Losses, losses, predicts
from engine.pruning.methods.registry import method_of
from engine.pruning.one_pass import restored
from engine.pruning.packing import Packing
from engine.pruning.passages import Passages, passages_of
from engine.pruning.prune_spec import OWN, Loss, MatrixRow, PruneResult, PruneSpec
from engine.pruning.pruned import PrunedMatrix, prune_matrices
from engine.pruning.recipe import pattern_of
from engine.pruning.save import save_masks, save_model
from engine.pruning.semi_structured import no_kernel
from engine.pruning.stopwatch import Stopwatch
from engine.pruning.targets import set_by_hand, targets
from engine.pruning.turns import in_turns
from engine.text_source import check_sources

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel
    from engine.pruning.structured_spec import Speed


def run(spec: Spec, ctx: JobContext) -> PruneResult:
    """Run a `PruneSpec`; publishes a `MatrixRow` per matrix.

    Raises:
        BadSpec: A text cannot be used, or activations are not finite.
        UnsupportedModel: Nothing can be pruned, or the weights are packed.
    """
    assert isinstance(spec, PruneSpec)
    check_sources(spec.calibration, spec.evaluation)
    if spec.out and not spec.masks_only:
        check_folder(Path(spec.out), overwrite=spec.overwrite)  # before minutes of work
    watch = Stopwatch()
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        watch.loaded()
        packing = Packing(loaded.model)
        evaluated = None
        if spec.measured:
            evaluated = passages_of(spec, loaded.tokenizer, evaluation=True)
        ctx.progress(0.0, "Measuring the dense model")
        with watch.timed("measure"):
            dense = losses(loaded.model, evaluated, ctx.check) if evaluated else None
        with packing.unpacked():
            return _Pruning(spec, loaded, ctx, watch, packing).run(evaluated, dense)


class _Pruning:
    """One pruning job at work."""

    def __init__(
        self,
        spec: PruneSpec,
        loaded: LoadedModel,
        ctx: JobContext,
        watch: Stopwatch,
        packing: Packing,
    ) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.watch = watch
        self.packing = packing
        self.recipe = spec.scored_by()
        self.pattern = pattern_of(spec.pattern)
        self.found = targets(loaded.model)
        self.rows: list[MatrixRow] = []
        self.masks: dict[str, Tensor] = {}
        self.scoring = 0.0
        self.judged: Judged | None = None

    def run(self, evaluation: Passages | None, dense: Losses | None) -> PruneResult:
        """Prune, measure, write; the dense model was measured before it was unpacked."""
        spec = self.spec
        calibration = passages_of(spec, self.loaded.tokenizer, evaluation=False)
        ratios = self._ratios(calibration)
        maker = CardMaker(spec, self.loaded, self.found, as_array(self.found, ratios))
        if spec.forecast:
            self._foresee(maker, calibration, evaluation)
            self.ctx.partial(maker.card(dense))
        with restored(self.found) as whole:
            with self.watch.timed("calibrate"):
                self._prune(calibration, ratios)
            self.watch.move(self.scoring, "calibrate", "score")
            self.packing.repack()
            self.ctx.progress(0.7, "Measuring the pruned model")
            pruned = self._loss(evaluation)
            timed = spec.timed and predicts(self.loaded.model)  # others write no tokens
            speed = self._speed(whole, evaluation or calibration) if timed else None
            kernel = "" if self.pattern.free else no_kernel(self.pattern, self.found[0].weight)
            sizes = self._write(calibration, _mean(dense), _mean(pruned))
        return PruneResult(
            model=spec.model.id,
            method=spec.method,
            recipe=self.recipe,
            pattern=spec.pattern,
            rows=tuple(self.rows),
            dense=_mean(dense),
            pruned=_mean(pruned),
            calibration_sha256=calibration.sha256,
            evaluation_sha256=evaluation.sha256 if evaluation else "",
            length=spec.length,
            seconds=self.watch.seconds,
            out=spec.out,
            file_bytes=sizes,
            card=maker.card(dense, pruned, speed, sizes, kernel),
        )

    def _loss(self, text: Passages | None) -> Losses | None:
        if text is None:
            return None
        with self.watch.timed("measure"):
            return losses(self.loaded.model, text, self.ctx.check)

    def _foresee(
        self, maker: CardMaker, calibration: Passages, evaluation: Passages | None
    ) -> None:
        """The expected loss, from layers pruned alone."""
        # What a method outside the one score costs cannot be told from layers cut by that score.
        if evaluation is None or self.spec.method in OWN:
            return
        with self.watch.timed("measure"):
            self.ctx.progress(0.1, "Reading what each layer would lose")
            maker.foresee(self._judge(calibration), evaluation, self.ctx.check)

    def _speed(self, whole: Sequence[tuple[Tensor, Tensor]], text: Passages) -> Speed:
        """Tokens per second, dense and pruned in turns."""
        self.ctx.progress(0.8, "Timing the pruned model")
        model, timed, check = self.loaded.model, self.spec.timed, self.ctx.check
        with self.watch.timed("measure"):
            return in_turns(model, whole, text.ids[0], timed, check)

    def _judge(self, calibration: Passages) -> Judged:
        """How the dense weights rank; found out once."""
        if self.judged is None:
            model, check = self.loaded.model, self.ctx.check
            self.judged = judge(model, self.found, calibration, self.recipe, check)
        return self.judged

    def _ratios(self, calibration: Passages) -> dict[str, float]:
        """The ratio of every matrix by the rule of allocation."""
        if self.spec.allocation == "uniform" and not self.spec.fixed:
            pattern = self.pattern
            ratio = self.spec.ratio if pattern.free else 1 - pattern.keep / pattern.of
            return {target.name: ratio for target in self.found}
        self.ctx.progress(0.1, "Reading what each layer would lose")
        judged = self._judge(calibration)
        fixed = set_by_hand(self.spec.fixed, self.found)
        given = RULES[self.spec.allocation](judged.budget(self.spec.ratio, fixed))
        return {target.name: float(ratio) for target, ratio in zip(self.found, given, strict=True)}

    def _prune(self, calibration: Passages, ratios: dict[str, float]) -> None:
        """Every matrix, in one forward pass or block by block."""
        method = method_of(self.spec.method, self.recipe, self.pattern)
        prune_matrices(
            self.loaded.model, self.found, calibration, method, ratios, self._note,
            self.ctx.check, self.spec.passes,
        )  # fmt: skip

    def _note(self, done: PrunedMatrix) -> None:
        """A matrix is done: its row for the table."""
        self.scoring += done.seconds
        target, gone = done.target, done.gone
        row = MatrixRow(
            name=target.name,
            layer=target.layer,
            kind=target.kind,
            weights=gone.numel(),
            zeros=int(gone.sum()),
            error=done.error,
        )
        self.rows.append(row)
        if self.spec.masks_only:
            self.masks[target.name] = gone.cpu()
        self.ctx.partial(row)
        share = len(self.rows) / len(self.found)
        self.ctx.progress(0.2 + 0.5 * share, f"Matrix {len(self.rows)} of {len(self.found)}")

    def _write(
        self, calibration: Passages, dense: Loss | None, pruned: Loss | None
    ) -> tuple[int, int]:
        if not self.spec.out:
            return 0, 0
        self.ctx.progress(0.9, "Writing")
        with self.watch.timed("write"):
            if self.spec.masks_only:
                return save_masks(Path(self.spec.out), self.masks), 0
            return save_model(
                self.spec, self.loaded, self.rows, calibration=calibration, before=dense,
                after=pruned,
            )  # fmt: skip


def _mean(found: Losses | None) -> Loss | None:
    return None if found is None else found.mean()
