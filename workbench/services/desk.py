"""The desk between the pages: they know nothing of each other, but may lay things down here."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Desk(QObject):
    """Values that one page gives to another, and values that a page keeps in sight of all.

    Signals:
        laid(str): Something lies here for this page; the window shows it, and it takes it.
        shared(str): The value in sight under this name changed.
    """

    laid = Signal(str)
    shared = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._laid: dict[str, object] = {}
        self._shared: dict[str, object] = {}

    def lay(self, page_id: str, value: object) -> None:
        """Give a value to a page and have that page shown."""
        self._laid[page_id] = value
        self.laid.emit(page_id)

    def take(self, page_id: str) -> object | None:
        """What lies here for a page, once; None when nothing does."""
        return self._laid.pop(page_id, None)

    def share(self, name: str, value: object) -> None:
        """Keep a value in sight, e.g. the prompt under edit as ``"prompt"``."""
        if self._shared.get(name) != value:
            self._shared[name] = value
            self.shared.emit(name)

    def seen(self, name: str) -> object | None:
        """The value in sight under a name, or None."""
        return self._shared.get(name)
