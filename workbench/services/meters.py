"""Memory of the machine and of the graphics card, once a second, read off the GUI thread.

A coroutine beside the window: it reads on the executor, tells, sleeps, until it is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from workbench.services.async_loop import AsyncLoop

if TYPE_CHECKING:
    import asyncio

INTERVAL_S: Final = 1.0


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

    def __init__(self, loop: AsyncLoop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = loop
        self._reader = _Reader()
        self._task: asyncio.Task[object] | None = None

    def start(self) -> None:
        """Read now and then once a second."""
        if self._task is None:
            self._task = self._loop.spawn(self._sample())

    def stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _sample(self) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        while True:
            self.read.emit(await loop.run_in_executor(None, self._reader.read))
            await asyncio.sleep(INTERVAL_S)


class _Reader:
    """Keeps the handles between readings; used on one thread at a time."""

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
