"""A short training on longer texts: its loss curve, and the keys found before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from engine.context.method_names import SCALING_NAMES
from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import (
    UNTRAINABLE,
    Also,
    Begin,
    Lora,
    TuneContextResult,
    TuneContextSpec,
    TuneForecast,
    TuneKept,
    TuneLook,
    TuneLookSpec,
    TuneProblem,
    TuneResumed,
    TuneStep,
    Written,
)
from engine.errors import BadSpec, EngineError, ErrorReport
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.text_source import TEACHING, TextSource
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

LOOK_MS: Final = 250
RECENT: Final = 10
"""Steps over which the speed is taken."""
TRAINABLE: Final = tuple(name for name in SCALING_NAMES if name not in UNTRAINABLE)


@dataclass(frozen=True)
class TuneChoice:
    """How it is trained.

    Attributes:
        method: The scaling in force.
        factor: Target length over trained length.
        steps: Optimiser steps.
        rate: Highest learning rate.
        seed: Of the texts.
        text: File whose next tokens are learned; empty = lessons of the teaching world.
        measured: Keys asked for before and after.
        adapter: Train all weights, or an adapter.
        rank, alpha, targets, also: The adapter.
        written: What is written of an adapter.
    """

    method: str = TuneContextSpec.method
    factor: float = TuneContextSpec.factor
    steps: int = TuneContextSpec.steps
    rate: float = TuneContextSpec.rate
    seed: int = 0
    text: str = ""
    measured: int = TuneContextSpec.measured
    adapter: Literal["auto", "full", "lora"] = "auto"
    rank: int = Lora.rank
    alpha: float = Lora.alpha
    targets: Literal["linear", "attention"] = Lora.targets
    also: tuple[Also, ...] = Lora.also
    written: Written = "auto"

    def spec(self, model: ModelRef, language: Language, out: str = "") -> TuneContextSpec:
        """The job; with `out` the trained model is written there."""
        return TuneContextSpec(
            model=model,
            method=self.method,
            factor=self.factor,
            steps=self.steps,
            rate=self.rate,
            seed=self.seed,
            source=TextSource(self.text or TEACHING),
            measured=self.measured,
            language=language,
            out=out,
            adapter=self.adapter,
            lora=Lora(self.rank, self.alpha, self.targets, self.also),
            written=self.written,
        )

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> TuneChoice:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            found.spec(ModelRef(), "en").check()
        except (msgspec.ValidationError, BadSpec):
            return cls()
        return found


class FineTuneModel(QObject):
    """The training, also one that was stopped.

    Attributes:
        choice: How it is trained the next time.
        steps: The loss curve so far.
        before, after: Rows measured before and after the training, by length.
        result: The last finished one, or None.
        spec: What it was asked.
        forecast: What a training with this choice takes; None while that is not known.
        kept: What is kept of such a training; None = nothing.
        refused: Why such a training cannot be looked at, or None.
        problem: The last checkpoint could not be written: why.

    Signals:
        choice_changed(), changed(), looked(): The forecast and what is kept are known anew.
    """

    choice_changed = Signal()
    changed = Signal()
    looked = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.choice = TuneChoice()
        self.steps: tuple[TuneStep, ...] = ()
        self.before: dict[int, ProbeRow] = {}
        self.after: dict[int, ProbeRow] = {}
        self.result: TuneContextResult | None = None
        self.spec: TuneContextSpec | None = None
        self.forecast: TuneForecast | None = None
        self.kept: TuneKept | None = None
        self.refused: ErrorReport | None = None
        self.problem: ErrorReport | None = None
        self._wanted: TuneContextSpec | None = None
        self._look = JobSlot(jobs, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LOOK_MS)
        self._pause.timeout.connect(self._look_now)
        self._look.found.connect(self._looked)
        self._look.refused.connect(self._look_refused)
        self.job.part.connect(self._take)
        self.job.found.connect(self._found)

    # What the person does

    def set_choice(self, choice: TuneChoice) -> None:
        """Train otherwise the next time."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def look(self, model: ModelRef, language: Language) -> None:
        """Learn, a moment later, what a training with this choice takes and what is kept of it."""
        self._wanted = self.choice.spec(model, language)
        self._pause.start()

    def start(
        self, model: ModelRef, language: Language, out: str = "", begin: Begin = "resume"
    ) -> bool:
        """Train a copy, or go on; with `out` it is written there.

        With `out` and a curve on the screen, the training that it belongs to is written as far
        as it has come.
        """
        try:
            spec = replace(self.choice.spec(model, language, out), begin=begin)
            if out and self.spec is not None and self.steps:
                so_far: Begin = "finish" if len(self.steps) < self.spec.steps else "resume"
                written = self.choice.written
                spec = replace(self.spec.same(), out=out, begin=so_far, written=written)
            spec.check()
        except EngineError as error:
            self.job.refused.emit(error.report())
            return False
        self.result, self.problem = None, None
        if not out or not self.steps:
            self.steps, self.before, self.after = (), {}, {}
        self.spec = spec
        self.changed.emit()
        return self.job.start(spec)

    def forget(self) -> None:
        """Another model."""
        self.job.forget()
        self._pause.stop()
        self._look.forget()
        self.steps, self.before, self.after, self.result, self.spec = (), {}, {}, None, None
        self.forecast, self.kept, self.refused, self.problem = None, None, None, None
        self.changed.emit()
        self.looked.emit()

    # What can be asked

    @property
    def resumes(self) -> bool:
        """Whether a training with this choice goes on where a former one was stopped."""
        return self.kept is not None and not self.kept.finished

    @property
    def whole(self) -> bool:
        """Whether every step of the training on the screen is done."""
        return self.spec is not None and len(self.steps) >= self.spec.steps

    def speed(self) -> float:
        """Tokens a second over the last steps; 0 while there are too few."""
        recent = self.steps[-RECENT - 1 :]
        if len(recent) < 2:
            return 0.0
        seconds = recent[-1].seconds - recent[0].seconds
        return (recent[-1].tokens - recent[0].tokens) / seconds if seconds > 0 else 0.0

    def time_left(self) -> float | None:
        """Seconds that the steps will take that are left: their texts grow with the stretch."""
        spec, speed = self.spec, self.speed()
        if spec is None or not speed or self.whole:
            return None
        recent = self.steps[-RECENT - 1 :]
        read = recent[-1].tokens - recent[0].tokens
        stretched = sum(spec.stretch(one.step) for one in recent[1:])
        left = sum(spec.stretch(step) for step in range(recent[-1].step + 1, spec.steps + 1))
        return read / stretched * left / speed

    # What the jobs tell

    def _look_now(self) -> None:
        if self._wanted is None:
            return
        self.refused = None
        self._look.start(TuneLookSpec(self._wanted))

    def _looked(self, found: object) -> None:
        if not isinstance(found, TuneLook):
            return
        self.forecast, self.kept = found.forecast, found.kept
        kept = found.kept
        if kept is not None and not self.job.running and not self.steps:
            self.spec, self.steps = kept.spec, kept.steps
            self.before = {row.tokens: row for row in kept.before}
            self.after = {row.tokens: row for row in kept.after}
            self.changed.emit()
        self.looked.emit()

    def _look_refused(self, report: ErrorReport) -> None:
        self.forecast, self.kept, self.refused = None, None, report
        self.looked.emit()

    def _take(self, value: object) -> None:
        if isinstance(value, TuneStep):
            self.steps = (*self.steps, value)
        elif isinstance(value, ProbeRow):
            (self.after if self.steps else self.before)[value.tokens] = value
        elif isinstance(value, TuneResumed):
            self.steps = value.steps
            self.before = {row.tokens: row for row in value.before}
            self.after = {row.tokens: row for row in value.after}
        elif isinstance(value, TuneForecast):
            self.forecast = value
        elif isinstance(value, TuneProblem):
            self.problem = value.report
        else:
            return
        self.changed.emit()

    def _found(self, result: object) -> None:
        if isinstance(result, TuneContextResult):
            self.result, self.steps = result, result.steps
            self.before = {row.tokens: row for row in result.before}
            self.after = {row.tokens: row for row in result.after}
            self.changed.emit()
