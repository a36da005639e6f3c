"""One item: its question, its expected answer, and what every variant wrote."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.evaluation.spec import CellResult
from workbench.services.container import Services
from workbench.services.tips import tip
from workbench.viewmodels.evaluate import EvaluateModel
from workbench.viewmodels.evaluate_answers import Lane, Mark
from workbench.viewmodels.evaluate_reading import reread
from workbench.viewmodels.names import finish_name, rule_name
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import Fold, set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.prompt_editor import fit_height
from workbench.widgets.sent_view import SentView
from workbench.widgets.text_span import SpanText
from workbench.widgets.token_stream import TokenView

if TYPE_CHECKING:
    from engine.store.project import Project

CARD_CHARS: Final = 30
MOST_QUESTION_LINES: Final = 3
LOW_LINES: Final = 16  # of the place that the table and the answers share
LONGEST_ANSWER: Final = 80


class AnswerCard(QFrame):
    """What one variant answered; of several samples one at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._cells: tuple[CellResult, ...] = ()
        self._mark = Mark()
        self.title = ElidedLabel(self)
        set_role(self.title, "section")
        self.verdict = PlainLabel(self)
        self.found = ElidedLabel(self)
        set_role(self.found, "muted")
        self.samples = QComboBox(self)
        self.samples.hide()
        self.plain = SpanText(self)
        self.tokens = TokenView(self)
        self.tokens.hide()
        for text in (self.plain, self.tokens):
            text.setMinimumHeight(self.fontMetrics().lineSpacing() * 2 + 12)
        self.sent = SentView(self)
        self.sent_fold = Fold(self.sent, self)
        self.note = ErrorNote(self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self.found, self.samples):
            column.addWidget(widget)
        column.addWidget(self.plain, 1)
        column.addWidget(self.tokens, 1)
        column.addWidget(self.sent_fold)
        column.addWidget(self.note)
        self.samples.activated.connect(self._sample_chosen)

    def show_answer(self, lane: Lane, mark: Mark, cells: tuple[CellResult, ...]) -> None:
        """Show the cells of a lane; with token records, the tokens too."""
        self._cells, self._mark = cells, mark
        self.title.setText(lane.title)
        self.title.setToolTip(lane.title)
        chosen = max(0, self.samples.currentIndex()) if self.samples.count() == len(cells) else 0
        self.samples.clear()
        for cell in cells:
            value = cell.extractions[0].value if cell.extractions else None
            sign = {True: "✓", False: "✗", None: ""}[cell.correct]
            text = self.tr("Sample {n}: {value} {sign}")
            self.samples.addItem(
                text.format(n=cell.key.sample + 1, value=value or "–", sign=sign).strip()
            )
        self.samples.setCurrentIndex(min(chosen, len(cells) - 1))
        self.samples.setVisible(len(cells) > 1)
        self._write()

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        width = self.fontMetrics().averageCharWidth() * CARD_CHARS
        return QSize(width, super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.title.text():
            self._write()
        super().changeEvent(event)

    def _sample_chosen(self, _index: int) -> None:
        self._write()

    def _write(self) -> None:
        place = max(0, self.samples.currentIndex())
        cell = self._cells[place] if self._cells else None
        self._write_verdict(cell)
        self.note.show_report(cell.error if cell else None)
        generation = cell.generation if cell else None
        records = generation.tokens if generation else ()
        first = cell.extractions[0] if cell and cell.extractions else None
        span = (first.start, first.end) if first and first.value is not None else (-1, -1)
        failed = cell is not None and cell.error is not None
        self.tokens.setVisible(bool(records) and not failed)
        self.plain.setVisible(not records and not failed)
        if records:
            self.tokens.set_records(records)
            self.tokens.set_underline(*span)
            self.tokens.set_sent(*(generation.forced if generation else (0, 0)))
        else:
            self.plain.set_text(generation.text if generation else "", *span)
            self.plain.setPlaceholderText("" if cell else self.tr("Not answered yet"))
        self.sent.set_parts(cell.sent if cell else ())
        self.sent_fold.set_texts(self.tr("Exact text sent"))
        self.sent_fold.setVisible(bool(cell and cell.sent))

    def _write_verdict(self, cell: CellResult | None) -> None:
        mark = self._mark
        texts = {
            True: (self.tr("✓ right"), "good"),
            False: (self.tr("✗ wrong"), "bad"),
            None: ("", "muted"),
        }
        text, role = texts[mark.correct if not mark.error else None]
        if mark.share >= 0:
            text = self.tr("{verdict} · {share} % agree").format(
                verdict=text, share=round(100 * mark.share)
            )
        self.verdict.setText(text.strip(" ·"))
        set_role(self.verdict, role)
        first = cell.extractions[0] if cell and cell.extractions else None
        self.found.setVisible(first is not None)
        if first is None or cell is None:
            return
        if first.value is None:
            parts = [self.tr("No answer by the rule “{rule}”").format(rule=rule_name(first.rule))]
        else:
            parts = [self.tr("Answer {value}").format(value=first.value[:LONGEST_ANSWER])]
        if cell.generation is not None:
            if cell.answer_stage:
                parts.append(self.tr("answer stage"))
            if cell.generation.tokens:
                parts.append(self.tr("{n} tokens").format(n=len(cell.generation.chosen)))
            parts.append(finish_name(cell.generation.finish))
        self.found.setText(" · ".join(parts))
        others = [
            f"{rule_name(one.rule)}: {one.value if one.value is not None else '–'}"
            for one in cell.extractions
        ]
        self.found.setToolTip("\n".join(others))


class ItemDetails(QWidget):
    """The question above, the answers side by side below.

    Signals:
        shown(int): The row that is shown now.
    """

    shown = Signal(int)

    def __init__(
        self, model: EvaluateModel, services: Services, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._services = services
        self._row = -1
        self._low = False
        self.heading = ElidedLabel(self)
        set_role(self.heading, "section")
        self.question = SpanText(self)
        self.question.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cards: list[AnswerCard] = []
        inside = QWidget()
        self._row_of_cards = QHBoxLayout(inside)
        self._row_of_cards.setContentsMargins(0, 0, 0, 0)
        self._row_of_cards.setSpacing(8)
        self._scroll = scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self.question)
        column.addWidget(scroll, 1)
        self._fit()

    def set_room(self, height: int) -> None:
        """How high the place is that the table and the answers share.

        In a low one the question gives way to the answers: it stands behind the item's name.
        """
        low = height < self.fontMetrics().lineSpacing() * LOW_LINES
        if low != self._low:
            self._low = low
            self._fit()
            if self._row >= 0:
                self._write_heading()

    def _fit(self) -> None:
        lines = self.fontMetrics().lineSpacing()
        self.question.setVisible(not self._low)
        self._scroll.setMinimumHeight(lines * (6 if self._low else 5) + 24)
        self.setMinimumHeight(lines * (8 if self._low else 9) + 20)

    def show_row(self, row: int) -> None:
        """Show an item; -1 = nothing."""
        self._row = row
        if row < 0 or row >= self._model.table.rowCount():
            self.heading.setText("")
            self.question.set_text("")
            self._set_cards(())
            return
        self._write()
        if self._model.run_id and not self._model.running:
            run_id, rule = self._model.run_id, self._model.rule
            self._services.project.ask(
                partial(_stored, run_id, row, rule), partial(self._take, run_id, row, rule)
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_height(self.question, 1, MOST_QUESTION_LINES)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._row >= 0:
            self._write()
        super().changeEvent(event)

    def _take(self, run_id: str, row: int, rule: str, cells: tuple[CellResult, ...]) -> None:
        """The stored answers, with their tokens, read by the rule that marks them."""
        now = self._row, self._model.run_id, self._model.rule
        if (row, run_id, rule) == now:
            self._set_cards(cells)

    def _write(self) -> None:
        self._write_heading()
        self.question.set_text(self._model.table.asked(self._row))
        fit_height(self.question, 1, MOST_QUESTION_LINES)
        self._set_cards(self._model.cells_of(self._row))
        self.shown.emit(self._row)

    def _write_heading(self) -> None:
        item = self._model.table.item(self._row)
        text = self.tr("Item {id}").format(id=item.id)
        if item.expected is not None:
            expected = " ".join(item.expected.split())
            text = self.tr("{item} · expected {answer}").format(item=text, answer=expected[:200])
        asked = self._model.table.asked(self._row)
        if self._low:
            text = f"{text} · {' '.join(asked.split())}"
        self.heading.setText(text)
        self.heading.setToolTip(tip(asked))

    def _set_cards(self, cells: tuple[CellResult, ...]) -> None:
        table = self._model.table
        lanes = table.lanes if 0 <= self._row < table.rowCount() else ()
        while len(self.cards) < len(lanes):
            card = AnswerCard(self)
            self.cards.append(card)
            self._row_of_cards.addWidget(card, 1)
        for card in self.cards[len(lanes) :]:
            card.hide()
        marks = table.marks(self._row) if lanes else ()
        for card, lane, mark in zip(self.cards, lanes, marks, strict=False):
            place = (lane.model, lane.variant)
            own = tuple(cell for cell in cells if (cell.key.model, cell.key.variant) == place)
            card.show_answer(lane, mark, own)
            card.show()


def _stored(run_id: str, row: int, rule: str, project: Project) -> tuple[CellResult, ...]:
    return reread(project.load_item(run_id, row), rule)
