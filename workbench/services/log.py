"""The program's log: a rotating file, and the latest lines for the log panel."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

KEPT = 2_000
DRAIN_MS = 200
FILE_BYTES = 1_000_000


@dataclass(frozen=True)
class LogLine:
    """One record as the panel shows it."""

    at: float
    level: int
    source: str
    text: str


class _Collector(logging.Handler):
    """Takes records on any thread; a deque's append is atomic."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.fresh: deque[LogLine] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.fresh.append(LogLine(record.created, record.levelno, record.name, text))


class Log(QObject):
    """Installs the handlers and hands new lines to the GUI thread five times a second.

    Signals:
        added(object): A tuple of new `LogLine`s.
    """

    added = Signal(object)

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: deque[LogLine] = deque(maxlen=KEPT)
        self.file = folder / "lathe.log" if folder else None
        self._collector = _Collector()
        self._handlers: list[logging.Handler] = [self._collector]
        root = logging.getLogger()
        root.setLevel(logging.INFO)
        root.addHandler(self._collector)
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self.drain)
        self._timer.start()

    def open_file(self) -> None:
        """Write into the file too from now on; done after the first paint, as it is slow."""
        if self.file is None:
            return
        from logging.handlers import RotatingFileHandler

        self.file.parent.mkdir(parents=True, exist_ok=True)
        rotating = RotatingFileHandler(
            self.file, maxBytes=FILE_BYTES, backupCount=3, encoding="utf-8", delay=True
        )
        form = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
        rotating.setFormatter(logging.Formatter(form))
        self._handlers.append(rotating)
        logging.getLogger().addHandler(rotating)

    def drain(self) -> None:
        """Bring what has come to the GUI thread now."""
        fresh = []
        while self._collector.fresh:
            fresh.append(self._collector.fresh.popleft())
        if fresh:
            self.lines.extend(fresh)
            self.added.emit(tuple(fresh))

    def shutdown(self) -> None:
        """Remove the handlers again."""
        self._timer.stop()
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
