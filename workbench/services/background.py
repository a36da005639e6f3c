"""Short work off the GUI thread that is not a job: listing folders, reading meters."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

WORKERS = 2
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass
class _Errand:
    """A piece of work on its way there and back."""

    work: Callable[[], object]
    done: Callable[[object], None]
    failed: Callable[[Exception], None] | None
    result: object = None
    error: Exception | None = None


class Background(QObject):
    """Threads whose results come back on the GUI thread; they start with the first work.

    Two of them answer questions, in any order. A third writes, in the order in which it was told,
    so that an older text never replaces a newer one; what waits there is still written at the end.
    An exception in the work is raised on the GUI thread, where the crash service sees it, unless
    `failed` is given.
    """

    _back = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._writes: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._writer: threading.Thread | None = None
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
                self._threads.append(self._start(name, self._queue))
        self._queue.put(_Errand(work, done, failed))  # type: ignore[arg-type]

    def write(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """As `run`, but after every earlier `write`, and also when the program is closed."""
        if self._closed.is_set():
            return
        if self._writer is None:
            self._writer = self._start("lathe-writes", self._writes)
        self._writes.put(_Errand(work, done, failed))  # type: ignore[arg-type]

    def shutdown(self, timeout: float = 3.0) -> bool:
        """Drop waiting questions, finish what is to be written, and end the threads.

        Returns:
            False if one is still busy after `timeout`.
        """
        self._closed.set()
        for _ in self._threads:
            self._queue.put(None)
        self._writes.put(None)
        until = time.monotonic() + timeout
        threads = [*self._threads, *([self._writer] if self._writer is not None else [])]
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _start(self, name: str, source: queue.SimpleQueue[_Errand | None]) -> threading.Thread:
        thread = threading.Thread(target=self._serve, args=(source,), name=name, daemon=True)
        thread.start()
        return thread

    def _serve(self, source: queue.SimpleQueue[_Errand | None]) -> None:
        while (errand := source.get()) is not None:
            if self._closed.is_set() and source is not self._writes:
                continue
            try:
                errand.result = errand.work()
            except Exception as error:  # noqa: BLE001 - raised again on the GUI thread
                errand.error = error
            if not self._closed.is_set():
                self._back.emit(errand)
            elif errand.error is not None:
                log.error("lost while closing: %s", errand.error, exc_info=errand.error)

    def _deliver(self, errand: _Errand) -> None:
        if self._closed.is_set():
            return
        if errand.error is None:
            errand.done(errand.result)
        elif errand.failed is not None:
            errand.failed(errand.error)
        else:
            raise errand.error
