"""What must be known before the slider moves, and the slider itself, followed as one job."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.pruning_live import LiveModel


class SliderJobs(QObject):
    """The look at a model, then the slider's own jobs.

    A look that is refused is not shown: the slider's first job says the same, and more.

    Signals:
        running_changed(bool), progressed(object), refused(object): As those of a `JobSlot`.
    """

    running_changed = Signal(bool)
    progressed = Signal(object)
    refused = Signal(object)

    def __init__(self, look: JobSlot, live: LiveModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._live = look, live
        look.running_changed.connect(self._running_changed)
        live.running_changed.connect(self._running_changed)
        look.progressed.connect(self.progressed)
        live.progressed.connect(self.progressed)
        live.refused.connect(self.refused)

    @property
    def running(self) -> bool:
        """Whether one of them is under way."""
        return self._look.running or self._live.running

    def stop(self) -> None:
        """Ask both to stop."""
        self._look.stop()
        self._live.stop()

    def _running_changed(self, _running: bool) -> None:
        self.running_changed.emit(self.running)
