"""Help for tests that drive the window: building it, and finding what a test left behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from engine.api import Engine
from engine.paths import Paths
from workbench.bootstrap import Application
from workbench.options import Options
from workbench.pages import PageEntry


@contextmanager
def running_application(
    app: QApplication,
    home: Path,
    pages: tuple[PageEntry, ...],
    options: Options | None = None,
    engine: Engine | None = None,
) -> Iterator[Application]:
    """A whole program with its own home folder, shown; closed and destroyed at the end."""
    options = options or Options(language="en", theme="light", scale=1.0)
    application = Application(app, options, Paths.below(home), pages, engine)
    try:
        wait_for(application.opened, application.show)
        yield application
    finally:
        close_application(application)


def wait_for(signal: SignalInstance, action: Callable[[], None], limit_ms: int = 30_000) -> None:
    """Do `action` and run the event loop until `signal` comes."""
    loop = QEventLoop()
    signal.connect(loop.quit)
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(lambda: loop.exit(1))
    limit.start(limit_ms)
    action()
    assert loop.exec() == 0, "the signal did not come"
    limit.stop()


def close_application(application: Application) -> None:
    """Close it as a person does after confirming, and destroy what it made."""
    application.close()
    # A busy machine may need longer than a person would wait; the threads must be gone.
    assert application.services.background.shutdown(60)
    assert application.engine.close(60)
    application.services.i18n.set_language("en")
    application.window.deleteLater()
    application.deleteLater()
    delete_deferred()


def delete_deferred() -> None:
    """Destroy everything that waits for `deleteLater`."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def page_of(application: Application, page_id: str) -> QWidget:
    """Show a page and return it."""
    return application.window.show_page(page_id)


def active_timers() -> set[str]:
    """The active `QTimer`s that Python knows: whose, and how often they fire."""
    found = set()
    for thing in gc.get_objects():
        if type(thing) is QTimer and isValid(thing) and thing.isActive():
            found.add(f"{type(thing.parent()).__name__} every {thing.interval()} ms #{id(thing)}")
    return found


def program_threads() -> set[str]:
    """Names of the threads that the program started and that still run."""
    return {t.name for t in threading.enumerate() if t.name.startswith("lathe-")}


def top_level_widgets() -> set[QWidget]:
    """Windows that exist, shown or not. Qt keeps its own tooltip label."""
    return {w for w in QApplication.topLevelWidgets() if type(w).__name__ != "QTipLabel"}
