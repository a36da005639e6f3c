"""An asyncio loop on Qt's, made when the first coroutine needs it.

Kept thin so that it can be taken out in a day: whatever can be a job is a job. Its executor is
our own, so that closing never waits for a running call.
"""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor


class AsyncLoop(QObject):
    """Runs coroutines beside the window. Errors of theirs reach `sys.excepthook`."""

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    def spawn(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Start a coroutine; the task is kept alive until it ends."""
        loop = self._running()
        task: asyncio.Task[object] = loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def shutdown(self) -> None:
        """Cancel what runs and drop the loop; does not wait for calls in the executor."""
        if self._loop is None or self._executor is None:
            return
        import asyncio

        for task in tuple(self._tasks):
            task.cancel()
        self._executor.shutdown(wait=False, cancel_futures=True)
        asyncio.events._set_running_loop(None)
        self._loop = None

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            import asyncio
            from concurrent.futures import ThreadPoolExecutor

            import qasync

            self._loop = qasync.QEventLoop(self._app, already_running=True)
            self._executor = ThreadPoolExecutor(2, thread_name_prefix="lathe-async")
            self._loop.set_default_executor(self._executor)
            asyncio.set_event_loop(self._loop)
        return self._loop

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The loop's own handler would only log it.
            sys.excepthook(type(error), error, error.__traceback__)
