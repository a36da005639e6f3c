"""One question about documents, asked in several ways one after another, answers side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.context.documents_spec import (
    FLOWS,
    SCENARIOS,
    SUFFIXES,
    AnswerToken,
    DocumentsResult,
    DocumentsSpec,
    Flow,
    Scenario,
    Step,
)
from engine.errors import BadSpec, EngineError, ErrorReport
from engine.models.reference import ModelRef
from workbench.viewmodels.documents_choice import DocumentsChoice
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.pasted_texts import with_text

RunState = Literal["waiting", "running", "done", "failed", "stopped"]
OFFERED_FLOWS: Final[tuple[Flow, ...]] = (
    "truncate",
    "retrieval",
    "nbce",
    "map-reduce",
    "refine",
    "long-output",
)
WRITING: Final[tuple[Flow, ...]] = ("long-output",)
"""Ways that need no document."""
TYPING: Final = 1
"""Question after question typed is one step to undo."""


@dataclass(frozen=True)
class FlowRun:
    """One way of asking, so far or to the end.

    Attributes:
        flow: Which.
        state: How far it is.
        tokens: Of the answer, while they come and afterwards.
        steps: What was done on the way.
        result: The whole of it, or None.
        error: Why it failed, or None.
    """

    flow: Flow
    state: RunState = "waiting"
    tokens: tuple[AnswerToken, ...] = ()
    steps: tuple[Step, ...] = ()
    result: DocumentsResult | None = None
    error: ErrorReport | None = None


class DocumentsModel(QObject):
    """Runs one flow after another on the one model; what is finished stays after Stop.

    Attributes:
        choice: What the next question is.
        asked: What the runs on screen answer.
        runs: By flow, in the order in which they run.
        undo_stack: Every change of the choice can be undone.

    Signals:
        choice_changed().
        turned_back(): A change of the choice was undone or done again.
        changed(): `runs` changed; once for all that a drain of the job's events brought.
        running_changed(bool), progressed(object), refused(object), ended(): As `JobSlot` has them,
            over all flows.
    """

    choice_changed = Signal()
    turned_back = Signal()
    changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(object)
    refused = Signal(object)
    ended = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = JobSlot(jobs, self)
        self._queue: list[DocumentsSpec] = []
        self._flow: Flow | None = None
        self.choice = DocumentsChoice()
        self.undo_stack = QUndoStack(self)
        self.asked: DocumentsChoice | None = None
        self.runs: dict[Flow, FlowRun] = {}
        self._pending = QTimer(self)
        self._pending.setSingleShot(True)
        self._pending.setInterval(0)
        self._pending.timeout.connect(self.changed)
        self._job.part.connect(self._part)
        self._job.found.connect(self._found)
        self._job.refused.connect(self._failed)
        self._job.progressed.connect(self.progressed)
        self._job.ended.connect(self._next)

    @property
    def running(self) -> bool:
        """Whether a flow runs or waits."""
        return self._flow is not None

    @property
    def outdated(self) -> bool:
        """Whether the answers on screen are to another question or of other documents."""
        if self.asked is None or not self.runs:
            return False
        asked = self.asked
        return (asked.question.strip(), asked.files, asked.texts) != (
            self.choice.question.strip(), self.choice.files, self.choice.texts,
        )  # fmt: skip

    def set_choice(self, choice: DocumentsChoice) -> None:
        """Ask something else the next time; the answers stay. It can be undone."""
        if choice != self.choice:
            self.undo_stack.push(_Change(self, self.choice, choice))

    def restore(self, choice: DocumentsChoice) -> None:
        """Ask what an earlier session asked; there is nothing to undo yet."""
        self.undo_stack.clear()
        self.take(choice)

    def take(self, choice: DocumentsChoice) -> None:
        """Show a choice."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def add_files(self, paths: Iterable[str]) -> None:
        """More documents; each stands there once."""
        kept = dict.fromkeys((*self.choice.files, *paths))
        self.set_choice(replace(self.choice, files=tuple(kept)))

    def remove_file(self, path: str) -> None:
        """One document less."""
        files = tuple(one for one in self.choice.files if one != path)
        self.set_choice(replace(self.choice, files=files))

    def add_text(self, name: str, text: str) -> None:
        """A document that is no file; a name that is taken gets a number."""
        self.set_choice(replace(self.choice, texts=with_text(self.choice.texts, name, text)))

    def remove_text(self, name: str) -> None:
        """One text less."""
        texts = tuple(one for one in self.choice.texts if one.name != name)
        self.set_choice(replace(self.choice, texts=texts))

    def advise(self, flow: str, scenario: str) -> None:
        """What the advisor picks, with reading the beginning alone as the floor where anything is
        read; documents and question stay."""
        if flow not in FLOWS:
            return
        known = cast(Scenario, scenario) if scenario in SCENARIOS else ""
        picked = cast(Flow, flow)
        flows: tuple[Flow, ...] = (picked,) if picked in WRITING else ("truncate", picked)
        self.set_choice(replace(self.choice, flows=flows, scenario=known))

    def start(self, model: ModelRef) -> bool:
        """Ask in every chosen way; False (and `refused`) when nothing can be asked."""
        choice = self.choice
        specs = [choice.spec(model, flow) for flow in choice.flows]
        try:
            if not specs:
                raise BadSpec("Nothing is to be asked.", "Choose at least one way to read.")
            if not (choice.files or choice.texts or set(choice.flows) <= set(WRITING)):
                raise BadSpec("There is no document.", "Add at least one file.")
            choice.options.check()
        except EngineError as error:
            self.refused.emit(error.report())
            return False
        self.asked = choice
        self.runs = {spec.flow: FlowRun(spec.flow) for spec in specs}
        self._queue = specs
        self._tell()
        self._begin()
        return True

    def stop(self) -> None:
        """Stop the flow in flight and ask no other; what is finished stays."""
        self._queue = []
        self._job.stop()

    def forget(self) -> None:
        """Another model: the answers are no longer its."""
        self._queue = []
        self._job.forget()
        self.runs, self.asked = {}, None
        self._tell()

    def _begin(self) -> None:
        first = self._flow is None
        spec = self._queue.pop(0)
        self._flow = spec.flow
        self._set(state="running")
        if first:
            self.running_changed.emit(True)
        self._job.start(spec)

    def _part(self, value: object) -> None:
        run = self._run()
        if run is None:
            return
        if isinstance(value, AnswerToken):
            self._set(tokens=(*run.tokens, value))
        elif isinstance(value, Step):
            self._set(steps=(*run.steps, value))

    def _found(self, result: object) -> None:
        if isinstance(result, DocumentsResult):
            self._set(state="done", result=result, tokens=result.tokens, steps=result.steps)

    def _failed(self, report: object) -> None:
        if isinstance(report, ErrorReport):
            self._set(state="failed", error=report)

    def _next(self) -> None:
        """The flow in flight ended, however it went."""
        run = self._run()
        if run is not None and run.state == "running":
            self._set(state="stopped")
        if self._queue:
            self._begin()
            return
        if self._flow is None:
            return
        self._flow = None
        for flow, one in self.runs.items():
            if one.state == "waiting":
                self.runs[flow] = replace(one, state="stopped")
        self.running_changed.emit(False)
        self._tell()
        self.ended.emit()

    def _run(self) -> FlowRun | None:
        return self.runs.get(self._flow) if self._flow is not None else None

    def _set(
        self,
        state: RunState | None = None,
        tokens: tuple[AnswerToken, ...] | None = None,
        steps: tuple[Step, ...] | None = None,
        result: DocumentsResult | None = None,
        error: ErrorReport | None = None,
    ) -> None:
        run = self._run()
        if run is None:
            return
        self.runs[run.flow] = FlowRun(
            run.flow,
            state or run.state,
            run.tokens if tokens is None else tokens,
            run.steps if steps is None else steps,
            result or run.result,
            error or run.error,
        )
        self._pending.start()

    def _tell(self) -> None:
        """Tell now, and not again later."""
        self._pending.stop()
        self.changed.emit()


def readable(paths: Iterable[str]) -> tuple[str, ...]:
    """Of some paths, those of files that can be read as documents."""
    return tuple(one for one in paths if Path(one).suffix.lower() in SUFFIXES)


class _Change(QUndoCommand):
    """One step: another choice. A question that is typed is one step, however many letters."""

    def __init__(
        self, model: DocumentsModel, before: DocumentsChoice, after: DocumentsChoice
    ) -> None:
        super().__init__()
        self._model, self._before, self._after = model, before, after
        self._done = False

    def id(self) -> int:
        return TYPING if self._typed else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Change) or other._before != self._after:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._model.take(self._after)
        if self._done:
            self._model.turned_back.emit()
        self._done = True

    def undo(self) -> None:
        self._model.take(self._before)
        self._model.turned_back.emit()

    @property
    def _typed(self) -> bool:
        return replace(self._before, question="") == replace(self._after, question="")
