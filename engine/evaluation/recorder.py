"""Keeps a comparison's cells in memory and in the project file, each in its own transaction.

A full disk must not cost a result: a cell that cannot be written stays in memory and is tried
again with every later one; what remains unwritten at the end is reported, not raised.

A run that is resumed brings its finished cells back first; only the others are then asked. The
noise of a cell depends on the seed, the item and the sample alone, so that in float32 the whole
equals a run that was never interrupted.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.errors import BadSpec, ErrorReport, StoreError
from engine.evaluation.plan import planned_cells
from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Provenance, Vote

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

log = logging.getLogger(__name__)


class Recorder:
    """Where finished cells go: first the store, then the listener.

    Attributes:
        run_id: The run's row in the store (the job's id when nothing is stored).
        cells: Every finished cell.
        votes: Every vote that is over, by model, variant and item.
        error: Why the store lacks cells, or None.

    Raises:
        BadSpec: The run to resume is not kept, or was another comparison.
        StoreError: It cannot be read, or still runs.
    """

    def __init__(self, spec: CompareSpec, ctx: JobContext) -> None:
        self._ctx = ctx
        self._project = ctx.resources.project
        self._unsaved: list[CellResult | Vote] = []
        self.cells: dict[CellKey, CellResult] = {}
        self.votes: dict[tuple[int, int, int], Vote] = {}
        self.error: ErrorReport | None = None
        self.run_id = ctx.job_id
        self._origins: dict[int, Provenance] = {}
        if spec.continues:
            self._continue(spec)
        elif self._project is not None:
            try:
                self.run_id = self._project.begin_run(spec, len(planned_cells(spec)))
            except StoreError as error:
                self._give_up(error)

    def add(self, cell: CellResult) -> None:
        """Commit the cell, then publish it."""
        self.cells[cell.key] = cell
        self._unsaved.append(cell)
        self._flush()
        self._ctx.partial(cell)

    def add_vote(self, vote: Vote) -> None:
        """Commit a vote that is over, and publish it; one that goes on is published only."""
        if vote.final:
            self.votes[vote.place] = vote
            self._unsaved.append(vote)
            self._flush()
        self._ctx.partial(vote)

    def check_origin(self, model: int, now: Provenance) -> None:
        """Refuse to mix two models, or two states of one, in a resumed run.

        Args:
            model: Its index in the spec.
            now: What would answer the missing cells.

        Raises:
            BadSpec: It is no longer what answered the finished cells.
        """
        before = self._origins.get(model)
        if before is not None and _identity(before) != _identity(now):
            raise BadSpec(
                f"“{now.model}” is no longer the model that this run began with.",
                "Bring its weights and load options of then back, or start a new run.",
                detail=f"{_identity(before)} became {_identity(now)}",
            )

    def finish(self, status: str) -> None:
        """Write what is still unwritten, and how the run ended."""
        self._flush()
        if self._project is None:
            return
        try:
            self._project.finish_run(self.run_id, status)
        except StoreError as error:
            self._note(error)

    def _continue(self, spec: CompareSpec) -> None:
        """Enter the stored run again and publish what it has."""
        if self._project is None:
            raise BadSpec(
                "There is no project to resume the run from.", "Open the project that holds it."
            )
        self.run_id = spec.continues
        for cell in self._project.continue_run(spec.continues, spec):
            self.cells[cell.key] = cell
            if cell.provenance is not None:
                self._origins.setdefault(cell.key.model, cell.provenance)
            self._ctx.partial(cell)
        for vote in self._project.votes(self.run_id):
            self.votes[vote.place] = vote
            self._ctx.partial(vote)

    def _flush(self) -> None:
        if self._project is None:
            self._unsaved.clear()
            return
        try:
            while self._unsaved:
                self._save(self._unsaved[0])
                del self._unsaved[0]
        except StoreError as error:
            self._note(error)
        else:
            self.error = None

    def _save(self, one: CellResult | Vote) -> None:
        assert self._project is not None
        if isinstance(one, Vote):
            self._project.save_vote(self.run_id, one)
        else:
            self._project.save_cell(self.run_id, one)

    def _give_up(self, error: StoreError) -> None:
        """Without a row for the run, no cell of it can be stored."""
        self._project = None
        self._note(error)

    def _note(self, error: StoreError) -> None:
        if self.error is None:
            log.warning("The run is not stored: %s", error)
        self.error = error.report()


def _identity(origin: Provenance) -> tuple[object, ...]:
    """What must be the same for two answers to come from the same model."""
    return (
        origin.revision,
        origin.weights_sha,
        origin.edits,
        origin.dtype,
        origin.quantization,
    )
