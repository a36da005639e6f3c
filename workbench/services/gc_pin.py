"""Cyclic garbage is collected on the GUI thread only, in passes too short to be felt.

Python's collector runs on whichever thread allocates. On a worker it would destroy Qt objects
there: "Timers cannot be stopped from another thread", or a crash. So automatic collection is off
and a timer on the GUI thread collects.

A pass walks every object it may free: 0.4 s once torch, transformers and a model are in the
process. So what came in bulk (an import) or has grown too long to walk (kept results) is frozen,
out of the passes' way, and walked once while the window is in the background.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

YOUNG_MS: Final = 1_000
FULL_EVERY: Final = 30
YOUNG_OBJECTS: Final = 700
BULK_OBJECTS: Final = 10_000  # about 8 ms of walking
FELT_S: Final = 0.015


def is_in_front() -> bool:
    """Whether a window of this program has the person's attention."""
    return QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive


class GcPin(QObject):
    """Young objects every second, old ones every half minute, frozen ones behind the scenes.

    Args:
        is_looked_at: Whether a pause would be seen.
    """

    def __init__(
        self, parent: QObject | None = None, is_looked_at: Callable[[], bool] = is_in_front
    ) -> None:
        super().__init__(parent)
        self._is_looked_at = is_looked_at
        self._ticks = 0
        self._freezes = False
        self._unwalked = False
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNG_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Turn automatic collection off and start collecting here.

        What start-up made lives as long as the program, so it is frozen. Where someone froze
        before us (a test run, an embedding program), freezing is theirs: only all can be unfrozen.
        """
        gc.disable()
        self._freezes = gc.get_freeze_count() == 0
        self._freeze()
        self._unwalked = False
        self._timer.start()

    def stop(self, everywhere: bool = True) -> None:
        """Back to Python's own way.

        Args:
            everywhere: False while another thread still works: a collection there would destroy
                Qt objects beside their thread, so automatic collection stays off.
        """
        self._timer.stop()
        if self._freezes:
            gc.unfreeze()
        if everywhere:
            gc.enable()

    def tick(self) -> None:
        """One pass, as long as may be at this moment. The timer calls it."""
        self._ticks += 1
        fresh = gc.get_count()[0]
        if self._freezes and fresh > BULK_OBJECTS:
            self._freeze()
        elif self._ticks % FULL_EVERY == 0:
            self._walk_old()
        elif fresh > YOUNG_OBJECTS:
            gc.collect(1)

    def _walk_old(self) -> None:
        behind_the_scenes = self._unwalked and not self._is_looked_at()
        if behind_the_scenes:
            gc.unfreeze()
        began = time.thread_time()
        gc.collect()
        if behind_the_scenes or time.thread_time() - began > FELT_S:
            self._freeze()
        self._unwalked = self._unwalked and not behind_the_scenes

    def _freeze(self) -> None:
        if self._freezes:
            gc.freeze()
            self._unwalked = True
