"""asyncio on Qt's loop: qasync joins the loop that runs, once the window has painted.

Kept thin so that it can be taken out in a day: whatever can be a job is a job. What asyncio and
qasync cost to import is paid on a background thread, after the first paint. The executor is our
own, so that closing never waits for a running call; there are no coroutine slots.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEventLoop, QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    class Joined(qasync.QEventLoop):  # type: ignore[misc]
        """What `_join` makes."""

        joined: bool


THREADS: Final = "lathe-async"
SETTLE_S: Final = 0.3


class AsyncLoop(QObject):
    """Runs coroutines beside the window. Errors of theirs reach `sys.excepthook`."""

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._loop: Joined | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Join the loop that runs; from here on `asyncio.get_running_loop` finds it."""
        if self._loop is not None:
            return
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        self._loop = _join(self._app)
        self._loop.set_exception_handler(_tell)
        self._executor = ThreadPoolExecutor(2, thread_name_prefix=THREADS)
        self._loop.set_default_executor(self._executor)
        asyncio.set_event_loop(self._loop)

    def spawn(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Start a coroutine; the task is kept alive until it ends."""
        self.start()
        assert self._loop is not None
        task: asyncio.Task[object] = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def shutdown(self) -> bool:
        """Cancel what runs and leave the loop; False if a call in the executor is still busy."""
        if self._loop is None or self._executor is None:
            return True
        import asyncio

        until = time.monotonic() + SETTLE_S
        for task in tuple(self._tasks):
            task.cancel()
        while self._tasks and time.monotonic() < until:  # their `finally` blocks run here
            self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 10)
        self._executor.shutdown(wait=False, cancel_futures=True)
        loop, self._loop = self._loop, None
        self._app.aboutToQuit.disconnect(loop._after_run_forever)
        loop._after_run_forever()  # what qasync itself does at `aboutToQuit`
        loop.set_default_executor(None)  # `close` would wait for it
        loop.joined = False
        loop.close()
        asyncio.events._set_running_loop(None)
        asyncio.set_event_loop(None)
        return _threads_ended(until)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The loop's own handler would only log it.
            sys.excepthook(type(error), error, error.__traceback__)


def load_asyncio() -> None:
    """Import what `AsyncLoop.start` needs; on a background thread, so that no frame is late."""
    import asyncio  # noqa: F401
    import concurrent.futures.thread  # noqa: F401

    import qasync  # noqa: F401


def _join(app: QApplication) -> Joined:
    """A loop that can leave: qasync's `stop` would end Qt's loop too, and `close` wants a stop."""
    import qasync

    class Joined(qasync.QEventLoop):  # type: ignore[misc]
        """Running for as long as it is joined to Qt's loop."""

        joined = True

        def is_running(self) -> bool:
            return self.joined

    return Joined(app, already_running=True)


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What fails outside any task of ours (a callback, an orphan) is told like everything else."""
    error = context.get("exception")
    if error is None:
        loop.default_exception_handler(context)
    else:
        sys.excepthook(type(error), error, error.__traceback__)


def _threads_ended(until: float) -> bool:
    threads = [thread for thread in threading.enumerate() if thread.name.startswith(THREADS)]
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)
