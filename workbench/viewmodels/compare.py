"""The comparison page without its widgets: submits jobs, receives events, keeps the columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QObject, Signal

from engine.decoding.records import Candidate, TokenRecord
from engine.errors import EngineError, ErrorReport
from engine.evaluation.spec import (
    Branch,
    CellKey,
    CellResult,
    CompareResult,
    CompareSpec,
    StageKey,
    Vote,
)
from engine.jobs.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Partial,
    Progress,
    Started,
    Terminal,
    TokenChunk,
)
from workbench.viewmodels.compare_column import Column, Verification, compare_tokens
from workbench.viewmodels.compare_history import Place, StoredColumn
from workbench.viewmodels.compare_search import PassageSearch
from workbench.viewmodels.compare_setup import CompareSetup, default_setup
from workbench.viewmodels.jobs import JobHandle, Jobs
from workbench.viewmodels.prompt_model import PromptModel
from workbench.viewmodels.prompt_state import PromptProblem


class CompareModel(QObject):
    """State of the comparison page.

    Attributes:
        prompt: The prompt under edit.
        setup: Techniques, models, sampling.
        columns: The results, left to right.
        places: Where the answers of columns are stored, by uid.
        search: Finds the passages of documents before anything is asked.

    Signals:
        setup_changed: Techniques, models or sampling changed.
        columns_changed: Columns came, went or moved.
        column_changed: Uid of a column whose state, result or check changed.
        pins_changed: A column was pinned, or is no longer.
        tokens_arrived: Uid of a column that got new tokens.
        running_changed: Whether any job of this page is in flight.
        progressed: A `Progress` event of the running job.
        refused: A `PromptProblem`: the run did not start, and where to mend it.
        finished: A run ended (well, failed or stopped).
        store_failed: An `ErrorReport`: the answers are here, but the project file lacks them.
            Told again only after a run that could be stored.
    """

    setup_changed = Signal()
    columns_changed = Signal()
    column_changed = Signal(int)
    pins_changed = Signal()
    tokens_arrived = Signal(int)
    running_changed = Signal(bool)
    progressed = Signal(object)
    refused = Signal(object)
    finished = Signal()
    store_failed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._runs: list[_Run] = []
        self._next_uid = 1
        self._was_running = False
        self._told_unstored = False
        self.prompt = PromptModel(self)
        self.setup: CompareSetup = default_setup()
        self.columns: list[Column] = []
        self.places: dict[int, Place] = {}
        self.search = PassageSearch(jobs, self)
        self.search.found.connect(self._ask)
        self.search.refused.connect(self._search_refused)
        self.search.progressed.connect(self.progressed)
        self.search.ended.connect(self._search_ended)

    # Reading

    @property
    def running(self) -> bool:
        """Whether any job of this page is in flight."""
        return bool(self._runs) or self.search.running

    def column(self, uid: int) -> Column | None:
        """The column of that uid, if it still stands."""
        return next((column for column in self.columns if column.uid == uid), None)

    def pinned_places(self) -> tuple[tuple[int, Place], ...]:
        """Position and place of every pinned column whose answer is stored."""
        return tuple(
            (at, self.places[column.uid])
            for at, column in enumerate(self.columns)
            if column.pinned and column.uid in self.places
        )

    def is_outdated(self, column: Column) -> bool:
        """Whether the prompt was edited after the column was asked."""
        state = self.prompt.state
        asked, now = column.spec.items[0], state.item()
        names = state.variables()
        return (
            column.spec.prompt != state.elements()
            or (asked.expected or "").strip() != (now.expected or "")
            or [asked.variables.get(name, "") for name in names]
            != [now.variables.get(name, "") for name in names]
        )

    # What the person does

    def set_setup(self, setup: CompareSetup) -> None:
        """Change techniques, models or sampling."""
        if setup != self.setup:
            self.setup = setup
            self.setup_changed.emit()

    def run(self) -> bool:
        """Ask everything anew; pinned columns stay. False (and `refused`) when it cannot start."""
        problem = self.prompt.problem()
        if problem is not None:
            self.refused.emit(problem)
            return False
        try:
            spec = self.setup.spec(self.prompt.state)
            spec.check()
        except EngineError as error:
            report = ErrorReport(error.code, error.message, error.hint, error.detail)
            self.refused.emit(PromptProblem(report, "setup"))
            return False
        if self.setup.documents:
            return self._look_up(spec)
        return self._ask(spec)

    def _look_up(self, spec: CompareSpec) -> bool:
        """Find the passages first; what is on screen stays until they are there."""
        started = self.search.start(spec, self.setup.documents)
        self._tell_running()
        return started

    def _search_refused(self, report: ErrorReport) -> None:
        self.refused.emit(PromptProblem(report, "documents"))

    def _search_ended(self) -> None:
        self._tell_running()
        if not self.running:
            self.finished.emit()

    def _ask(self, spec: CompareSpec) -> bool:
        """Ask everything; pinned columns stay."""
        fresh = [
            self._new_column(spec, CellKey(model=m, variant=v))
            for m in range(len(spec.models))
            for v in range(len(spec.variants))
        ]
        self.columns = [column for column in self.columns if column.pinned] + fresh
        self.columns_changed.emit()
        return self._submit(spec, fresh)

    def rerun(self, uid: int) -> bool:
        """Ask one column again, with the prompt and the settings it was asked with."""
        column = self.column(uid)
        if column is None or column.busy or column.verifying:
            return False
        column.forget()
        self.column_changed.emit(uid)
        spec = replace(column.spec, only=column.asked, branch=column.branch)
        return self._submit(spec, [column])

    def verify(self, uid: int) -> bool:
        """Decode one column's cell alone (batch 1) and compare the tokens."""
        column = self.column(uid)
        if column is None or column.busy or column.verifying or not column.records:
            return False
        column.verification = Verification("running")
        self.column_changed.emit(uid)
        spec = replace(column.spec, only=(column.cell_key,), batch_size=1, branch=column.branch)
        return self._submit(spec, [column], verifying=True)

    def branch(self, uid: int, index: int, candidate: Candidate) -> Column | None:
        """Continue an answer from its token `index` replaced by `candidate`, as a new column."""
        source = self.column(uid)
        if source is None or not 0 <= index < len(source.records):
            return None
        seen = source.records[index]
        chosen = TokenRecord(
            candidate.id, candidate.text, candidate.logprob, seen.entropy, seen.top
        )
        kept = [*source.records[:index], chosen]
        column = self._new_column(source.spec, source.cell_key)
        column.branched_from = uid
        column.branch = Branch(source.cell_key, tuple(record.id for record in kept))
        column.records = list(kept)
        self.columns.insert(self.columns.index(source) + 1, column)
        self.columns_changed.emit()
        spec = replace(source.spec, only=(column.key,), branch=column.branch)
        self._submit(spec, [column])
        return column

    def bring_back(self, stored: tuple[StoredColumn, ...]) -> None:
        """Show the columns of an earlier run, unless there are others by now."""
        if not self.columns and not self._runs and stored:
            self.show_stored(stored)

    def show_stored(self, stored: tuple[StoredColumn, ...]) -> None:
        """Show these columns of an earlier run instead of what is there."""
        self.stop()
        self.columns = []
        for one in stored:
            column = self._new_column(one.spec, one.key)
            column.branch, column.result = one.branch, one.result
            column.state = "stopped"
            column.pinned = one.pinned
            if one.place is not None:
                self.places[column.uid] = one.place
            if one.paths and column.voting:
                column.paths.take_stored(one.spec, one.paths)
                column.result = column.paths.result
            if one.result is not None:
                column.error = one.result.error
                column.state = "failed" if one.result.error else "finished"
                column.records = list(one.result.tokens)
            self.columns.append(column)
        self.columns_changed.emit()

    def show_path(self, uid: int, sample: int) -> None:
        """Look at one of the paths that voted."""
        column = self.column(uid)
        if column is not None and column.voting and sample in column.paths.cells:
            column.paths.chosen = sample
            column.verification = None
            column.show_path()
            self.column_changed.emit(uid)

    def set_pinned(self, uid: int, pinned: bool) -> None:
        """Keep a column when the next run replaces the others."""
        column = self.column(uid)
        if column is not None and column.pinned != pinned:
            column.pinned = pinned
            self.column_changed.emit(uid)
            self.pins_changed.emit()

    def close_column(self, uid: int) -> None:
        """Take a column away; its job is stopped when nothing else waits for it."""
        column = self.column(uid)
        if column is None:
            return
        self.columns.remove(column)
        for run in list(self._runs):
            if run.columns == {column.key: column}:
                run.cancel()
        self.columns_changed.emit()

    def clear(self) -> None:
        """Stop everything and take every column away."""
        self.stop()
        self.columns = []
        self.columns_changed.emit()

    def stop(self) -> None:
        """Ask every job of this page to stop; what was finished stays."""
        self.search.stop()
        for run in list(self._runs):
            run.cancel()

    # Jobs

    def _new_column(self, spec: CompareSpec, key: CellKey) -> Column:
        column = Column(self._next_uid, spec, key)
        self._next_uid += 1
        return column

    def _submit(self, spec: CompareSpec, columns: list[Column], verifying: bool = False) -> bool:
        run = _Run(self, columns, verifying)
        self._runs.append(run)
        self._tell_running()
        try:
            run.handle = self._jobs.submit(spec, run.on_event)
        except EngineError as error:
            run.fail(error.report())
            self._end(run)
            return False
        return True

    def _take_result(self, result: CompareResult, columns: Iterable[Column]) -> None:
        """Remember where the answers lie; say once that a full disk keeps them from there."""
        for column in columns:
            key = column.key
            self.places[column.uid] = Place(result.run_id, key.model, key.variant)
        if result.store_error is not None and not self._told_unstored:
            self.store_failed.emit(result.store_error)
        self._told_unstored = result.store_error is not None

    def _end(self, run: _Run) -> None:
        if run not in self._runs:
            return
        self._runs.remove(run)
        self._tell_running()
        self.finished.emit()

    def _tell_running(self) -> None:
        if self.running != self._was_running:
            self._was_running = self.running
            self.running_changed.emit(self._was_running)


class _Run:
    """One job in flight and the columns that wait for it."""

    def __init__(self, model: CompareModel, columns: list[Column], verifying: bool) -> None:
        self.columns = {column.key: column for column in columns}
        self.handle: JobHandle | None = None
        self._model = model
        self._came: dict[CellKey, list[TokenRecord]] = {}
        self._verifying = verifying
        # What the check is about: the answer as it stood when the check was asked for.
        self._answers = {column.key: tuple(column.records) for column in columns}

    def cancel(self) -> None:
        if self.handle is not None:
            self._model._jobs.cancel(self.handle.id)

    def fail(self, report: ErrorReport) -> None:
        """Give the error to every column that is still waiting for its answer."""
        for column in self.columns.values():
            if self._verifying:
                column.verification = Verification("failed", report=report)
            elif column.busy:
                column.state, column.error = "failed", report
            self._model.column_changed.emit(column.uid)

    def on_event(self, event: Event) -> None:
        """Take one event (on the window's thread)."""
        if isinstance(event, TokenChunk):
            self._take_tokens(event)
        elif isinstance(event, Partial) and isinstance(event.value, CellResult):
            self._take_cell(event.value)
        elif isinstance(event, Partial) and isinstance(event.value, Vote):
            self._take_vote(event.value)
        elif isinstance(event, Progress):
            self._model.progressed.emit(event)
        elif isinstance(event, Started) and not self._verifying:
            self._set_state("waiting", "running")
        elif isinstance(event, Terminal):
            self._take_end(event)

    def _column(self, key: object) -> Column | None:
        """Whose cell or intermediate text that is; a column that votes stands for all its paths."""
        cell = key.cell if isinstance(key, StageKey) else cast(CellKey, key)
        return self.columns.get(cell) or self.columns.get(replace(cell, sample=0))

    def _take_tokens(self, event: TokenChunk) -> None:
        column = self._column(event.key)
        if column is None or self._verifying:
            return
        records = cast("tuple[TokenRecord, ...]", event.records)
        if isinstance(event.key, StageKey):
            column.take_draft(event.key, records)
            self._model.column_changed.emit(column.uid)
            return
        if column.voting:
            if column.paths.take_tokens(cast(CellKey, event.key).sample, records):
                column.records = column.paths.records
                self._model.tokens_arrived.emit(column.uid)
            return
        came = self._came.setdefault(column.key, [])
        came.extend(records)
        kept = len(column.branch.prefix) if column.branch else 0
        if len(came) >= kept:  # a branch's kept prefix is reported again: no flicker meanwhile
            column.records = came
            self._model.tokens_arrived.emit(column.uid)

    def _take_vote(self, vote: Vote) -> None:
        column = self.columns.get(CellKey(*vote.place))
        if column is not None and column.voting and not self._verifying:
            column.take_vote(vote)
            self._model.column_changed.emit(column.uid)

    def _take_cell(self, cell: CellResult) -> None:
        column = self._column(cell.key)
        if column is None:
            return
        if self._verifying:
            self._take_check(column, cell)
        elif column.voting:
            column.take_path(cell)
        elif cell.error is not None:
            column.state, column.error, column.result = "failed", cell.error, cell
        else:
            column.state, column.result = "finished", cell
            column.records = list(cell.tokens)
        self._model.column_changed.emit(column.uid)

    def _take_check(self, column: Column, alone: CellResult) -> None:
        if alone.error is not None:
            column.verification = Verification("failed", report=alone.error)
            return
        column.verification = compare_tokens(self._answers[column.key], alone.tokens)

    def _take_end(self, event: Terminal) -> None:
        if isinstance(event, Failed):
            self.fail(event.error)
        elif isinstance(event, Cancelled):
            self._set_state("waiting", "stopped")
            self._set_state("running", "stopped")
            self._drop_check()
        elif isinstance(event, Finished):
            self._set_state("running", "finished")
            self._drop_check()
            if isinstance(event.result, CompareResult):
                columns = () if self._verifying else self.columns.values()
                self._model._take_result(event.result, columns)
        self._model._end(self)

    def _drop_check(self) -> None:
        for column in self.columns.values():
            if self._verifying and column.verification == Verification("running"):
                column.verification = None
                self._model.column_changed.emit(column.uid)

    def _set_state(self, old: str, new: str) -> None:
        for column in self.columns.values():
            if column.state == old:
                column.state = new  # type: ignore[assignment]
                self._model.column_changed.emit(column.uid)
