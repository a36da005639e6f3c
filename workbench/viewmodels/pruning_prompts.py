"""The same prompts asked of the dense and of the pruned model, compared item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.errors import BadSpec, EngineError, describe
from engine.evaluation.spec import CellKey, CellResult, CompareSpec
from engine.evaluation.statistics.comparison import Pair, compare_variants
from engine.evaluation.tasks import task_spec
from engine.prompting.elements import Language
from engine.teaching.tasks import task_names
from workbench.services.background import Background
from workbench.viewmodels.compare_pinned import PinnedPrompt, asked_again
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.pruning_setup import Asked

PINS: Final = ""
FIRST_ITEMS: Final = 24
MOST_ITEMS: Final = 500
DENSE, PRUNED = 0, 1
PREFERRED: Final = ("zero-shot-cot", "few-shot-cot", "zero-shot", "few-shot")
"""Steps first: they leave more room to go wrong than a single word."""


@dataclass(frozen=True)
class PromptsChoice:
    """What is asked.

    Attributes:
        task: A teaching task, or `PINS` for the prompts pinned in Compare.
        language: Of the task's items.
        items: How many.
    """

    task: str = PINS
    language: Language = "en"
    items: int = FIRST_ITEMS

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> PromptsChoice:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
        except msgspec.ValidationError:
            return cls()
        known = found.task in (PINS, *task_names())
        return found if known and 1 <= found.items <= MOST_ITEMS else cls()


@dataclass(frozen=True)
class Both:
    """One question under one technique, on both states.

    Attributes:
        title: The technique's name.
        item: The question's id.
        question: Its first input, to be recognised by.
        expected: The right answer, or None.
        dense, pruned: The answers; None while they are not there.
    """

    title: str
    item: str
    question: str
    expected: str | None
    dense: CellResult | None
    pruned: CellResult | None

    @property
    def same(self) -> bool | None:
        """Whether both said the very same; None while one is missing."""
        a, b = self.dense, self.pruned
        if a is None or b is None or a.generation is None or b.generation is None:
            return None
        return a.generation.text == b.generation.text

    @property
    def apart_at(self) -> int:
        """The first token at which the answers differ; -1 when none does, or one is missing."""
        a, b = self.dense, self.pruned
        if a is None or b is None:
            return -1
        one, two = [t.id for t in a.tokens], [t.id for t in b.tokens]
        for place, (x, y) in enumerate(zip(one, two, strict=False)):
            if x != y:
                return place
        return -1 if len(one) == len(two) else min(len(one), len(two))


@dataclass(frozen=True)
class Verdict:
    """What the run shows.

    Attributes:
        pairs: Dense against pruned, one per technique of a prompt; in engine's words.
        right: Right answers (dense, pruned), of how many items scored on both sides.
        scored: Items with an expected answer that both sides answered.
        same: Answers that are the very same, of `asked`.
        asked: Questions that both sides answered.
        rate: Tokens per second (dense, pruned), the medians over the answers; None = none.
        states: What the engine says was done to the pruned copy, as its answers tell it, one per
            state in which it was asked; ``()`` = whole. More than one: it moved between answers.
    """

    pairs: tuple[Pair, ...] = ()
    right: tuple[int, int] = (0, 0)
    scored: int = 0
    same: int = 0
    asked: int = 0
    rate: tuple[float, float] | None = None
    states: tuple[tuple[str, ...], ...] = ()


@dataclass
class _Run:
    """One comparison of the run and its answers so far."""

    spec: CompareSpec
    cells: dict[CellKey, CellResult] = field(default_factory=dict)


class PromptsModel(QObject):
    """Asks the prompts on both states, one comparison after the other.

    Attributes:
        choice: What is asked.
        pinned: The prompts pinned in Compare.
        waiting: The copy is not cut yet as it is to be asked.
        verdict: What the last run shows; None while it is under way.
        job: The comparison in flight.

    Signals:
        running_changed(bool): It began to wait or to ask, or does no longer.
        choice_changed(): `choice` or `pinned`.
        changed(): Answers came, or the verdict.
        finished(): The last comparison ended, however.
    """

    running_changed = Signal(bool)
    choice_changed = Signal()
    changed = Signal()
    finished = Signal()

    def __init__(self, jobs: Jobs, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._runs: list[_Run] = []
        self._now = 0
        self._serial = 0
        self.job = JobSlot(jobs, self)
        self.choice = PromptsChoice()
        self.pinned: tuple[PinnedPrompt, ...] = ()
        self.waiting = False
        self.verdict: Verdict | None = None
        self.job.running_changed.connect(self._running_changed)
        self.job.part.connect(self._take)
        self.job.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        """Whether the prompts are being asked, or will be as soon as the copy rests."""
        return self.waiting or self.job.running

    def set_choice(self, choice: PromptsChoice) -> None:
        """Ask something else the next time."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def set_pinned(self, pinned: tuple[PinnedPrompt, ...]) -> None:
        """Other prompts are pinned in Compare."""
        if pinned != self.pinned:
            self.pinned = pinned
            self.choice_changed.emit()

    def specs(self, asked: Asked) -> tuple[CompareSpec, ...]:
        """The comparisons of a run. Raises `BadSpec`."""
        choice = self.choice
        models = (asked.model, asked.copy)
        if choice.task == PINS:
            if not self.pinned:
                raise BadSpec(
                    "No answer is pinned in Compare.",
                    "Pin one there, or choose a task set here.",
                )
            return tuple(replace(one, models=models) for one in asked_again(self.pinned))
        spec = task_spec(choice.task, language=choice.language, n=choice.items, models=models)
        best = min(spec.variants, key=lambda one: _rank(one.technique))
        return (replace(spec, variants=(best,)),)

    def start(self, asked: Asked, rested: bool = True) -> bool:
        """Ask both states; False when it cannot start.

        Args:
            asked: The model, whose copy is asked as it is cut.
            rested: Whether the copy is cut as it is to be asked; if not, `go_on` begins.
        """
        self._serial += 1
        try:
            specs = self.specs(asked)
        except EngineError as error:
            self.job.refused.emit(error.report())
            self.finished.emit()
            return False
        self._runs, self._now, self.verdict = [_Run(spec) for spec in specs], 0, None
        self.waiting = True
        self.changed.emit()
        self.running_changed.emit(True)
        if rested:
            self.go_on()
        return True

    def go_on(self) -> None:
        """The copy rests: ask it now, if that was waited for."""
        if self.waiting:
            self.waiting = False
            self.changed.emit()
            self.job.start(self._runs[0].spec)

    def stop(self) -> None:
        """Ask no further prompt."""
        self._now = len(self._runs)
        if self.waiting:
            self._leave_waiting()
            self.finished.emit()
        else:
            self.job.stop()

    def forget(self) -> None:
        """Another model."""
        self._serial += 1
        self._runs, self._now, self.verdict = [], 0, None
        if self.waiting:
            self._leave_waiting()
        self.job.forget()
        self.changed.emit()

    def _leave_waiting(self) -> None:
        """Nothing was asked yet, and nothing will be."""
        self._runs, self.waiting = [], False
        self.changed.emit()
        self.running_changed.emit(False)

    def _running_changed(self, _running: bool) -> None:
        self.running_changed.emit(self.running)

    def rows(self) -> tuple[Both, ...]:
        """Every question under every technique, in order."""
        found = []
        for run in self._runs:
            for place, variant in enumerate(run.spec.variants):
                for number, item in enumerate(run.spec.items):
                    sides = [
                        run.cells.get(CellKey(model=side, variant=place, item=number))
                        for side in (DENSE, PRUNED)
                    ]
                    asked = next(iter(item.variables.values()), run.spec.prompt.input)
                    found.append(
                        Both(variant.label, item.id, asked, item.expected, sides[0], sides[1])
                    )
        return tuple(found)

    def _take(self, value: object) -> None:
        if isinstance(value, CellResult) and self._now < len(self._runs) and not value.key.sample:
            self._runs[self._now].cells[value.key] = value
            self.changed.emit()

    def _ended(self) -> None:
        self._now += 1
        if 0 < self._now < len(self._runs):
            self.job.start(self._runs[self._now].spec)
            return
        if self._runs:
            runs = tuple((run.spec, tuple(run.cells.values())) for run in self._runs)
            self._background.run(
                partial(judged, runs, self.rows()),
                partial(self._judged, self._serial),
                partial(self._not_judged, self._serial),
            )
        else:
            self.finished.emit()

    def _judged(self, serial: int, verdict: Verdict) -> None:
        if serial == self._serial:
            self.verdict = verdict
            self.changed.emit()
            self.finished.emit()

    def _not_judged(self, serial: int, error: Exception) -> None:
        """The answers cannot be compared: they stay, and the reason is said."""
        if serial == self._serial:
            self.job.refused.emit(describe(error))
            self.finished.emit()


def _rank(technique: str) -> int:
    return PREFERRED.index(technique) if technique in PREFERRED else len(PREFERRED)


def judged(
    runs: Sequence[tuple[CompareSpec, Sequence[CellResult]]], rows: Sequence[Both]
) -> Verdict:
    """What the answers show (scipy is imported: call it off the GUI thread)."""
    pairs: list[Pair] = []
    for spec, cells in runs:
        for place, variant in enumerate(spec.variants):
            names = {(DENSE, 0): "dense", (PRUNED, 0): "pruned"}
            alone = replace(spec, variants=(variant,))
            own = [
                replace(cell, key=replace(cell.key, variant=0))
                for cell in cells
                if cell.key.variant == place
            ]
            pairs += compare_variants(alone, own, labels=names).pairs
    whole = [row for row in rows if row.same is not None]
    marks = [
        (row.dense.correct, row.pruned.correct)
        for row in whole
        if row.dense is not None and row.pruned is not None
    ]
    scored = [(bool(a), bool(b)) for a, b in marks if a is not None and b is not None]
    pruned = [row.pruned for row in whole if row.pruned is not None]
    edits = [one.provenance.edits for one in pruned if one.provenance is not None]
    return Verdict(
        pairs=tuple(pairs),
        right=(sum(a for a, _ in scored), sum(b for _, b in scored)),
        scored=len(scored),
        same=sum(row.same is True for row in whole),
        asked=len(whole),
        rate=_rate(whole),
        states=tuple(dict.fromkeys(edits)),
    )


def _rate(rows: Sequence[Both]) -> tuple[float, float] | None:
    import numpy as np

    found: tuple[list[float], list[float]] = ([], [])
    for row in rows:
        for side, cell in enumerate((row.dense, row.pruned)):
            said = cell.generation if cell is not None else None
            if said is not None and said.total_ms > 0 and said.tokens:
                found[side].append(1000 * len(said.tokens) / said.total_ms)
    if not all(found):
        return None
    return float(np.median(found[0])), float(np.median(found[1]))
