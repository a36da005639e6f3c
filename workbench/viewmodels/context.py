"""The page “Context” without its widgets: settings, probes, training, documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from engine.context.alibi import TWINS
from engine.context.search_spec import SearchResult, SearchSpec
from engine.errors import BadSpec, EngineError
from engine.jobs.registry import KINDS
from engine.models.reference import ModelRef
from engine.models.spec import Anatomy, DescribeModelSpec, ModelDescription
from workbench.services.jobs import JobService
from workbench.viewmodels.context_advice import BY_NAME, Advice
from workbench.viewmodels.context_documents import DocumentsModel
from workbench.viewmodels.context_probe import ProbeModel
from workbench.viewmodels.context_setup import ContextSetup
from workbench.viewmodels.context_tune import FineTuneModel
from workbench.viewmodels.current_model import CurrentModel
from workbench.viewmodels.job_slot import JobSlot

Topic = Literal["measure", "frequencies", "training", "documents"]
NEEDED: Final[dict[Topic, str]] = {
    "measure": "extend-probe",
    "frequencies": "extend-probe",
    "training": "extend-finetune",
    "documents": "extend-documents",
}
"""The kind of job behind each topic, in the order of the page."""
SURVEYED: Final = 4.0
"""Factor whose frequencies are read where each length has its own."""


def offered_topics() -> tuple[Topic, ...]:
    """Topics whose job the engine knows."""
    return tuple(topic for topic, kind in NEEDED.items() if kind in KINDS)


class ContextModel(QObject):
    """State of the page.

    Attributes:
        setup: How the context is stretched.
        probe: Keys and perplexity by method and length.
        twin: The same of the teaching model whose positions are of the other kind.
        survey: What each method does to the frequencies; asks for no keys.
        divisors: The search for LongRoPE's divisors.
        tune: A copy trained on longer texts.
        documents: Questions about documents longer than the window.
        anatomy: The current model's, or None while nothing is known.

    Signals:
        setup_changed(), described().
    """

    setup_changed = Signal()
    described = Signal()

    def __init__(
        self, jobs: JobService, current: CurrentModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._awake = False
        self.setup = ContextSetup()
        self.probe = ProbeModel(jobs, self)
        self.twin = ProbeModel(jobs, self)
        self.survey = ProbeModel(jobs, self)
        self.tune = FineTuneModel(jobs, self)
        self.documents = DocumentsModel(jobs, self)
        self.anatomy: Anatomy | None = None
        self._look = JobSlot(jobs, self)
        self._look.found.connect(self._looked)
        self.divisors = JobSlot(jobs, self)
        self.divisors.found.connect(self._divisors_found)
        current.chosen.connect(self._model_chosen)

    @property
    def model_id(self) -> str:
        """Name of the current model."""
        return self._current.ref.id

    @property
    def ref(self) -> ModelRef:
        """The current model."""
        return self._current.ref

    @property
    def advice(self) -> Advice | None:
        """What the advisor said, while the person asked it."""
        return BY_NAME.get(self.setup.scenario)

    def wake(self) -> None:
        """The page is shown: look at the model, without loading it."""
        self._awake = True
        if self.anatomy is None:
            self._look.start(DescribeModelSpec(self._current.ref))
        self._recall()

    def _recall(self) -> None:
        """Show rows of an earlier start."""
        try:
            self.probe.recall(self.setup.probe(self._current.ref))
        except EngineError:  # settings that cannot be measured have no rows either
            return

    @property
    def twin_id(self) -> str:
        """The teaching model to compare with; empty where the positions have no twin."""
        twin = TWINS.get(self.anatomy.position_kind, "") if self.anatomy is not None else ""
        return "" if twin == self.model_id else twin

    def compare_twin(self) -> bool:
        """Measure the twin at the same lengths, as it was trained."""
        kind = self.anatomy.position_kind if self.anatomy is not None else ""
        methods = ("alibi",) if kind == "rope" else ("direct", "rerope")
        setup = replace(self.setup, methods=methods, factor=0.0, timed=False)
        try:
            return self.twin.start(setup.probe(ModelRef(self.twin_id)))
        except EngineError as error:
            self.twin.job.refused.emit(error.report())
            return False

    def search_divisors(self) -> bool:
        """Look for LongRoPE's divisors for the stretch that is set; they go into the settings."""
        setup = self.setup
        spec = SearchSpec(
            model=self._current.ref, factor=setup.factor or SURVEYED, needles=setup.needles,
            language=setup.language, seed=setup.seed,
        )  # fmt: skip
        return self.divisors.start(spec)

    def _divisors_found(self, result: object) -> None:
        if isinstance(result, SearchResult):
            text = ", ".join(f"{one:.6g}" for one in result.long_factor)
            self.set_setup(replace(self.setup, long_factor=text))

    def set_setup(self, setup: ContextSetup) -> None:
        """Other settings."""
        if setup != self.setup:
            self.setup = setup
            self.setup_changed.emit()

    def advise(self, scenario: str) -> None:
        """Fill in what the advisor picks for a task; everything can be changed afterwards."""
        advice = BY_NAME.get(scenario)
        setup = replace(self.setup, scenario=scenario)
        if advice is not None and advice.place in ("none", "measure"):
            methods = tuple(dict.fromkeys(("direct", *advice.methods)))
            setup = replace(setup, methods=methods, lengths=advice.lengths, factor=0.0)
        self.set_setup(setup)
        if advice is None:
            return
        if advice.place == "training":
            self.tune.set_choice(replace(self.tune.choice, method=advice.methods[0]))
        if advice.flow:
            self.documents.advise(advice.flow, scenario)

    def slot(self, topic: Topic) -> JobSlot | DocumentsModel:
        """The job of a topic."""
        slots: dict[Topic, JobSlot | DocumentsModel] = {
            "measure": self.probe.job, "frequencies": self.survey.job,
            "training": self.tune.job, "documents": self.documents,
        }  # fmt: skip
        return slots[topic]

    def start(self, topic: Topic, out: str = "") -> bool:
        """Run what a topic is about; False when it cannot start."""
        ref, setup = self._current.ref, self.setup
        if topic == "training":
            return self.tune.start(ref, setup.language, out)
        if topic == "documents":
            return self.documents.start(ref)
        try:
            if topic == "frequencies":
                return self.survey.start(setup.survey(ref, setup.factor or SURVEYED))
            if not (setup.most or setup.windows or setup.timed):
                raise BadSpec(
                    "Nothing is to be measured.", "Ask for keys or for windows of perplexity."
                )
            return self.probe.start(setup.probe(ref))
        except EngineError as error:
            self.slot(topic).refused.emit(error.report())
            return False

    def stop(self, topic: Topic) -> None:
        """Ask a topic's job to stop; what it has measured stays."""
        self.slot(topic).stop()

    def _model_chosen(self) -> None:
        for one in (self.probe, self.twin, self.survey, self.tune, self.documents):
            one.forget()
        self.divisors.forget()
        self.anatomy = None
        self.described.emit()
        if self._awake:
            self._look.start(DescribeModelSpec(self._current.ref))
            self._recall()

    def _looked(self, found: object) -> None:
        if isinstance(found, ModelDescription):
            self.anatomy = found.anatomy
            self.described.emit()
