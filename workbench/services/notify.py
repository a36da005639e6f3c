"""Short messages over the window. The window shows them; anyone may send them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from workbench.services.engine_words import tell_report

Level = Literal["info", "good", "warning", "bad"]


@dataclass(frozen=True)
class Notice:
    """One message.

    Attributes:
        text: One or two sentences.
        level: Its meaning; shown by an icon as well as by colour.
        detail: Technical detail that can be copied; empty = none.
        action_text, action: A button and what it does; empty = none.
    """

    text: str
    level: Level = "info"
    detail: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = None


class Notify(QObject):
    """Signals:
    posted(object): A `Notice` to show.
    """

    posted = Signal(object)

    def info(self, text: str) -> None:
        """Say that something happened."""
        self.posted.emit(Notice(text))

    def good(self, text: str) -> None:
        """Say that something ended well."""
        self.posted.emit(Notice(text, "good"))

    def warn(self, text: str, detail: str = "") -> None:
        """Say that something needs a look."""
        self.posted.emit(Notice(text, "warning", detail))

    def error(self, error: ErrorReport) -> None:
        """Show an error: its sentence, its next step, its detail on demand."""
        self.posted.emit(Notice(str(tell_report(error)), "bad", error.detail))

    def offer(self, text: str, action_text: str, action: Callable[[], None]) -> None:
        """Say something and offer one button."""
        self.posted.emit(Notice(text, "info", "", action_text, action))
