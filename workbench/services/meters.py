"""Memory of the machine and of the graphics card, once a second, read off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.services.background import Background

INTERVAL_MS = 1_000


@dataclass(frozen=True)
class MemoryReading:
    """Bytes. The graphics card's figures are None without one.

    Attributes:
        own: Resident memory of this program.
        used, total: Memory of the machine.
        card_used, card_total: Memory of the first graphics card.
        card: Its name.
    """

    own: int
    used: int
    total: int
    card_used: int | None = None
    card_total: int | None = None
    card: str = ""


class MemoryMeter(QObject):
    """Signals:
    read(object): A `MemoryReading`.
    """

    read = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._reader = _Reader()
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Read now and then once a second."""
        self._timer.start()
        self._tick()

    def stop(self) -> None:
        """Stop reading."""
        self._timer.stop()

    def _tick(self) -> None:
        if not self._busy:
            self._busy = True
            self._background.run(self._reader.read, self._take)

    def _take(self, reading: MemoryReading) -> None:
        self._busy = False
        self.read.emit(reading)


class _Reader:
    """Keeps the handles between readings; used on one background thread at a time."""

    def __init__(self) -> None:
        self._nvml: object = None
        self._tried = False

    def read(self) -> MemoryReading:
        import psutil

        memory = psutil.virtual_memory()
        own = psutil.Process().memory_info().rss
        used = memory.total - memory.available
        card = self._card()
        if card is None:
            return MemoryReading(own, used, memory.total)
        return MemoryReading(own, used, memory.total, *card)

    def _card(self) -> tuple[int, int, str] | None:
        if not self._tried:
            self._tried = True
            import pynvml

            try:
                pynvml.nvmlInit()
                self._nvml = pynvml.nvmlDeviceGetHandleByIndex(0)
            except pynvml.NVMLError:
                self._nvml = None  # no driver or no card: the machine's memory is all there is
        if self._nvml is None:
            return None
        import pynvml

        info = pynvml.nvmlDeviceGetMemoryInfo(self._nvml)
        return int(info.used), int(info.total), str(pynvml.nvmlDeviceGetName(self._nvml))
