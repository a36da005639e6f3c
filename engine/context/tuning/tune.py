"""The job "extend-finetune": a copy of a model trained for a while on stretched positions.

The stretch grows from 1 to its end while the model learns (a curriculum over the factor of
position interpolation, Chen et al. 2023, arXiv 2306.15595): a small model that is squeezed at once
forgets how to look keys up, and has to find it again from nothing.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.context.methods import Applied, applied, method_of, refusal, trained_length
from engine.context.probe_spec import ProbeRow
from engine.context.probes.cells import Cell
from engine.context.probes.haystack import Haystack, haystack
from engine.context.probes.passkey import ask
from engine.context.scaling.live import live_config
from engine.context.scaling.swap import is_plain
from engine.context.tune_spec import (
    TuneContextResult,
    TuneContextSpec,
    TuneForecast,
    TuneProblem,
    TuneResumed,
    TuneStep,
)
from engine.context.tuning import checkpoint
from engine.context.tuning.card import Card
from engine.context.tuning.forecast import forecast
from engine.context.tuning.material import Material
from engine.context.tuning.save import Saved, check_folder, save
from engine.context.tuning.trainee import Trainee, make_trainee, name_scaling
from engine.context.tuning.trainer import Trainer
from engine.devices import memory
from engine.errors import BadSpec, DoesNotFit, JobCancelled, StoreError
from engine.evaluation.provenance import provenance_of
from engine.jobs.spec import Spec
from engine.models.architecture import shape_of
from engine.models.forecast import gigabytes, kv_bytes
from engine.store.folder_lock import locked
from engine.text_source import check_sources

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

NEEDLES: Final = 8
EVERY_S = 30.0
"""A checkpoint is written so often, or less often where writing takes more than a twentieth."""
SHARE: Final = 20


def run(spec: Spec, ctx: JobContext) -> TuneContextResult:
    """Run a `TuneContextSpec`; the model in memory is never touched.

    Publishes a `TuneForecast`, a `TuneResumed` when it goes on, the `ProbeRow`s before and after,
    and each `TuneStep`. However it ends, what is trained so far is kept (`checkpoint`): the same
    spec goes on from there, as if it had never stopped.

    Raises:
        BadSpec: The scaling does not apply, or the text cannot be used.
        UnsupportedModel: The weights are packed, or an adapter does not fit the model.
        DoesNotFit: There is no room for it.
        StoreError: A folder cannot be written, or a checkpoint is damaged.
    """
    assert isinstance(spec, TuneContextSpec)
    if spec.out:
        check_folder(Path(spec.out))  # before minutes of work, not after them
    check_sources(spec.source)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        tuning = _Tuning(spec, loaded, ctx)
        with locked(tuning.desk):
            return tuning.run()


class _Tuning:
    """One training at work.

    Attributes:
        desk: Folder of its checkpoint.
    """

    def __init__(self, spec: TuneContextSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.method = method_of(spec.method)
        refused = refusal(loaded.model, self.method)
        if refused is not None:
            raise refused
        if not is_plain(loaded.model):
            raise BadSpec(
                f"The model “{spec.model.id}” has a scaling of its own already.",
                "Train a model without one.",
            )
        self.trained = trained_length(loaded.model)
        self.target = round(spec.factor * self.trained)
        self.forecast = self._forecast()
        self.material = Material(
            spec.source, loaded.tokenizer, self.trained, self.target, spec.seed
        )  # fmt: skip
        self.texts: dict[tuple[int, int], Haystack] = {}
        self.steps: tuple[TuneStep, ...] = ()
        self.before: tuple[ProbeRow, ...] = ()
        self.after: tuple[ProbeRow, ...] = ()
        self.root = checkpoint.root(ctx.resources.paths)
        sha = loaded.weights_sha(ctx.check)
        self.desk = self.root / checkpoint.key(spec, sha, self.material.sha256)
        stretches = (spec.stretch(number) for number in range(1, spec.steps + 1))
        self._work = (0.0, *accumulate(stretches))  # a step takes as long as its texts are
        self._due = time.monotonic() + EVERY_S

    @property
    def factor(self) -> float:
        """The stretch that the steps made so far have come to."""
        return self.spec.stretch(len(self.steps))

    def run(self) -> TuneContextResult:
        """Measure, train, measure, write."""
        spec, ctx = self.spec, self.ctx
        ctx.partial(self.forecast)
        checkpoint.tidy(self.root)
        ctx.progress(0.0, "Copying the model")
        trainee = make_trainee(self.loaded, spec, self.forecast.adapter)
        trainer = Trainer(trainee.model, spec.steps, spec.rate, ctx.check, spec.seed)
        self._resume(trainer)
        if not self.steps and not self.before:
            ctx.progress(0.01, "Asking for keys before the training")
            self.before = self._measured(trainee.model, spec.factor, (1.0, spec.factor))
        if spec.begin != "finish":
            self._train(trainer)
        if not self.after:
            ctx.progress(0.95, "Asking for keys after the training")
            stretches = tuple(dict.fromkeys((1.0, self.factor, spec.factor)))
            self.after = self._measured(trainee.model, self.factor, stretches)
        saved = self._write(trainee) if spec.out else None
        self._put_away(trainer, saved)
        return self._result(saved)

    def _resume(self, trainer: Trainer) -> None:
        """Go on from the checkpoint, if there is one."""
        if self.spec.begin == "fresh":
            checkpoint.forget(self.desk)
        head = checkpoint.read_head(self.desk)
        if head is None:
            if self.spec.begin == "finish":
                raise BadSpec(
                    "Nothing of this training is kept.", "Train first, with the same settings."
                )
            return
        self.before, self.after = head.before, head.after
        if head.steps:
            trainer.restore(checkpoint.read_tensors(self.desk), head.steps)
        elif self.spec.begin == "finish":
            raise BadSpec(
                "This training was stopped before its first step.",
                "Let it make some steps first.",
            )
        self.steps = head.steps
        self.ctx.partial(TuneResumed(self.steps, self.before, self.after))

    def _train(self, trainer: Trainer) -> None:
        """The steps that are left; what is trained so far is kept however they end."""
        spec = self.spec
        if len(self.steps) >= spec.steps:
            return
        self.after = ()
        try:
            while len(self.steps) < spec.steps:
                self._step(trainer)
                if time.monotonic() >= self._due:
                    self._checkpoint(trainer)
        except BaseException as ended:
            self._keep_at_end(trainer, ended)
            raise
        self._checkpoint(trainer)

    def _step(self, trainer: Trainer) -> None:
        number, spec = len(self.steps), self.spec
        factor = self.spec.stretch(number + 1)
        with applied(trainer.model, self.method, factor):
            step = trainer.step(self.material.step(number, factor))
        self.steps = (*self.steps, step)
        self.ctx.partial(step)
        done = 0.05 + 0.9 * self._work[step.step] / self._work[-1]
        self.ctx.progress(done, f"Step {step.step} of {spec.steps}")

    def _checkpoint(self, trainer: Trainer) -> None:
        """Write a checkpoint; a disk that is full does not end the training."""
        began = time.monotonic()
        try:
            checkpoint.write(self.desk, self._head(), trainer.state())
        except StoreError as error:
            self.ctx.partial(TuneProblem(error.report()))
        took = time.monotonic() - began
        self._due = time.monotonic() + max(EVERY_S, SHARE * took)

    def _keep_at_end(self, trainer: Trainer, ended: BaseException) -> None:
        """A checkpoint before the job ends early; when it cannot be written, a Stop says so."""
        try:
            checkpoint.write(self.desk, self._head(), trainer.state())
        except StoreError as error:
            if isinstance(ended, JobCancelled):
                raise error from ended
            ended.add_note(str(error))

    def _put_away(self, trainer: Trainer, saved: Saved | None) -> None:
        """What was written needs no checkpoint; of the rest the trained weights stay."""
        whole = len(self.steps) >= self.spec.steps
        if saved is not None and whole:
            checkpoint.forget(self.desk)
        elif saved is None:
            checkpoint.write(self.desk, self._head(), trainer.state(optimiser=not whole))

    def _head(self) -> checkpoint.Head:
        return checkpoint.Head(self.spec.same(), self.steps, self.before, self.after)

    def _measured(
        self, model: PreTrainedModel, factor: float, stretches: tuple[float, ...]
    ) -> tuple[ProbeRow, ...]:
        if not self.spec.measured:
            return ()
        with applied(model, self.method, factor, round(factor * self.trained)):
            return tuple(self._row(model, factor, one) for one in stretches)

    def _row(self, model: PreTrainedModel, factor: float, stretch: float) -> ProbeRow:
        tokens = round(stretch * self.trained)
        cell = Cell(self.spec.measured, 0.0)
        while not cell.done:
            number = cell.n // NEEDLES
            text = self.texts.get((tokens, number))
            if text is None:
                seed = self.spec.seed * 1000 + number
                text = haystack(self.loaded, tokens, NEEDLES, self.spec.language, seed)
                self.texts[tokens, number] = text
            began = time.monotonic()
            cell.add(ask(model, text, True, self.ctx.check), time.monotonic() - began)
        interval = cell.interval
        row = ProbeRow(
            method=self.spec.method,
            length=f"{stretch:.3g}x",
            tokens=tokens,
            factor=factor,
            n=cell.n,
            right=cell.right,
            passkey=cell.right / cell.n,
            low=interval.low,
            high=interval.high,
            perplexity=None,
            scored=0,
            depths=cell.depths(),
            complete=True,
            seconds=cell.seconds,
            kv_bytes=cell.kv_bytes,
            forecast_bytes=kv_bytes(shape_of(model.config), tokens, "float32"),
        )
        self.ctx.partial(row)
        return row

    def _write(self, trainee: Trainee) -> Saved:
        """The trained model, or what there is of it, in its folder."""
        spec, factor = self.spec, self.factor
        self.ctx.progress(0.98, "Writing")
        length = round(factor * self.trained)
        scaling = self.method.scaling

        def scaled(model: PreTrainedModel) -> AbstractContextManager[Applied]:
            return applied(model, self.method, factor, length)

        own = live_config(trainee.model)
        trained = trainee.trained(self.loaded, scaled)
        rope = name_scaling(trainee.model, scaling.parameters(own, factor, length), length)
        merge = spec.written == "merged" or (
            spec.written == "auto" and spec.model.options.quantization == "none"
        )

        lora = self.forecast.adapter == "lora"
        card = Card(
            spec, self.forecast, self.trained, len(self.steps), factor, self.before, self.after,
            rope, trainee.base, lora and merge,
        )  # fmt: skip
        return save(card, trained, merge)

    def _result(self, saved: Saved | None) -> TuneContextResult:
        spec = self.spec
        return TuneContextResult(
            model=spec.model.id,
            method=spec.method,
            factor=self.factor,
            trained=self.trained,
            before=self.before,
            after=self.after,
            steps=self.steps,
            seconds=self.steps[-1].seconds,
            out=spec.out,
            file_bytes=saved.bytes if saved else 0,
            provenance=provenance_of(
                self.loaded, batch_size=1, seed=spec.seed, temperature=0.0, check=self.ctx.check
            ),
            forecast=self.forecast,
            difference=saved.difference if saved else None,
            loadable=saved.loadable if saved else False,
        )

    def _forecast(self) -> TuneForecast:
        """Refuse what there is no memory for."""
        name, model = self.spec.model.id, self.loaded.model
        free = memory(str(self.loaded.device)).free
        found = forecast(model.config, self.spec, self.trained, free)
        if not found.fits:
            raise DoesNotFit(
                f"Training “{name}” needs {gigabytes(found.total)} beside it, and "
                f"{gigabytes(free)} are free.",
                "Choose LoRA, a smaller factor or a smaller model."
                if found.adapter == "full"
                else "Choose a smaller factor, rank or model.",
            )
        return found
