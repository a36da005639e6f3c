"""The Evaluate page without its widgets: plans runs, submits them, keeps what comes back."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError, ErrorReport
from engine.evaluation.datasets.dataset import Dataset
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, Vote
from engine.jobs.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Partial,
    Progress,
    Terminal,
    TokenChunk,
)
from engine.prompting.elements import PromptElements
from workbench.services.background import Background
from workbench.viewmodels.evaluate_answers import (
    Answers,
    ItemTexts,
    cell_at,
    filled,
    slim,
    texts_of,
)
from workbench.viewmodels.evaluate_items import ItemsTable
from workbench.viewmodels.evaluate_plan import Plan, Stamp, Wish, plan
from workbench.viewmodels.evaluate_reading import reread, voted_by
from workbench.viewmodels.evaluate_setup import EvaluateSetup, default_evaluation
from workbench.viewmodels.jobs import Jobs

PLAN_MS: Final = 150


class Listener(Protocol):
    """Who shows the figures of a run."""

    def begin(self, spec: CompareSpec) -> None: ...

    def add_cell(self, cell: CellResult) -> None: ...

    def add_vote(self, vote: Vote) -> None: ...

    def finish(self, result: CompareResult) -> None: ...

    def clear(self) -> None: ...


class EvaluateModel(QObject):
    """State of the page.

    Attributes:
        setup: What to run.
        plan: The run as it would start now; None while it is worked out or cannot be.
        table: The items and what is known of them.
        cells: Finished cells by item, model and variant; without their tokens, except where
            these weigh a vote.
        votes: The votes of the run by its own rule, by model, variant and item.
        run_id: Of the last finished run in the project; empty = none.
        result_spec: What the table's answers were asked with; None = nothing was run.
        rule: The extraction rule that decides what is right in the table; it changes once the
            answers have been read by it.

    Signals:
        setup_changed(): The settings changed.
        planned(): `plan` or `problem` changed.
        running_changed(bool): A run began or ended.
        progressed(object): A `Progress` event.
        row_changed(int): Answers came for this row of the table.
        ended(): A run ended (well, failed or stopped).
        store_failed(object): An `ErrorReport`: the project file lacks answers.
    """

    setup_changed = Signal()
    planned = Signal()
    running_changed = Signal(bool)
    progressed = Signal(object)
    row_changed = Signal(int)
    ended = Signal()
    store_failed = Signal(object)

    def __init__(
        self, jobs: Jobs, background: Background, data: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._background = background
        self._data = data
        self._compare: PromptElements | None = None
        self._dataset: Dataset | None = None
        self._dataset_of: object = None
        self._stamp: Stamp | None = None
        self._turn = 0
        self._job = ""
        self._started = 0.0
        self._run_when_planned = False
        self._asked: CompareSpec | None = None
        self._wanted_rule = ""
        self._reading = 0
        self.listener: Listener | None = None
        self.setup = default_evaluation()
        self.plan: Plan | None = None
        self.problem: ErrorReport | None = None
        self.table = ItemsTable(self)
        self.cells: dict[tuple[int, int, int], list[CellResult]] = {}
        self.votes: dict[tuple[int, int, int], Vote] = {}
        self.run_id = ""
        self.result_spec: CompareSpec | None = None
        self.rule = ""
        self.pace: dict[str, float] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PLAN_MS)
        self._soon.timeout.connect(self._plan_now)

    @property
    def running(self) -> bool:
        """Whether a run is in flight."""
        return bool(self._job)

    @property
    def outdated(self) -> bool:
        """Whether the answers shown were asked with other settings."""
        if self.result_spec is None or self.plan is None or self.plan.spec is None:
            return False
        return replace(self.plan.spec, extraction=self.result_spec.extraction) != self.result_spec

    # What the person does

    def set_setup(self, setup: EvaluateSetup) -> None:
        """Change the settings; the plan follows."""
        if setup != self.setup:
            self.setup = setup
            self.setup_changed.emit()
            self.replan()

    def set_compare_prompt(self, prompt: PromptElements | None) -> None:
        """Follow the prompt of the Compare page."""
        if prompt != self._compare:
            self._compare = prompt
            if self.setup.prompt == "compare":
                self.replan()

    def take_dataset(self, dataset: Dataset, file: object) -> None:
        """Use a set that was read just now, and need not be read again."""
        self._dataset, self._dataset_of, self._stamp = dataset, file, None

    def replan(self) -> None:
        """Work out the plan soon."""
        self._turn += 1
        self.plan, self.problem = None, None
        self._soon.start()

    def run(self) -> bool:
        """Ask everything; False when it cannot start. A plan under way is waited for."""
        if self.running:
            return False
        if self.plan is None and self.problem is None:
            self._run_when_planned = True
            return True
        if self.plan is None or self.plan.spec is None:
            return False
        return self._submit(self.plan.spec)

    def stop(self) -> None:
        """Ask the run to stop; what was answered stays."""
        self._run_when_planned = False
        if self._job:
            self._jobs.cancel(self._job)

    def estimate_s(self) -> float | None:
        """Seconds that the planned run may take, by the pace of earlier ones; None = unknown."""
        if self.plan is None or self.plan.spec is None:
            return None
        paces = [self.pace.get(model.id) for model in self.plan.spec.models]
        known = [pace for pace in paces if pace is not None]
        if len(known) < len(paces):
            return None
        return self.plan.answers * sum(known) / len(known)

    def cells_of(self, row: int) -> tuple[CellResult, ...]:
        """The finished cells of an item, in the order of the columns."""
        return tuple(
            cell
            for lane in self.table.lanes
            for cell in self.cells.get((row, lane.model, lane.variant), ())
        )

    # Planning

    def _plan_now(self) -> None:
        file = self.setup.file if self.setup.source == "file" else None
        dataset = self._dataset if file is not None and file == self._dataset_of else None
        wish = Wish(self.setup, self._compare, self._data, dataset, self._stamp)
        turn = self._turn
        self._background.run(
            partial(_worked_out, wish),
            partial(self._take_plan, turn, file),
            partial(self._take_problem, turn),
        )

    def _take_plan(self, turn: int, file: object, found: tuple[Plan, ItemTexts | None]) -> None:
        if turn != self._turn:
            return
        made, asked = found
        if made.dataset is not None:
            self._dataset, self._dataset_of, self._stamp = made.dataset, file, made.stamp
        self.plan, self.problem = made, None
        if not self.running:
            self._show_plan(made.spec, asked)
        self.planned.emit()
        if self._run_when_planned:
            self._run_when_planned = False
            self.run()

    def _show_plan(self, spec: CompareSpec | None, asked: ItemTexts | None) -> None:
        """Show the planned items; answers of the same items stay until the next run."""
        shown = self.result_spec
        if shown is not None and spec is not None and spec.items == shown.items:
            if replace(spec, extraction=shown.extraction) == shown:
                self.read_by(spec.rule)
            return
        self._begin(None)
        self.table.set_spec(spec, asked)
        if self.listener is not None:
            self.listener.clear()

    def read_by(self, rule: str) -> None:
        """Let another rule decide what is right in the answers shown; empty = their own."""
        if self.result_spec is None or self.running:
            return
        rule = rule or self.result_spec.rule
        if rule == self._wanted_rule:
            return
        self._wanted_rule = rule
        self._reading += 1
        if rule == self.rule:
            return
        cells = [cell for own in self.cells.values() for cell in own]
        self._background.run(
            partial(_read, self.result_spec, cells, list(self.votes.values()), rule),
            partial(self._take_read, self._reading, rule),
            partial(self._read_failed, self._reading),
        )

    def _take_read(self, turn: int, rule: str, found: _Read) -> None:
        if turn != self._reading:
            return
        self.rule, self.problem = rule, None
        self.cells, answers = found
        self.table.set_spec(self.result_spec, self.table.texts, answers)
        self.ended.emit()

    def _read_failed(self, turn: int, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        if turn != self._reading:
            return
        self._wanted_rule = self.rule
        self.problem = error.report()
        self.planned.emit()

    def _take_problem(self, turn: int, error: Exception) -> None:
        if turn != self._turn:
            return
        if not isinstance(error, EngineError):
            raise error
        self._run_when_planned = False
        self.plan = None
        self.problem = ErrorReport(error.code, error.message, error.hint, error.detail)
        self.planned.emit()

    # The run

    def _submit(self, spec: CompareSpec) -> bool:
        try:
            job = self._jobs.submit(spec, self._on_event)
        except EngineError as error:
            self.problem = error.report()
            self.planned.emit()
            return False
        self._job, self._started, self._asked = job.id, 0.0, spec
        self._begin(spec)
        self.table.set_spec(spec, self.table.texts)
        if self.listener is not None:
            self.listener.begin(spec)
        self.running_changed.emit(True)
        return True

    def _begin(self, spec: CompareSpec | None) -> None:
        """Forget what is known of the run shown; a reading of it under way comes too late."""
        self._reading += 1
        self.cells.clear()
        self.votes.clear()
        rule = spec.rule if spec is not None else ""
        self.result_spec, self.run_id, self.rule, self._wanted_rule = spec, "", rule, rule

    def _on_event(self, event: Event) -> None:
        if isinstance(event, TokenChunk):
            self._started = self._started or time.monotonic()  # loading is over
        elif isinstance(event, Partial) and isinstance(event.value, CellResult):
            self._take_cell(event.value)
        elif isinstance(event, Partial) and isinstance(event.value, Vote):
            self._take_vote(event.value)
        elif isinstance(event, Progress):
            self.progressed.emit(event)
        elif isinstance(event, Terminal):
            self._take_end(event)

    def _take_cell(self, cell: CellResult) -> None:
        assert self._asked is not None
        weighed = self._asked.variants[cell.key.variant].vote == "weighted"
        # A weighted vote by another rule needs the probabilities of the tokens.
        kept = cell if weighed else slim(cell)
        self.cells.setdefault(cell_at(cell.key), []).append(kept)
        row = self.table.add_cell(cell)
        if self.listener is not None:
            self.listener.add_cell(cell)
        self.row_changed.emit(row)

    def _take_vote(self, vote: Vote) -> None:
        self.votes[vote.place] = vote
        row = self.table.add_vote(vote)
        if self.listener is not None:
            self.listener.add_vote(vote)
        self.row_changed.emit(row)

    def _take_end(self, event: Terminal) -> None:
        self._job = ""
        if isinstance(event, Failed):
            self.problem = event.error
        elif isinstance(event, Finished) and isinstance(event.result, CompareResult):
            self._take_result(event.result)
        elif isinstance(event, Cancelled):
            self.problem = None
        self.running_changed.emit(False)
        self.ended.emit()

    def _take_result(self, result: CompareResult) -> None:
        assert self._asked is not None
        self.problem = None
        self.run_id = result.run_id
        if result.cells and self._started:
            pace = (time.monotonic() - self._started) / len(result.cells)
            for model in self._asked.models:
                self.pace[model.id] = pace
        if self.listener is not None:
            self.listener.finish(result)
        if result.store_error is not None:
            self.store_failed.emit(result.store_error)


_Read = tuple[dict[tuple[int, int, int], list[CellResult]], Answers]


def _read(spec: CompareSpec, cells: list[CellResult], votes: list[Vote], rule: str) -> _Read:
    read = reread(cells, rule)
    placed: dict[tuple[int, int, int], list[CellResult]] = {}
    for cell in read:
        placed.setdefault(cell_at(cell.key), []).append(cell)
    return placed, filled(spec, read, voted_by(read, votes, rule))


def _worked_out(wish: Wish) -> tuple[Plan, ItemTexts | None]:
    made = plan(wish)
    return made, texts_of(made.spec) if made.spec is not None else None
