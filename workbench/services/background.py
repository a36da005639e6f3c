"""Short work off the GUI thread that is not a job: listing folders, reading meters."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

WORKERS = 2
T = TypeVar("T")


@dataclass
class _Errand:
    """A piece of work on its way there and back."""

    work: Callable[[], object]
    done: Callable[[object], None]
    failed: Callable[[Exception], None] | None
    result: object = None
    error: Exception | None = None


class Background(QObject):
    """Two threads whose results come back on the GUI thread; they start with the first work.

    An exception in the work is raised on the GUI thread, where the crash service sees it, unless
    `failed` is given.
    """

    _back = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = threading.Event()
        self._back.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` on a thread, then `done(result)` or `failed(error)` on the GUI thread."""
        if self._closed.is_set():
            return
        if not self._threads:
            for number in range(WORKERS):
                name = f"lathe-background-{number}"
                thread = threading.Thread(target=self._serve, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._queue.put(_Errand(work, done, failed))  # type: ignore[arg-type]

    def shutdown(self, timeout: float = 3.0) -> bool:
        """Drop waiting work and end the threads; False if one is still busy after `timeout`."""
        self._closed.set()
        for _ in self._threads:
            self._queue.put(None)
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self) -> None:
        while (errand := self._queue.get()) is not None:
            if self._closed.is_set():
                continue
            try:
                errand.result = errand.work()
            except Exception as error:  # noqa: BLE001 - raised again on the GUI thread
                errand.error = error
            if not self._closed.is_set():
                self._back.emit(errand)

    def _deliver(self, errand: _Errand) -> None:
        if self._closed.is_set():
            return
        if errand.error is None:
            errand.done(errand.result)
        elif errand.failed is not None:
            errand.failed(errand.error)
        else:
            raise errand.error
