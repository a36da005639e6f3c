"""Says in the log where the GUI thread was when it did not answer for too long."""

from __future__ import annotations

import faulthandler
import logging
import tempfile
import threading
import time

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 50
log = logging.getLogger(__name__)


class Watchdog(QObject):
    """A heartbeat on the GUI thread and a thread that listens for it.

    Args:
        limit_s: Log a stall that lasts longer than this many seconds.
    """

    def __init__(self, limit_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit = limit_s
        self._gui_thread = threading.get_ident()
        self._last = time.monotonic()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self.stalls = 0

    def start(self) -> None:
        """Watch from now on."""
        self._beat()
        self._timer.start()
        self._thread = threading.Thread(target=self._watch, name="lathe-watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; waits for the thread."""
        self._timer.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self) -> None:
        self._last = time.monotonic()

    def _watch(self) -> None:
        told = 0.0
        while not self._stop.wait(self._limit / 2):
            beat = self._last
            late = time.monotonic() - beat
            if late > self._limit + BEAT_MS / 1000 and beat != told:
                told = beat
                self.stalls += 1
                log.warning("the window did not answer for %d ms:\n%s", late * 1000, self._where())

    def _where(self) -> str:
        """The GUI thread's stack, innermost call first.

        Read by `faulthandler`, which makes no frame objects: one held here, even for a moment,
        would keep a painter of the GUI thread alive and destroy it on this thread.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            text = file.read()
        return stack_of(self._gui_thread, text)


def stack_of(thread: int, dump: str) -> str:
    """One thread's calls out of a dump of all threads."""
    for part in dump.split("\n\n"):
        first, _, calls = part.partition("\n")
        if f"0x{thread:016x}" in first:
            return calls
    return "(no Python frame)"
