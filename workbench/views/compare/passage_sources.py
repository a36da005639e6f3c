"""Where the passages in a column's prompt come from; each opens on a click."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.evaluation.external import knowledge_of, passages_sent
from workbench.services.tips import tip
from workbench.viewmodels.compare_column import Column
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

NAME_CHARS = 22
TIP_CHARS = 300


class PassageSources(QWidget):
    """A button per passage, in reading order, and a note where fewer stand there than were found.

    Signals:
        passage_wanted(int): Open the passage of this number.
    """

    passage_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column: Column | None = None
        self.buttons: dict[int, QPushButton] = {}
        self.bar = FlowBar(self)
        self._flow = FlowLayout(self.bar, 4)
        self.lead = PlainLabel(self.bar)
        set_role(self.lead, "muted")
        self._flow.addWidget(self.lead)
        self.note = PlainLabel(self)
        self.note.setWordWrap(True)
        set_role(self.note, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.note)

    def show_column(self, column: Column) -> None:
        """Show the sources of this column."""
        self._column = column
        numbers = passages_sent(column.result) if column.result is not None else ()
        for button in self.buttons.values():
            self._flow.removeWidget(button)
            button.deleteLater()
        self.buttons = {number: self._button(number) for number in numbers}
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _button(self, number: int) -> QPushButton:
        button = QPushButton(self.bar)
        button.setObjectName(f"source-{number}")
        button.setProperty("role", "chip")
        button.clicked.connect(partial(self._clicked, number))
        self._flow.addWidget(button)
        button.show()
        return button

    def _clicked(self, number: int, _checked: bool = False) -> None:
        self.passage_wanted.emit(number)

    def _write(self) -> None:
        column = self._column
        if column is None:
            return
        knowledge = knowledge_of(column.spec, column.variant)
        cited = knowledge.of_item(column.key.item)
        found = len(cited)
        sent = len(self.buttons)
        self.bar.setVisible(bool(sent))
        self.lead.setText(self.tr("From"))
        if not found:
            note = self.tr("No passage was found for the question.")
        else:
            note = self.tr("{n} of {all} passages that were found fit the window.").format(
                n=sent, all=found
            )
        self.note.setText(note)
        self.note.setVisible(sent < max(found, 1))
        ranks = {one.passage: place for place, one in enumerate(cited, 1)}
        for number, button in self.buttons.items():
            passage = knowledge.passages[number]
            document = knowledge.documents[passage.document]
            short = document.name
            if len(short) > NAME_CHARS:
                short = short[: NAME_CHARS - 1] + "…"
            where = (
                self.tr("p. {n}").format(n=passage.page)
                if passage.page
                else self.tr("at {n}").format(n=f"{passage.start:,}")
            )
            button.setText(f"{short} · {where}")
            named = self.tr("Open the passage in {name}").format(name=document.name)
            button.setAccessibleName(f"{named}, {where}")
            text = " ".join(passage.text.split())
            shown = text if len(text) <= TIP_CHARS else text[:TIP_CHARS] + "…"
            rank = self.tr("Rank {n}").format(n=ranks.get(number, 0))
            heading = f"{passage.heading}\n" if passage.heading else ""
            button.setToolTip(tip(f"{named} · {rank}\n{heading}{shown}"))
