"""The table of positions that the model itself adds: read once per model."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.inspection.positions.table_spec import PositionTable, PositionTableSpec
from engine.models.reference import ModelRef
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs


class OwnTableModel(QObject):
    """Asks for the table of one model; another model takes its place.

    Attributes:
        job: The reading.

    Signals:
        found(): The table has been read.
        changed(): Table or reading are others now.
        refused(object): `ErrorReport` of a reading that failed.
    """

    found = Signal()
    changed = Signal()
    refused = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self._ref: ModelRef | None = None
        self._asked = False
        self.job.changed.connect(self.changed)
        self.job.refused.connect(self.refused)
        self.job.found.connect(self._found)

    @property
    def table(self) -> PositionTable | None:
        """The table, once it was read."""
        found = self.job.result
        return found if isinstance(found, PositionTable) else None

    def set_model(self, ref: ModelRef) -> bool:
        """Mean another model, and stop reading the one before; False if it is the same."""
        if ref == self._ref:
            return False
        self._ref, self._asked = ref, False
        self.job.forget()
        return True

    def need(self) -> None:
        """Read the table, unless that was tried with this model already."""
        if not self._asked:
            self.read()

    def read(self) -> None:
        """Read the table, also after a failure; a reading under way goes on."""
        if self._ref is not None and self.table is None and not self.job.running:
            self._asked = True
            self.job.start(PositionTableSpec(self._ref))

    def _found(self, _result: object) -> None:
        self.found.emit()
