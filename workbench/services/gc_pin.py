"""Cyclic garbage is collected on the GUI thread only.

Python's collector runs on whichever thread allocates. On a worker it would destroy Qt objects
there: "Timers cannot be stopped from another thread", or a crash. So automatic collection is off
and a timer on the GUI thread collects.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

YOUNG_MS = 1_000
FULL_EVERY = 30


class GcPin(QObject):
    """Young objects every second; everything every half minute, when the window is idle."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNG_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Turn automatic collection off and start collecting here."""
        gc.disable()
        # What start-up made lives as long as the program; later passes need not walk it.
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Back to Python's own way."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        self._ticks += 1
        if self._ticks % FULL_EVERY == 0:
            gc.collect()
        elif gc.get_count()[0] > 700:
            gc.collect(1)
