"""Says in the log where the GUI thread was when it did not answer for too long."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback

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
        frame = sys._current_frames().get(self._gui_thread)
        return "".join(traceback.format_stack(frame, limit=12)) if frame else "(no Python frame)"
