"""Short work off the GUI thread that is not a job: listing folders, reading meters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


class Background(QObject):
    """A small pool whose results come back on the GUI thread.

    An exception in the work is raised on the GUI thread, where the crash service sees it, unless
    `failed` is given.
    """

    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._closed = threading.Event()
        self._done.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` on the pool, then `done(result)` or `failed(error)` on the GUI thread."""
        if self._closed.is_set():
            return

        def deliver(future: Future[T]) -> None:
            if not self._closed.is_set() and not future.cancelled():
                self._done.emit((future, done, failed))

        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(2, thread_name_prefix="lathe-background")
        self._pool.submit(work).add_done_callback(deliver)

    def shutdown(self) -> None:
        """Drop waiting work; a running piece ends by itself."""
        self._closed.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _call(self, parcel: tuple[Future[object], Callable[..., None], object]) -> None:
        if self._closed.is_set():
            return
        future, done, failed = parcel
        error = future.exception()
        if error is None:
            done(future.result())
        elif callable(failed) and isinstance(error, Exception):
            failed(error)
        else:
            raise error
