"""The five likeliest tokens at one place of an answer; choosing one branches there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QVBoxLayout, QWidget

from engine.decoding.records import Candidate, TokenRecord
from workbench.widgets.fixed_font import fixed_font
from workbench.widgets.plain import PlainLabel
from workbench.widgets.token_heat import probability_of
from workbench.widgets.token_text import shown
from workbench.widgets.tones import current_tones, mix

LEAVE_MS: Final = 300
MAX_CHARS: Final = 18
# What makes the card stale: its words or colours change, or the ground moves under it.
STALE: Final = frozenset(
    (
        QEvent.Type.LanguageChange,
        QEvent.Type.PaletteChange,
        QEvent.Type.FontChange,
    )
)


class CandidateButton(QAbstractButton):
    """One alternative: its text, a bar and its probability."""

    def __init__(self, candidate: Candidate, taken: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.candidate = candidate
        self._taken = taken
        self._probability = probability_of(candidate.logprob)
        self.setFont(fixed_font())
        self.setEnabled(not taken)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        name = (
            self.tr("“{text}”, probability {p:.3f}, chosen here")
            if taken
            else self.tr("“{text}”, probability {p:.3f}, continue from it")
        )
        self.setAccessibleName(name.format(text=shown(candidate.text), p=self._probability))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * (MAX_CHARS + 12), metrics.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.hasFocus():
            painter.setPen(tones.accent if self.hasFocus() else tones.hairline)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        bar = QRectF(area.left() + 2, area.bottom() - 3, (area.width() - 4) * self._probability, 2)
        painter.fillRect(bar, mix(tones.base, tones.accent, 0.7))
        painter.setPen(tones.text)
        text_area = area.adjusted(8, 0, -8, -2)
        middle = Qt.AlignmentFlag.AlignVCenter
        sign = "● " if self._taken else "   "
        label = self.fontMetrics().elidedText(
            sign + shown(self.candidate.text),
            Qt.TextElideMode.ElideRight,
            self.fontMetrics().averageCharWidth() * MAX_CHARS,
        )
        painter.drawText(text_area, middle | Qt.AlignmentFlag.AlignLeft, label)
        figure = f"{self._probability:.3f}" if self._probability >= 0.0005 else "<0.001"
        painter.drawText(text_area, middle | Qt.AlignmentFlag.AlignRight, figure)


class TokenPopup(QFrame):
    """A small card beside a token, drawn inside the window so that it works everywhere.

    It closes on Esc, on a click or a turn of the wheel outside, when the window changes its size,
    its language or its colours, and when its view tells it to.

    Signals:
        chosen(int, object): Token index and the `Candidate` to continue with.
        closed(): The card is hidden.
    """

    chosen = Signal(int, object)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("token-popup")
        self.setProperty("role", "card")
        self.setAutoFillBackground(True)
        self._index = -1
        self._buttons: list[CandidateButton] = []
        self._return_to: QWidget | None = None
        self._head = PlainLabel(self)
        self._hint = PlainLabel(self)
        self._hint.setEnabled(False)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(2)
        self._layout.addWidget(self._head)
        self._layout.addWidget(self._hint)
        self._leave_timer = QTimer(self)
        self._leave_timer.setSingleShot(True)
        self._leave_timer.setInterval(LEAVE_MS)
        self._leave_timer.timeout.connect(self._leave)
        self.hide()

    def buttons(self) -> tuple[CandidateButton, ...]:
        """The alternatives, most likely first."""
        return tuple(self._buttons)

    def has_focus(self) -> bool:
        """Whether the keys are inside the card."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def show_token(self, index: int, record: TokenRecord, place: QRect, focus: bool) -> None:
        """Show a token's alternatives beside `place` (in the parent's coordinates)."""
        self._leave_timer.stop()
        self._index = index
        head = self.tr("token {n} · p {p:.3f} · entropy {h:.2f} nats")
        self._head.setText(
            head.format(n=index + 1, p=probability_of(record.logprob), h=record.entropy)
        )
        self._hint.setText(self.tr("Choose one to continue from there."))
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for position, candidate in enumerate(record.top):
            button = CandidateButton(candidate, candidate.id == record.id, self)
            button.clicked.connect(self._take)
            self._layout.insertWidget(1 + position, button)
            button.show()
            self._buttons.append(button)
        self._layout.activate()
        self.adjustSize()
        self._place(place)
        if focus:
            self._return_to = QApplication.focusWidget()
        self.show()
        self.raise_()
        if focus:
            self._focus_first()

    def leave_soon(self) -> None:
        """Hide shortly, unless the mouse comes in."""
        if not self.has_focus():
            self._leave_timer.start()

    def enterEvent(self, event: QEvent) -> None:
        self._leave_timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        self.leave_soon()
        super().leaveEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QApplication.instance().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        QApplication.instance().removeEventFilter(self)
        self._leave_timer.stop()
        super().hideEvent(event)
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in STALE and self.isVisible():
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the card is open: what happens outside of it closes it."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:  # before it becomes a shortcut of the window
                event.accept()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        elif kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if not self._holds(event.globalPosition().toPoint()):
                self.hide()
        elif kind == QEvent.Type.Wheel:
            if isinstance(watched, QWidget) and not self._is_mine(watched):
                self.hide()
        elif kind == QEvent.Type.Resize and watched is self.parentWidget():
            self.hide()
        return False

    def _holds(self, place: QPoint) -> bool:
        return self.rect().contains(self.mapFromGlobal(place))

    def _is_mine(self, widget: QWidget) -> bool:
        return widget is self or self.isAncestorOf(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk, Enter chooses, Escape closes."""
        enabled = [button for button in self._buttons if button.isEnabled()]
        focus = QApplication.focusWidget()
        at = enabled.index(focus) if focus in enabled else -1  # type: ignore[arg-type]
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and enabled:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            enabled[(at + step) % len(enabled)].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at >= 0:
            enabled[at].click()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _focus_first(self) -> None:
        for button in self._buttons:
            if button.isEnabled():
                button.setFocus(Qt.FocusReason.PopupFocusReason)
                return
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self, token: QRect) -> None:
        room = self.parentWidget().rect().adjusted(4, 4, -4, -4)
        below = QPoint(token.left(), token.bottom() + 4)
        if below.y() + self.height() > room.bottom():
            below.setY(token.top() - self.height() - 4)
        below.setX(max(room.left(), min(below.x(), room.right() - self.width())))
        below.setY(max(room.top(), below.y()))
        self.move(below)

    def _take(self) -> None:
        button = self.sender()
        if isinstance(button, CandidateButton):
            index = self._index
            self._close()
            self.chosen.emit(index, button.candidate)

    def _close(self) -> None:
        back, self._return_to = self._return_to, None
        self.hide()
        if back is not None:
            back.setFocus(Qt.FocusReason.PopupFocusReason)

    def _leave(self) -> None:
        if not self.has_focus():
            self.hide()
