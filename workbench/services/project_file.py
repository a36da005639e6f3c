"""The project in which every run is kept; opened off the GUI thread, after the first paint."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from engine.api import Engine
from engine.errors import EngineError
from workbench.services.background import Background
from workbench.services.notify import Notify

if TYPE_CHECKING:
    from engine.store.project import Project

NAME = "default.lathe"
T = TypeVar("T")
log = logging.getLogger(__name__)


class _Run(Protocol):
    """How work is sent to a thread: `Background.run` or `Background.write`."""

    def __call__(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        /,
    ) -> None: ...


@dataclass(frozen=True)
class _Kept:
    """Copies that opening a project left beside it.

    Attributes:
        damaged: The file that could not be read.
        older: The file as it was before it was brought to today's format.
    """

    damaged: Path | None = None
    older: Path | None = None


class ProjectFile(QObject):
    """Gives the engine a project to store runs in, and pages what was stored before.

    A damaged file is put aside, never overwritten; without a project the program works on and
    stores nothing, which is told once.

    Args:
        folder: Where the project lies; None = keep nothing (safe mode).
        engine: Gets the project; one that has a project already keeps it.
    """

    def __init__(
        self,
        folder: Path | None,
        engine: Engine,
        background: Background,
        notify: Notify,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._engine = engine
        self._background = background
        self._notify = notify
        self._own: Project | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._asked = False
        self._ready = False
        self._waiting: list[Callable[[], None]] = []
        self._passing: TemporaryDirectory[str] | None = None

    @property
    def keeps(self) -> bool:
        """Whether runs are stored at all (not in safe mode)."""
        return self._folder is not None or self._engine.resources.project is not None

    def keep_for_now(self) -> None:
        """Where nothing is kept, keep runs until the program ends (for pictures of pages)."""
        if not self.keeps:
            self._passing = TemporaryDirectory(prefix="lathe-", ignore_cleanup_errors=True)
            self._folder, self._asked = Path(self._passing.name), False
            self.open()

    def open(self) -> None:
        """Open the project in the background; what was asked meanwhile is answered then."""
        if self._asked:
            return
        self._asked = True
        if self._engine.resources.project is not None:
            self._opened(_Kept())
        elif self._folder is not None:
            self._background.run(
                partial(self._open, self._folder / NAME), self._opened, self._refused
            )

    def ask(
        self,
        question: Callable[[Project], T],
        answer: Callable[[T], None],
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Ask the project on a background thread; no answer comes where nothing is kept.

        An `EngineError` is told to the person; then `failed` is called.
        """
        self._when_ready(partial(self._send, self._background.run, question, answer, failed))

    def change(
        self,
        work: Callable[[Project], T],
        done: Callable[[T], None],
        failed: Callable[[], None] | None = None,
    ) -> None:
        """As `ask`, but changes follow each other in order, and none is dropped at the end."""
        self._when_ready(partial(self._send, self._background.write, work, done, failed))

    def close(self) -> None:
        """Close the file.

        Close the background and the engine first: changes and jobs write here until they end.
        """
        with self._lock:
            self._closed = True
            if self._own is not None:
                self._own.close()
        if self._passing is not None:
            self._passing.cleanup()

    def _open(self, path: Path) -> _Kept:
        """On a background thread: open or begin it; returns what became of the file before."""
        from engine.errors import StoreError
        from engine.store.file import set_aside
        from engine.store.project import Project

        kept = None
        try:
            project = Project.open(path)
        except StoreError as error:
            if not _is_damage(error.__cause__):
                raise
            kept = set_aside(path)
            log.warning("the project was damaged (%s); kept as %s", error.detail, kept)
            project = Project.open(path)
        with self._lock:
            if self._closed:
                project.close()
            else:
                self._own = self._engine.resources.project = project
        return _Kept(damaged=kept, older=project.copied)

    def _opened(self, kept: _Kept) -> None:
        if kept.damaged is not None:
            text = self.tr(
                "The file with your earlier runs was damaged. It is kept as “{file}”, and a new "
                "one was begun."
            )
            self._notify.warn(text.format(file=kept.damaged.name), str(kept.damaged))
        if kept.older is not None:
            text = self.tr(
                "Your runs were brought to this version's format. The file as it was is kept: "
                "{file}"
            )
            self._notify.offer(
                text.format(file=kept.older), self.tr("Copy path"), partial(_copy, str(kept.older))
            )
        self._ready = True
        waiting, self._waiting = self._waiting, []
        for send in waiting:
            send()
        self.change(_empty_bin, _nothing)

    def _when_ready(self, send: Callable[[], None]) -> None:
        if self._ready:
            send()
        else:
            self._waiting.append(send)

    def _send(
        self,
        run: _Run,
        question: Callable[[Project], T],
        answer: Callable[[T], None],
        failed: Callable[[], None] | None,
    ) -> None:
        project = self._engine.resources.project
        if project is not None:
            run(partial(question, project), answer, partial(self._refused, then=failed))

    def _refused(self, error: Exception, then: Callable[[], None] | None = None) -> None:
        """A project that cannot be opened or read costs no work: it is told, nothing more."""
        if then is not None:
            then()
        if not isinstance(error, EngineError):
            raise error
        self._notify.error(error.report())


def _empty_bin(project: Project) -> None:
    """What was deleted a day ago goes for good; if that fails, it goes another time."""
    from engine.errors import StoreError

    try:
        project.empty_bin()
    except StoreError as error:
        log.warning("the bin was not emptied: %s", error)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _nothing(_done: None) -> None:
    """Nothing on screen depends on it."""


def _is_damage(cause: BaseException | None) -> bool:
    """Whether the file itself is broken, and not busy, forbidden, or of a newer version."""
    import sqlite3

    import msgspec

    if isinstance(cause, msgspec.MsgspecError):
        return True
    return isinstance(cause, sqlite3.DatabaseError) and not isinstance(
        cause, sqlite3.OperationalError
    )
