"""A short training on longer texts: its loss curve, and the keys found before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.context.method_names import SCALING_NAMES
from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import UNTRAINABLE, TuneContextResult, TuneContextSpec, TuneStep
from engine.errors import BadSpec, EngineError
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.pruning.prune_spec import TEACHING, TextSource
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

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
    """

    method: str = TuneContextSpec.method
    factor: float = TuneContextSpec.factor
    steps: int = TuneContextSpec.steps
    rate: float = TuneContextSpec.rate
    seed: int = 0
    text: str = ""
    measured: int = TuneContextSpec.measured

    def spec(self, model: ModelRef, language: Language, out: str = "") -> TuneContextSpec:
        """The job; with `out` the trained model is written there. Raises `BadSpec`."""
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

    Signals:
        choice_changed(), changed().
    """

    choice_changed = Signal()
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.choice = TuneChoice()
        self.steps: tuple[TuneStep, ...] = ()
        self.before: dict[int, ProbeRow] = {}
        self.after: dict[int, ProbeRow] = {}
        self.result: TuneContextResult | None = None
        self.spec: TuneContextSpec | None = None
        self.job.part.connect(self._take)
        self.job.found.connect(self._found)

    def set_choice(self, choice: TuneChoice) -> None:
        """Train otherwise the next time."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def start(self, model: ModelRef, language: Language, out: str = "") -> bool:
        """Train a copy; with `out` it is written there."""
        try:
            spec = self.choice.spec(model, language, out)
            spec.check()
        except EngineError as error:
            self.job.refused.emit(error.report())
            return False
        self.spec, self.result = spec, None
        self.steps, self.before, self.after = (), {}, {}
        self.changed.emit()
        return self.job.start(spec)

    def forget(self) -> None:
        """Another model."""
        self.job.forget()
        self.steps, self.before, self.after, self.result, self.spec = (), {}, {}, None, None
        self.changed.emit()

    def _take(self, value: object) -> None:
        if isinstance(value, TuneStep):
            self.steps = (*self.steps, value)
        elif isinstance(value, ProbeRow):
            (self.after if self.steps else self.before)[value.tokens] = value
        else:
            return
        self.changed.emit()

    def _found(self, result: object) -> None:
        if isinstance(result, TuneContextResult):
            self.result, self.steps = result, result.steps
            self.before = {row.tokens: row for row in result.before}
            self.after = {row.tokens: row for row in result.after}
            self.changed.emit()
