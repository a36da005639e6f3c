"""The page “Anatomy” without its widgets: the rows, the chosen one, and its measurements."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from engine.inspection.anatomy.components_spec import ComponentsSpec
from engine.inspection.anatomy.cost_spec import NormCostSpec
from engine.inspection.anatomy.depth_spec import DepthSpec
from engine.inspection.anatomy.placing import Placed, place
from engine.inspection.anatomy.rows.base import Row
from engine.inspection.anatomy.rows.registry import ROWS
from engine.inspection.anatomy.table_spec import RowResult, TableSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.models.spec import Anatomy, DescribeModelSpec, ModelDescription
from workbench.viewmodels.anatomy_activations import ActivationChoice
from workbench.viewmodels.anatomy_norms import NormChoice
from workbench.viewmodels.current_model import CurrentModel
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

Topic = Literal["models", "activations", "norms", "components"]
ITEMS: Final = 6
TOPICS: Final[tuple[Topic, ...]] = ("models", "activations", "norms", "components")


class AnatomyModel(QObject):
    """State of the page.

    Attributes:
        row: Number of the chosen row of the table.
        items: Held-out items per task that components are read on.
        text: Lines that are read in their place; empty = the tasks.
        norms: Which vector goes through the norms.
        table: Runs the rows.
        depth: Gradient norm against depth.
        cost: LayerNorm against RMSNorm.
        components: What is lost when a part of the current model is taken out.
        results: What running has shown so far, by row id.
        activations: Which curves are drawn.

    Signals:
        row_changed(), results_changed(), placed_changed(), activations_changed(), norms_changed().
    """

    row_changed = Signal()
    results_changed = Signal()
    placed_changed = Signal()
    activations_changed = Signal()
    norms_changed = Signal()

    def __init__(self, jobs: Jobs, current: CurrentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current = current
        self.row = 0
        self.items = ITEMS
        self.text = ""
        self._went = False
        self.results: dict[str, RowResult] = {}
        self.activations = ActivationChoice()
        self.norms = NormChoice()
        self.table = JobSlot(jobs, self, keep_parts=True)
        self.depth = JobSlot(jobs, self, keep_parts=True)
        self.cost = JobSlot(jobs, self, keep_parts=True)
        self.components = JobSlot(jobs, self, keep_parts=True)
        self._look = JobSlot(jobs, self)
        self._described: tuple[ModelRef, Anatomy | None] | None = None
        self.table.changed.connect(self._take_rows)
        self._look.ended.connect(self._take_look)
        current.changed.connect(self.placed_changed)
        current.chosen.connect(self.look)
        current.chosen.connect(self.components.forget)

    @property
    def chosen(self) -> Row:
        """The chosen row."""
        return ROWS[self.row]

    def choose_row(self, number: int) -> None:
        """Look at another row."""
        self._went = True
        self._go_to(number)

    def suggest_row(self, number: int) -> None:
        """Look at a row unless the person has gone to one."""
        if not self._went:
            self._go_to(number)

    def _go_to(self, number: int) -> None:
        if number != self.row and 0 <= number < len(ROWS):
            self.row = number
            self.row_changed.emit()

    def run_table(self) -> bool:
        """Build, run and prove every row."""
        return _measure(self.table, TableSpec())

    def placed(self) -> tuple[str, Placed] | None:
        """The current model's name and its place among the rows; None while nothing is known."""
        info, ref = self._current.info, self._current.ref
        if info is not None:
            return info.ref.id, place(info.anatomy)
        if self._described is None or self._described[0] != ref or self._described[1] is None:
            return None
        return ref.id, place(self._described[1])

    @property
    def looking(self) -> bool:
        """Whether the current model is being looked at, or has not been yet."""
        return self._described is None or self._described[0] != self._current.ref

    def look(self) -> None:
        """Look at the current model without loading it."""
        ref = self._current.ref
        if self._described is None or self._described[0] != ref:
            _measure(self._look, DescribeModelSpec(ref))

    def set_activations(self, choice: ActivationChoice) -> None:
        """Draw other curves."""
        if choice != self.activations:
            self.activations = choice
            self.activations_changed.emit()

    def set_norms(self, choice: NormChoice) -> None:
        """Send another vector through the norms."""
        if choice != self.norms:
            self.norms = choice
            self.norms_changed.emit()

    def measurements(self, topic: Topic) -> tuple[JobSlot, ...]:
        """What a topic measures, in turn."""
        found: dict[Topic, tuple[JobSlot, ...]] = {
            "models": (self.table,),
            "activations": (),
            "norms": (self.depth, self.cost),
            "components": (self.components,),
        }
        return found[topic]

    def run(self, topic: Topic) -> bool:
        """Measure what a topic is about; False when nothing could be started."""
        match topic:
            case "models":
                return self.run_table()
            case "norms":
                depth = _measure(self.depth, DepthSpec())
                return _measure(self.cost, NormCostSpec()) or depth
            case "components":
                self.components.forget()
                return self.components.start(
                    ComponentsSpec(self._current.ref, self.text, items=self.items)
                )
            case "activations":
                return False

    def running(self, topic: Topic) -> bool:
        """Whether a topic measures now."""
        return any(one.running for one in self.measurements(topic))

    def stop(self, topic: Topic) -> None:
        """Ask what a topic measures to stop."""
        for one in self.measurements(topic):
            one.stop()

    @property
    def model_id(self) -> str:
        """Name of the current model."""
        return self._current.ref.id

    def _take_look(self) -> None:
        """A model that cannot be looked at has no place; the page “Models” says why."""
        spec, found = self._look.spec, self._look.result
        if isinstance(spec, DescribeModelSpec):
            known = isinstance(found, ModelDescription) and self._look.answered == spec
            anatomy = found.anatomy if known and isinstance(found, ModelDescription) else None
            self._described = (spec.model, anatomy)
            self.placed_changed.emit()
            if spec.model != self._current.ref:
                self.look()

    def _take_rows(self) -> None:
        found = {one.id: one for one in self.table.parts if isinstance(one, RowResult)}
        if found:
            self.results |= found
            self.results_changed.emit()


def _measure(slot: JobSlot, spec: Spec) -> bool:
    """Ask, unless it is being measured already."""
    return not slot.running and slot.start(spec)
