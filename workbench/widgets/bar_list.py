"""A few named shares as bars, one of them ahead; a row can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.widgets.tones import Tones, current_tones, mix

PAD = 6
THICK, THIN = 8, 3
MOST_NAME = 0.4  # of the width


@dataclass(frozen=True)
class Bar:
    """One row.

    Attributes:
        name: At the left, shortened when it is long.
        share: Length of the bar, 0…1.
        text: At the right, in figures.
        ahead: Drawn in the accent with a tick and bold, so that it leads without colour, too.
        before: A second, thinner bar below; None = none.
        hint: Tool tip.
    """

    name: str
    share: float
    text: str
    ahead: bool = False
    before: float | None = None
    hint: str = ""


class BarList(QWidget):
    """Paints the rows; mouse and arrow keys choose one.

    Signals:
        chosen(int): The row's number.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._current = -1
        self._over = -1
        self._choosable = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_choosable(self, choosable: bool) -> None:
        """Whether rows answer to clicks and keys."""
        self._choosable = choosable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choosable else Qt.FocusPolicy.NoFocus)

    def set_bars(self, bars: tuple[Bar, ...], current: int = -1) -> None:
        """Show these rows, one of them as chosen."""
        if (bars, current) == (self._bars, self._current):
            return
        grew = len(bars) != len(self._bars)
        self._bars, self._current = bars, current
        said = "; ".join(f"{bar.name} {bar.text}" for bar in bars)
        self.setAccessibleDescription(said)
        if grew:
            self.updateGeometry()
        self.update()

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The rows."""
        return self._bars

    def row_height(self) -> int:
        """Pixels of one row."""
        return self.fontMetrics().height() + PAD

    def row_centre(self, row: int) -> QPointF:
        """The middle of a row, for a click."""
        return QPointF(self.width() / 2, (row + 0.5) * self.row_height())

    def sizeHint(self) -> QSize:
        return QSize(160, len(self._bars) * self.row_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        names, texts = self._columns()
        for row, bar in enumerate(self._bars):
            self._paint_row(painter, row, bar, tones, names, texts)
        if self.hasFocus() and 0 <= self._current < len(self._bars):
            painter.setPen(tones.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                self._row_rect(self._current).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4
            )

    def _columns(self) -> tuple[float, float]:
        """Widths of the names and of the figures."""
        metrics = QFontMetrics(self._bold())
        name = max((metrics.horizontalAdvance(f"✓ {bar.name}") for bar in self._bars), default=0)
        text = max((metrics.horizontalAdvance(bar.text) for bar in self._bars), default=0)
        return min(name + 2.0, self.width() * MOST_NAME), float(text)

    def _row_rect(self, row: int) -> QRectF:
        return QRectF(0, row * self.row_height(), self.width(), self.row_height())

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _paint_row(
        self, painter: QPainter, row: int, bar: Bar, tones: Tones, names: float, texts: float
    ) -> None:
        area = self._row_rect(row)
        strength = 0.10 if row == self._current and self._choosable else 0.0
        strength += 0.06 if row == self._over and self._choosable else 0.0
        if strength:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(tones.base, tones.accent, strength))
            painter.drawRoundedRect(area, 4, 4)
        painter.setFont(self._bold() if bar.ahead else self.font())
        painter.setPen(tones.text)
        inside = area.adjusted(4, 0, -4, 0)
        tick = "✓ " if bar.ahead else ""
        name = painter.fontMetrics().elidedText(
            tick + bar.name, Qt.TextElideMode.ElideRight, int(names)
        )
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, int(centre | Qt.AlignmentFlag.AlignLeft), name)
        painter.drawText(inside, int(centre | Qt.AlignmentFlag.AlignRight), bar.text)
        track = inside.adjusted(names + 8, 0, -texts - 8, 0)
        if track.width() > 8:
            self._paint_bars(painter, track, bar, tones)

    def _paint_bars(self, painter: QPainter, track: QRectF, bar: Bar, tones: Tones) -> None:
        two = bar.before is not None
        high = THICK - 2 if two else THICK
        top = track.center().y() - (high + (THIN + 1 if two else 0)) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        fill = tones.accent if bar.ahead else mix(tones.base, tones.text, 0.38)
        for y, height, share, colour in (
            (top, high, bar.share, fill),
            (top + high + 1, THIN, bar.before, mix(tones.base, tones.text, 0.55)),
        ):
            if share is None:
                continue
            painter.setBrush(mix(tones.base, tones.text, 0.10))
            painter.drawRoundedRect(QRectF(track.x(), y, track.width(), height), 2, 2)
            painter.setBrush(colour)
            width = max(2.0, track.width() * min(1.0, share)) if share > 0 else 0.0
            painter.drawRoundedRect(QRectF(track.x(), y, width, height), 2, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if self._choosable and row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(row)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if row != self._over:
            self._over = row
            hand = self._choosable and row >= 0
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor
            )
            hint = self._bars[row].hint if row >= 0 else ""
            QToolTip.showText(event.globalPosition().toPoint(), hint, self)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        row = self._current + step
        if self._choosable and step and 0 <= row < len(self._bars):
            self._choose(row)
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        self._current = row
        self.update()
        self.chosen.emit(row)

    def _row_at(self, place: QPointF) -> int:
        row = int(place.y() // self.row_height())
        return row if 0 <= row < len(self._bars) else -1
