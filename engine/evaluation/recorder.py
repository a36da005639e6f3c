"""Keeps a comparison's cells in memory and in the project file, each in its own transaction.

A full disk must not cost a result: a cell that cannot be written stays in memory and is tried
again with every later one; what remains unwritten at the end is reported, not raised.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.errors import ErrorReport, StoreError
from engine.evaluation.spec import CellKey, CellResult, CompareSpec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

log = logging.getLogger(__name__)


class Recorder:
    """Where finished cells go: first the store, then the listener.

    Attributes:
        run_id: The run's row in the store (the job's id when nothing is stored).
        cells: Every finished cell.
        error: Why the store lacks cells, or None.
    """

    def __init__(self, spec: CompareSpec, ctx: JobContext) -> None:
        self._ctx = ctx
        self._project = ctx.resources.project
        self._unsaved: list[CellResult] = []
        self.cells: dict[CellKey, CellResult] = {}
        self.error: ErrorReport | None = None
        self.run_id = ctx.job_id
        if self._project is not None:
            try:
                self.run_id = self._project.begin_run(spec)
            except StoreError as error:
                self._give_up(error)

    def add(self, cell: CellResult) -> None:
        """Commit the cell, then publish it."""
        self.cells[cell.key] = cell
        self._unsaved.append(cell)
        self._flush()
        self._ctx.partial(cell)

    def finish(self, status: str) -> None:
        """Write what is still unwritten, and how the run ended."""
        self._flush()
        if self._project is None:
            return
        try:
            self._project.finish_run(self.run_id, status)
        except StoreError as error:
            self._note(error)

    def _flush(self) -> None:
        if self._project is None:
            self._unsaved.clear()
            return
        try:
            while self._unsaved:
                self._project.save_cell(self.run_id, self._unsaved[0])
                del self._unsaved[0]
        except StoreError as error:
            self._note(error)
        else:
            self.error = None

    def _give_up(self, error: StoreError) -> None:
        """Without a row for the run, no cell of it can be stored."""
        self._project = None
        self._note(error)

    def _note(self, error: StoreError) -> None:
        if self.error is None:
            log.warning("The run is not stored: %s", error)
        self.error = error.report()
