"""A passage in its document: what stands before it, itself, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.context.documents_spec import Passage
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.token_text import units
from workbench.widgets.tones import Tones, mix

LINES = 14


@dataclass(frozen=True)
class PassagePlace:
    """Where a passage stands.

    Attributes:
        name, path: Of its document; a text that is no file has no path.
        start, end: Its characters there.
        characters: Of the whole document.
        heading: Headings above it; empty = none.
        page: Of a PDF, counted from 1; else 0.
    """

    name: str
    path: str
    start: int
    end: int
    characters: int
    heading: str = ""
    page: int = 0


class PassageView(QWidget):
    """The document around one passage, which is marked and in sight."""

    def __init__(
        self, icons: Icons, parent: QWidget | None = None, most_lines: int = LINES
    ) -> None:
        super().__init__(parent)
        self._place: PassagePlace | None = None
        self.heading = ElidedLabel(self)
        set_role(self.heading, "section")
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("passage-close")
        self.close_button.setProperty("role", "quiet")
        icons.bind(self.close_button, "close")
        self.text = TintedText(self, most_lines=most_lines)
        self.text.setObjectName("passage-text")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text)
        self.close_button.clicked.connect(self.hide)
        self._write()

    def show_passage(self, place: PassagePlace, stretches: Sequence[Stretch], before: int) -> None:
        """Show a passage among what stands around it.

        Args:
            place: Where it stands.
            stretches: The text around it and itself.
            before: Characters (UTF-16 units) of the stretches before it.
        """
        self._place = place
        self._write()
        self.text.set_stretches(stretches)
        cursor = self.text.textCursor()
        cursor.setPosition(before)
        self.text.setTextCursor(cursor)
        self.text.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        self.text.centerCursor()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        self.close_button.setToolTip(self.tr("Close"))
        self.close_button.setAccessibleName(self.close_button.toolTip())
        place = self._place
        if place is None:
            return
        text = self.tr("{name}, characters {start}–{end} of {all}")
        told = text.format(name=place.name, start=place.start, end=place.end, all=place.characters)
        if place.page:
            told += " · " + self.tr("page {n}").format(n=place.page)
        if place.heading:
            told += f" · {place.heading}"
        self.heading.setText(told)
        self.heading.setToolTip(tip(place.path or place.name))
        self.text.setAccessibleName(place.name)


def surrounded(before: str, text: str, after: str) -> tuple[list[Stretch], int]:
    """A passage with the text beside it, itself marked; as `around` returns it."""
    stretches = [Stretch(before, dim=True), Stretch(text, _marked), Stretch(after, dim=True)]
    return [one for one in stretches if one.text], units(before)


def around(passages: list[Passage], number: int) -> tuple[list[Stretch], int]:
    """A document's passages as stretches, repeated beginnings left out, the wanted one marked.

    Returns:
        The stretches, and the characters (UTF-16 units) before the wanted one.
    """
    stretches: list[Stretch] = []
    before, place, end = 0, 0, 0
    for one in sorted(passages, key=lambda passage: passage.start):
        skipped = 0 if one.number == number else max(0, end - one.start)
        gap = "\n" if stretches and one.start > end else ""
        text = one.text[skipped:]
        if one.number == number:
            overlap = max(0, end - one.start)
            if overlap and stretches and stretches[-1].text:
                kept = stretches[-1].text[: -overlap or None]
                place -= units(stretches[-1].text) - units(kept)
                stretches[-1] = Stretch(kept, dim=True)
            before = place + units(gap)
            stretches.append(Stretch(gap + text, _marked))
        else:
            stretches.append(Stretch(gap + text, dim=True))
        place += units(gap + text)
        end = max(end, one.end)
    return stretches, before


def _marked(tones: Tones) -> QColor:
    return mix(tones.base, tones.accent, 0.18)
