"""A passage in its document: what stands before it, itself, what follows."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.context.documents_spec import DocumentsResult, Passage
from workbench.services.container import Services
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.token_text import units
from workbench.widgets.tones import Tones, mix

LINES = 14


class PassageView(QWidget):
    """The document around one passage, which is marked and in sight."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[DocumentsResult, int] | None = None
        self.heading = ElidedLabel(self)
        set_role(self.heading, "section")
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("passage-close")
        self.close_button.setProperty("role", "quiet")
        services.icons.bind(self.close_button, "close")
        self.text = TintedText(self, most_lines=LINES)
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

    def show_passage(self, result: DocumentsResult, number: int) -> None:
        """Show this passage of a result."""
        self._shown = (result, number)
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        self.close_button.setToolTip(self.tr("Close"))
        self.close_button.setAccessibleName(self.close_button.toolTip())
        if self._shown is None:
            return
        result, number = self._shown
        passage = result.passages[number]
        source = result.sources[passage.source]
        text = self.tr("{name}, characters {start}–{end} of {all}")
        self.heading.setText(
            text.format(
                name=source.name, start=passage.start, end=passage.end, all=source.characters
            )
        )
        self.heading.setToolTip(source.path or source.name)
        self.text.setAccessibleName(source.name)
        own = [one for one in result.passages if one.source == passage.source]
        stretches, before = around(own, number)
        self.text.set_stretches(stretches)
        cursor = self.text.textCursor()
        cursor.setPosition(before)
        self.text.setTextCursor(cursor)
        self.text.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        self.text.centerCursor()


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
