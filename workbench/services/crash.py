"""Nothing fails unseen: every unforeseen error ends in the log, a file and one dialog."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

log = logging.getLogger(__name__)
KEPT_FILES = 20
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# Said by the offscreen and minimal platforms about every window; means nothing.
_HARMLESS = ("does not support propagateSizeHints",)


@dataclass(frozen=True)
class CrashReport:
    """What the crash dialog shows.

    Attributes:
        title: The error in one line.
        text: Everything worth copying: versions, thread, traceback.
        file: Where it was written, or None.
        previous: It happened in the run before this one.
    """

    title: str
    text: str
    file: Path | None
    previous: bool = False


class Crash(QObject):
    """Installs the hooks of Python and Qt.

    Args:
        folder: Where reports are written; None = nowhere.

    Signals:
        crashed(object): A `CrashReport`, on the GUI thread.
    """

    crashed = Signal(object)
    _caught = Signal(object)

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._fault: IO[str] | None = None
        self._said: set[str] = set()
        self._caught.connect(self.crashed, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over the hooks; a fault of the C level goes into ``fault.log``."""
        sys.excepthook = self._from_main
        threading.excepthook = self._from_thread
        sys.unraisablehook = self._from_finaliser
        qInstallMessageHandler(self._from_qt)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._fault = self._fault_file().open("w", encoding="utf-8")
            faulthandler.enable(self._fault)

    def uninstall(self) -> None:
        """Give the hooks back; an empty fault file goes."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)
        if self._fault is not None:
            faulthandler.disable()
            self._fault.close()
            self._fault = None
            self._fault_file().unlink(missing_ok=True)

    def previous_fault(self) -> CrashReport | None:
        """The fault that ended the run before this one; call it before `install`."""
        if self._folder is None or not self._fault_file().exists():
            return None
        text = self._fault_file().read_text(encoding="utf-8", errors="replace").strip()
        if not text:
            return None
        kept = self._write(f"{versions()}\n\n{text}\n")
        return CrashReport(text.splitlines()[0], f"{versions()}\n\n{text}", kept, previous=True)

    def report(self, error: BaseException, where: str) -> CrashReport:
        """Write an unforeseen error to the log and a file."""
        trace = "".join(traceback.format_exception(error))
        title = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        text = f"{versions()}\nThread: {where}\n\n{trace}"
        log.error("unforeseen error on %s\n%s", where, trace)
        return CrashReport(title, text, self._write(text))

    def _tell(self, error: BaseException | None, where: str) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        key = repr(traceback.extract_tb(error.__traceback__)[-1:]) + type(error).__name__
        if key in self._said:
            log.error("again: %s: %s", type(error).__name__, error)
            return
        self._said.add(key)
        self._caught.emit(self.report(error, where))

    def _from_main(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        self._tell(error, "main")

    def _from_thread(self, args: threading.ExceptHookArgs) -> None:
        self._tell(args.exc_value, args.thread.name if args.thread else "unknown")

    def _from_finaliser(self, args: object) -> None:
        error = getattr(args, "exc_value", None)
        log.error("error in a finaliser of %r", getattr(args, "object", None), exc_info=error)

    def _from_qt(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if not any(part in text for part in _HARMLESS):
            logging.getLogger(f"qt.{context.category or 'default'}").log(_LEVELS[kind], text)

    def _fault_file(self) -> Path:
        assert self._folder is not None
        return self._folder / "fault.log"

    def _write(self, text: str) -> Path | None:
        if self._folder is None:
            return None
        file = self._folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}.txt"
        try:
            file.write_text(text, encoding="utf-8")
            for old in sorted(self._folder.glob("crash-*.txt"))[:-KEPT_FILES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the crash report cannot be written: %s", error)
            return None
        return file


def versions() -> str:
    """Program, Python, Qt and platform in one line; torch only if it is installed."""
    import platform
    from importlib import metadata

    parts = []
    for name in ("lathe-workbench", "PySide6-Essentials", "torch", "transformers"):
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return f"{', '.join(parts)}, Python {platform.python_version()}, {platform.platform()}"
