"""One question about documents, asked in several ways one after another, answers side by side."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Final, Literal, cast

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from engine.context.documents_spec import (
    FLOWS,
    SCENARIOS,
    SUFFIXES,
    AnswerToken,
    DocumentOptions,
    DocumentsResult,
    DocumentsSpec,
    DocumentText,
    Flow,
    Scenario,
    Step,
)
from engine.errors import BadSpec, EngineError, ErrorReport
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

RunState = Literal["waiting", "running", "done", "failed", "stopped"]
OFFERED_FLOWS: Final[tuple[Flow, ...]] = (
    "truncate",
    "retrieval",
    "nbce",
    "map-reduce",
    "refine",
    "long-output",
)
SAMPLE_LINES: Final = 24
KEPT_CHARS: Final = 20_000
"""Characters of pasted texts, together, that the session file keeps: it is read at the start and
written again and again; what is longer belongs in a file."""
FIRST_FLOWS: Final[tuple[Flow, ...]] = ("truncate", "retrieval", "nbce")


@dataclass(frozen=True)
class DocumentsChoice:
    """What is asked of which documents.

    Attributes:
        files: Paths.
        texts: Documents that are no files: pasted ones, the sample.
        question: What to ask; empty = summarise.
        flows: Ways to ask it.
        scenario: What it is about.
        language: Of the words around the documents.
        options: Sizes and weights.
    """

    files: tuple[str, ...] = ()
    texts: tuple[DocumentText, ...] = ()
    question: str = ""
    flows: tuple[Flow, ...] = FIRST_FLOWS
    scenario: Scenario = ""
    language: Language = "en"
    options: DocumentOptions = field(default_factory=lambda: DocumentOptions(max_new_tokens=48))

    def spec(self, model: ModelRef, flow: Flow) -> DocumentsSpec:
        """The job of one flow."""
        return DocumentsSpec(
            model=model,
            question=self.question.strip(),
            files=self.files,
            texts=self.texts,
            flow=flow,
            scenario=self.scenario,
            language=self.language,
            options=self.options,
        )

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file; without the texts it does not keep."""
        plain: dict[str, object] = msgspec.to_builtins(replace(self, texts=self.kept()))
        return plain

    def kept(self) -> tuple[DocumentText, ...]:
        """The texts that the session file keeps: in order, those that `KEPT_CHARS` has room for."""
        kept, room = [], KEPT_CHARS
        for one in self.texts:
            if len(one.text) <= room:
                kept.append(one)
                room -= len(one.text)
        return tuple(kept)

    @classmethod
    def from_plain(cls, data: object) -> DocumentsChoice:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            found.options.check()
        except (msgspec.ValidationError, BadSpec):
            return cls()
        return found


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

    Signals:
        choice_changed().
        changed(): `runs` changed; once for all that a drain of the job's events brought.
        running_changed(bool), progressed(object), refused(object), ended(): As `JobSlot` has them,
            over all flows.
    """

    choice_changed = Signal()
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

    def set_choice(self, choice: DocumentsChoice) -> None:
        """Ask something else the next time; the answers stay."""
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
        names = {one.name for one in self.choice.texts}
        numbered = (f"{name} {number}" for number in count(2))
        free = name if name not in names else next(one for one in numbered if one not in names)
        self.set_choice(
            replace(self.choice, texts=(*self.choice.texts, DocumentText(free, text.strip())))
        )

    def remove_text(self, name: str) -> None:
        """One text less."""
        texts = tuple(one for one in self.choice.texts if one.name != name)
        self.set_choice(replace(self.choice, texts=texts))

    def advise(self, flow: str, scenario: str) -> None:
        """What the advisor picks, with reading the beginning alone as the floor."""
        if flow not in FLOWS:
            return
        known = cast(Scenario, scenario) if scenario in SCENARIOS else ""
        flows = tuple(dict.fromkeys((cast(Flow, "truncate"), cast(Flow, flow))))
        self.set_choice(replace(self.choice, flows=flows, scenario=known))

    def start(self, model: ModelRef) -> bool:
        """Ask in every chosen way; False (and `refused`) when nothing can be asked."""
        choice = self.choice
        specs = [choice.spec(model, flow) for flow in choice.flows]
        try:
            if not specs:
                raise BadSpec("Nothing is to be asked.", "Choose at least one way to read.")
            if not (choice.files or choice.texts or choice.flows == ("long-output",)):
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


def sample(language: Language, count: int = 6, seed: int = 3) -> DocumentsChoice:
    """Documents of filler, each with the key of one person, and a question about one of them.

    Together they are longer than the teaching models' window.
    """
    from engine.teaching.tasks.key import FILLER, digits
    from engine.teaching.tasks.words import names

    rng = random.Random(seed)
    english = language == "en"
    gap = " " if english else ""
    people = names(rng, language, count)
    texts = []
    for number, person in enumerate(people, 1):
        lines = [rng.choice(FILLER[language]) for _ in range(SAMPLE_LINES)]
        key = digits(rng)
        told = f"The key of {person} is {key}." if english else f"{person}的密码是{key}。"
        lines.insert(rng.randrange(len(lines)), told)
        name = f"Document {number}" if english else f"文档{number}"
        texts.append(DocumentText(name, gap.join(lines)))
    wanted = people[count * 2 // 3]
    question = f"What is the key of {wanted}?" if english else f"{wanted}的密码是多少？"
    return DocumentsChoice(
        texts=tuple(texts), question=question, language=language,
        options=DocumentOptions(max_new_tokens=24),
    )  # fmt: skip


def readable(paths: Iterable[str]) -> tuple[str, ...]:
    """Of some paths, those of files that can be read as documents."""
    return tuple(one for one in paths if Path(one).suffix.lower() in SUFFIXES)
