"""A second start raises the window that is open already, instead of opening another."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

MARKER: Final = "session.open"
ANSWER_MS: Final = 500
log = logging.getLogger(__name__)


class OneWindow(QObject):
    """Listens for later starts with the same data folder.

    Args:
        folder: The data folder; None = listen to nobody (safe mode).

    Signals:
        wanted(): The program was started again; its window should come to the front.
    """

    wanted = Signal()

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._server: QLocalServer | None = None

    def listen(self) -> None:
        """From now on; call it only where the session is ours, after the first paint."""
        if self._folder is None or self._server is not None:
            return
        from PySide6.QtNetwork import QLocalServer

        name = _name(self._folder)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(name)  # what a crashed program left behind
        if not server.listen(name):
            log.warning("a second start will not be noticed: %s", server.errorString())
            return
        server.newConnection.connect(self._started_again)
        self._server = server

    def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _started_again(self) -> None:
        assert self._server is not None
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnectFromServer()
            caller.deleteLater()
        self.wanted.emit()


def raise_open_window(folder: Path) -> bool:
    """Ask the program that uses this data folder to show its window; False when there is none."""
    if not (folder / MARKER).exists():
        return False  # nobody is there, and QtNetwork need not be loaded to know it
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(_name(folder))
    found = socket.waitForConnected(ANSWER_MS)
    socket.abort()
    return found


def _name(folder: Path) -> str:
    """A name that only programs with this folder share."""
    return "lathe-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:20]
