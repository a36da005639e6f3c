"""An answer as its tokens: streams in, tinted by doubt, selectable, readable by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextLine,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from engine.decoding.records import Candidate, TokenRecord
from workbench.widgets.fixed_font import FONT_CHANGES, use_fixed_font
from workbench.widgets.token_heat import TintBy, doubt_of, probability_of
from workbench.widgets.token_popup import TokenPopup
from workbench.widgets.token_text import TokenOffsets, displayed, shown, units
from workbench.widgets.tones import TINT_LEVELS, Tones, current_tones

HOVER_MS: Final = 350

Reason = Literal["hover", "keys", "click"]


class TokenView(QPlainTextEdit):
    """A read-only answer.

    Text is appended once per batch of tokens and painted once; tints are drawn behind the text
    for the visible lines only, so the length of an answer does not matter.

    Signals:
        branch_requested(int, object): Token index and the `Candidate` to continue with.
    """

    branch_requested = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setCursorWidth(0)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("TokenView { border: none; padding: 0; background: transparent; }")
        self.viewport().setAutoFillBackground(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self._records: list[TokenRecord] = []
        self._levels: list[int] = []
        self._offsets = TokenOffsets()
        self._tint: TintBy = "probability"
        self._tones: Tones = current_tones()
        self._underline = (-1, -1)
        self._kept = 0
        self._sent = (0, 0)
        self._current = -1
        self._hovered = -1
        self._pressed_at = QPoint()
        self._popup: TokenPopup | None = None
        self._hover_timer = QTimer(self)
        self._hover_timer.setSingleShot(True)
        self._hover_timer.setInterval(HOVER_MS)
        self._hover_timer.timeout.connect(self._show_hovered)
        self.verticalScrollBar().valueChanged.connect(self._hide_popup)
        self._use_fixed_font()

    # Content

    def records(self) -> tuple[TokenRecord, ...]:
        """Every token shown."""
        return tuple(self._records)

    def set_records(self, records: Sequence[TokenRecord]) -> None:
        """Show these tokens; when they continue the shown ones only the new ones are added."""
        shown_now = len(self._records)
        if shown_now <= len(records) and list(records[:shown_now]) == self._records:
            self.append_records(records[shown_now:])
            return
        self._hide_popup()
        self._records = []
        self._levels = []
        self._offsets = TokenOffsets()
        self._current = self._hovered = -1
        self.clear()
        self.append_records(records)

    def append_records(self, records: Sequence[TokenRecord]) -> None:
        """Add a batch of tokens: one insertion, one repaint."""
        if not records:
            return
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 2
        self._records.extend(records)
        self._levels.extend(map(self._level, records))
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._offsets.extend(records))
        if follows and bar.maximum() > 0:
            bar.setValue(bar.maximum())

    def set_underline(self, start: int, end: int) -> None:
        """Underline a stretch of characters of the joined text (the extracted answer)."""
        if start < 0 or end <= start:
            span = (-1, -1)
        else:
            text = "".join(displayed(record.text) for record in self._records)
            span = (units(text[:start]), units(text[:end]))
        if span != self._underline:
            self._underline = span
            self.viewport().update()

    def set_kept(self, tokens: int) -> None:
        """Mark the first tokens as kept from the answer that this one branches from."""
        self._kept = tokens
        self.viewport().update()

    def set_sent(self, first: int, end: int) -> None:
        """Draw the tokens from `first` to `end` (exclusive) as sent text: dim, without a tint."""
        if (first, end) == self._sent and first == end:
            return
        self._sent = (first, end)
        self._dim_sent()
        self.viewport().update()

    def set_tint(self, tint: TintBy) -> None:
        """What the tint shows."""
        if tint != self._tint:
            self._tint = tint
            self._levels = list(map(self._level, self._records))
            self.viewport().update()

    # Tokens under mouse and keys

    def current_token(self) -> int:
        """Index of the token that the keys are at, -1 before the first key."""
        return self._current

    def token_at(self, point: QPoint) -> int:
        """Index of the token under a viewport point, -1 beside the text."""
        block = self.cursorForPosition(point).block()
        area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        inside = QPointF(point) - area.topLeft()
        layout = block.layout()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            if not line.y() <= inside.y() < line.y() + line.height():
                continue
            if not line.x() <= inside.x() <= line.x() + line.naturalTextWidth() + self._mark():
                return -1
            column = line.xToCursor(inside.x(), QTextLine.CursorPosition.CursorOnCharacter)
            return self._offsets.at(block.position() + column)
        return -1

    def token_rect(self, index: int) -> QRect:
        """Where a token begins, in viewport coordinates (its first line only)."""
        start, end = self._offsets.span(index)
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(start, max(0, self._offsets.end - 1)))
        left = self.cursorRect(cursor)
        cursor.setPosition(end)
        right = self.cursorRect(cursor)
        width = right.x() - left.x() if right.y() == left.y() else left.height()
        return QRect(left.topLeft(), QSize(max(2, width), left.height()))

    def popup(self) -> TokenPopup | None:
        """The list of alternatives, once it was needed."""
        return self._popup

    def open_alternatives(self, index: int, reason: Reason = "keys") -> None:
        """Show the five likeliest tokens at `index`; keys and clicks move the focus there."""
        if not 0 <= index < len(self._records):
            return
        if self._popup is None:
            self._popup = TokenPopup(self.window())
            self._popup.chosen.connect(self._choose)
            self._popup.closed.connect(self._popup_closed)
            self.destroyed.connect(self._popup.deleteLater)
        self._hovered = index
        rect = self.token_rect(index)
        top_left = self.viewport().mapTo(self.window(), rect.topLeft())
        self._popup.show_token(
            index, self._records[index], QRect(top_left, rect.size()), focus=reason != "hover"
        )
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right walk over tokens; Enter and Space open the alternatives."""
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and self._records and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._go_to(min(len(self._records) - 1, max(0, self._current + step)))
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_alternatives(max(0, self._current))
        elif event.key() == Qt.Key.Key_Escape and self._popup and self._popup.isVisible():
            self._hide_popup()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        moved = (point - self._pressed_at).manhattanLength()
        if event.button() == Qt.MouseButton.LeftButton and moved < 4:
            index = self.token_at(point)
            if index >= 0 and not self.textCursor().hasSelection():
                self._go_to(index)
                self.open_alternatives(index, "click")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() != Qt.MouseButton.NoButton:
            return
        index = self.token_at(event.position().toPoint())
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()
            if self._popup is None or not self._popup.has_focus():
                self._hide_popup(keep_hover=True)
                self._hover_timer.start() if index >= 0 else self._hover_timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_timer.stop()
        if self._popup is not None:
            self._popup.leave_soon()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """A column that goes, an overlay, another page: the card goes with its answer."""
        self.close_alternatives()
        super().hideEvent(event)

    def close_alternatives(self) -> None:
        """Hide the list of alternatives, also one that was about to open."""
        self._hover_timer.stop()
        self._hide_popup()

    # Painting

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tints first, the text over them, the underline last."""
        painter = QPainter(self.viewport())
        painter.setClipRect(event.rect())
        self._paint_visible(painter, event.rect())
        if self.hasFocus():
            painter.setPen(self._tones.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.viewport().rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.end()
        super().paintEvent(event)

    def _paint_visible(self, painter: QPainter, clip: QRect) -> None:
        block = self.firstVisibleBlock()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if area.top() > clip.bottom():
                return
            self._paint_block(painter, block, area, clip)
            block = block.next()

    def _paint_block(self, painter: QPainter, block: QTextBlock, area: QRectF, clip: QRect) -> None:
        layout = block.layout()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            top = area.top() + line.y()
            if top + line.height() < clip.top():
                continue
            if top > clip.bottom():
                return
            last = number == layout.lineCount() - 1
            origin = QPointF(area.left(), top)
            self._paint_line(painter, block, line, origin, last)
            self._paint_underline(painter, block, line, origin)

    def _paint_line(
        self, painter: QPainter, block: QTextBlock, line: QTextLine, origin: QPointF, last: bool
    ) -> None:
        begin = block.position() + line.textStart()
        stop = begin + line.textLength()
        index = self._offsets.first_in(begin)
        while index < len(self._offsets):
            start, end = self._offsets.span(index)
            if start > stop or (start == stop and not last):
                return
            if not self._is_marked(index):
                index += 1
                continue
            low, high = max(start, begin), min(end, stop)
            ends_line = last and start <= stop < end
            if high > low or ends_line:
                left = line.cursorToX(low - block.position())[0]
                right = line.cursorToX(max(low, high) - block.position())[0]
                right += self._mark() if ends_line else 0.0
                rect = QRectF(origin.x() + left, origin.y(), right - left, line.height())
                self._paint_token(painter, index, rect)
            index += 1

    def _paint_underline(
        self, painter: QPainter, block: QTextBlock, line: QTextLine, origin: QPointF
    ) -> None:
        begin = block.position() + line.textStart()
        low = max(self._underline[0], begin)
        high = min(self._underline[1], begin + line.textLength())
        if low < high:
            left = line.cursorToX(low - block.position())[0]
            right = line.cursorToX(high - block.position())[0]
            rect = QRectF(origin.x() + left, origin.y(), right - left, line.height())
            self._line_under(painter, rect, self._tones.accent, Qt.PenStyle.SolidLine)

    def _paint_token(self, painter: QPainter, index: int, rect: QRectF) -> None:
        level = self._levels[index]
        if level > 0 and not self._sent[0] <= index < self._sent[1]:
            ramp = self._tones.entropy if self._tint == "entropy" else self._tones.doubt
            painter.fillRect(rect.adjusted(0.5, 1, -0.5, -1), ramp[level])
        if index < self._kept:
            self._line_under(painter, rect, self._tones.dim, Qt.PenStyle.DotLine)
        if index == self._hovered or (index == self._current and self.hasFocus()):
            painter.setPen(QPen(self._tones.accent, 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    def _is_marked(self, index: int) -> bool:
        """Whether there is anything to draw behind a token; most are certain and plain."""
        return (
            self._levels[index] > 0
            or index < self._kept
            or index == self._hovered
            or index == self._current
        )

    def _level(self, record: TokenRecord) -> int:
        return round(doubt_of(record, self._tint) * (TINT_LEVELS - 1))

    @staticmethod
    def _line_under(painter: QPainter, rect: QRectF, colour: QColor, style: Qt.PenStyle) -> None:
        painter.setPen(QPen(colour, 2 if style == Qt.PenStyle.SolidLine else 1, style))
        painter.drawLine(rect.bottomLeft() - QPointF(0, 1), rect.bottomRight() - QPointF(0, 1))

    # Internal

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and font."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tones = current_tones()
            self._dim_sent()
        elif event.type() in FONT_CHANGES:
            self._use_fixed_font()
        super().changeEvent(event)

    def _dim_sent(self) -> None:
        """Sent text is dim, as in the fold with the exact text."""
        first, end = self._sent
        end = min(end, len(self._offsets))
        if first >= end:
            self.setExtraSelections([])
            return
        look = QTextCharFormat()
        look.setForeground(self._tones.dim)
        stretch = QTextCursor(self.document())
        stretch.setPosition(self._offsets.span(first)[0])
        stretch.setPosition(self._offsets.span(end - 1)[1], QTextCursor.MoveMode.KeepAnchor)
        part = QTextEdit.ExtraSelection()
        part.format, part.cursor = look, stretch
        self.setExtraSelections([part])

    def _use_fixed_font(self) -> None:
        use_fixed_font(self)

    def _mark(self) -> float:
        """Width of the mark that stands for a line feed."""
        return self.fontMetrics().averageCharWidth()

    def _go_to(self, index: int) -> None:
        self._current = index
        cursor = self.textCursor()
        cursor.setPosition(self._offsets.span(index)[0])
        self.setTextCursor(cursor)
        record = self._records[index]
        description = self.tr("Token {n}: “{text}”, probability {p:.2f}, entropy {h:.2f} nats")
        self.setAccessibleDescription(
            description.format(
                n=index + 1,
                text=shown(record.text),
                p=probability_of(record.logprob),
                h=record.entropy,
            )
        )
        if self._popup is not None and self._popup.isVisible():
            self.open_alternatives(index, "hover")
        self.viewport().update()

    def _show_hovered(self) -> None:
        if self._hovered >= 0:
            self.open_alternatives(self._hovered, "hover")

    def _hide_popup(self, keep_hover: bool = False) -> None:
        if self._popup is not None and self._popup.isVisible():
            self._popup.hide()
        if not keep_hover:
            self._hovered = -1

    def _popup_closed(self) -> None:
        self._hovered = -1
        self.viewport().update()

    def _choose(self, index: int, candidate: Candidate) -> None:
        self.branch_requested.emit(index, candidate)
