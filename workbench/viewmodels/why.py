"""The page “Why” without its widgets: what is explained, by which measure, and the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.evaluation.evidence.attribute_spec import AttributeSpec, Attribution
from engine.evaluation.evidence.cross_spec import CrossResult, CrossSpec
from engine.evaluation.evidence.order_spec import (
    Arrangement,
    OrderResult,
    OrderSpec,
    SweepKind,
)
from engine.evaluation.evidence.spec import AnswerSource, EvidenceSpec
from engine.evaluation.evidence.states_spec import StatesResult, StatesSpec
from engine.evaluation.spec import CompareSpec
from engine.models.reference import ModelRef, Quantization
from engine.prompting.strategies.registry import technique_class
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.why_case import WhyCase

if TYPE_CHECKING:
    from engine.store.project import Project

Topic = Literal["parts", "swap", "order", "states"]
Result = Attribution | CrossResult | OrderResult | StatesResult
TOPICS: Final[tuple[Topic, ...]] = ("parts", "swap", "order", "states")
TOPIC_OF: Final[dict[str, Topic]] = {
    AttributeSpec.kind: "parts",
    CrossSpec.kind: "swap",
    OrderSpec.kind: "order",
    StatesSpec.kind: "states",
}
FIRST_QUESTIONS: Final = 24
Found = dict[str, tuple[EvidenceSpec, Result]]
Ask = Callable[[Callable[["Project"], Found], Callable[[Found], None]], None]
"""Asks the project a question in the background, as `services.project_file` does."""


@dataclass(frozen=True)
class WhyChoice:
    """What of the case is meant.

    Attributes:
        column: Number of the column.
        model: Number of the model.
        item: One question, or -1 for the first `most`.
        most: How many questions are taken together.
        answer: Which answer is explained.
        sweep: What the order sweep varies.
        states: Loads that are measured against the model as it is.
    """

    column: int = 0
    model: int = 0
    item: int = -1
    most: int = FIRST_QUESTIONS
    answer: AnswerSource = "auto"
    sweep: SweepKind = "order"
    states: tuple[Quantization, ...] = ("nf4", "int8")


class WhyModel(QObject):
    """State of the page.

    Attributes:
        case: What is explained, or None.
        choice: What of it.
        results: The finished results by topic; they belong to `case`.
        specs: The jobs that those results answer.
        arrangements: What an order sweep in flight has read so far.

    Signals:
        case_changed(), choice_changed(), running_changed(bool).
        progressed(object): A `Progress` event.
        result_changed(str): A topic's result came, went or grew.
        refused(object): An `ErrorReport`.
        finished(): A job ended, however.
    """

    case_changed = Signal()
    choice_changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(object)
    result_changed = Signal(str)
    refused = Signal(object)
    finished = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None, ask: Ask | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._job = JobSlot(jobs, self)
        self._topic: Topic = "parts"
        self.case: WhyCase | None = None
        self.choice = WhyChoice()
        self.results: dict[Topic, Result] = {}
        self.specs: dict[Topic, EvidenceSpec] = {}
        self.arrangements: tuple[Arrangement, ...] = ()
        self._job.running_changed.connect(self.running_changed)
        self._job.progressed.connect(self.progressed)
        self._job.part.connect(self._take_part)
        self._job.found.connect(self._take_result)
        self._job.refused.connect(self.refused)
        self._job.ended.connect(self.finished)

    @property
    def running(self) -> Topic | None:
        """The topic whose job is in flight, or None."""
        return self._topic if self._job.running else None

    def set_case(self, case: WhyCase) -> None:
        """Explain another comparison; what was found about the one before goes."""
        self._job.forget()
        self.case = case
        self.choice = replace(
            self.choice, column=_with_examples(case), model=0, item=-1, answer="auto"
        )
        self.results, self.specs, self.arrangements = {}, {}, ()
        self.case_changed.emit()
        for topic in TOPICS:
            self.result_changed.emit(topic)
        if self._ask is not None:
            self._ask(partial(earlier_evidence, case), partial(self._take_earlier, case))

    def _take_earlier(self, case: WhyCase, found: Found) -> None:
        """Show again what was found about this very case before; newer results stay."""
        if case is not self.case:
            return
        for kind, (spec, result) in found.items():
            topic = TOPIC_OF[kind]
            if topic not in self.results and topic != self.running:
                self.results[topic], self.specs[topic] = result, spec
                self.result_changed.emit(topic)

    def choose(self, choice: WhyChoice) -> None:
        """Mean another part of the case; results stay until they are asked for again."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def spec(self, topic: Topic) -> EvidenceSpec:
        """The job of one topic.

        Raises:
            BadSpec: The case does not allow it; told when it is submitted.
        """
        assert self.case is not None
        choice, compare = self.choice, self.case.compare
        count = len(compare.items)
        items = (choice.item,) if choice.item >= 0 else tuple(range(min(choice.most, count)))
        given = self.case.given.get(choice.model, ())
        failed = self.case.failed.get(choice.model, ())
        shared = (compare, choice.model, items, choice.answer, given, "", failed)
        match topic:
            case "parts":
                return AttributeSpec(*shared, variant=choice.column)
            case "swap":
                return CrossSpec(*shared)
            case "order":
                return OrderSpec(*shared, variant=choice.column, sweep=choice.sweep)
            case "states":
                spec = StatesSpec(*shared, variant=choice.column)
                return replace(spec, compare=self._with_states(compare))

    def run(self, topic: Topic) -> bool:
        """Measure; False (and `refused`) when it cannot start."""
        if self.case is None or self._job.running:
            return False
        self._topic = topic
        if topic == "order":
            self.arrangements = ()
        return self._job.start(self.spec(topic))

    def stop(self) -> None:
        """Ask the job in flight to stop."""
        self._job.stop()

    def _with_states(self, compare: CompareSpec) -> CompareSpec:
        """The comparison with the chosen loads of its model beside it."""
        base = compare.models[self.choice.model]
        loads = tuple(_loaded_as(base, kind) for kind in self.choice.states)
        models = (*compare.models, *(load for load in loads if load not in compare.models))
        return replace(compare, models=models)

    def _take_part(self, value: object) -> None:
        if isinstance(value, ErrorReport):
            self.refused.emit(value)  # found, but not stored
        elif isinstance(value, Arrangement):
            self.arrangements = (*self.arrangements, value)
            self.result_changed.emit(self._topic)

    def _take_result(self, result: object) -> None:
        if isinstance(result, Result):
            self.results[self._topic] = result
            if isinstance(self._job.spec, EvidenceSpec):
                self.specs[self._topic] = self._job.spec
        self.result_changed.emit(self._topic)


def earlier_evidence(case: WhyCase, project: Project) -> Found:
    """The newest stored evidence of each kind about a case: the same comparison and answers."""
    from engine.store.results import earlier

    def meant(spec: EvidenceSpec) -> bool:
        models = spec.compare.models[: len(case.compare.models)]  # states add loads of a model
        return (
            replace(spec.compare, models=models) == case.compare
            and spec.given == case.given.get(spec.model, ())
            and spec.failed == case.failed.get(spec.model, ())
        )

    return earlier(project, meant)


def _with_examples(case: WhyCase) -> int:
    """The first column that shows examples, else the first."""
    for number, variant in enumerate(case.compare.variants):
        if technique_class(variant.technique).uses_examples:
            return number
    return 0


def _loaded_as(ref: ModelRef, kind: Quantization) -> ModelRef:
    return replace(ref, options=replace(ref.options, quantization=kind))
