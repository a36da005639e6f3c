"""The odometer: digits on wheels that roll to a number, with what training never showed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inspection.positions.odometer import Wheel
from workbench.plots.export import Column
from workbench.plots.series import short
from workbench.services.theme import Theme, mixed

ROLL_MS = 700
GAP = 12.0
DIGIT_SCALE = 3.2
ROWS = 2.2  # of digits, seen through a window
Words = Callable[[Wheel], tuple[str, str]]


class Odometer(QWidget):
    """Wheels side by side, slowest first.

    Args:
        words: Two translated lines below a wheel: its radix, and whether training saw this.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._wheels: tuple[Wheel, ...] = ()
        self._from: tuple[float, ...] = ()
        self._shown: tuple[float, ...] = ()
        self._roll = QVariantAnimation(self)
        self._roll.setStartValue(0.0)
        self._roll.setEndValue(1.0)
        self._roll.setDuration(ROLL_MS)
        self._roll.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._roll.valueChanged.connect(self._rolled)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """What it shows, or rolls to."""
        return self._wheels

    @property
    def values(self) -> tuple[float, ...]:
        """What the wheels show at this moment."""
        return self._shown

    def is_rolling(self) -> bool:
        """Whether it is still on its way."""
        return self._roll.state() == QVariantAnimation.State.Running

    def set_wheels(self, wheels: tuple[Wheel, ...], rolling: bool) -> None:
        """Show these wheels, at once or rolling there from what is shown."""
        before = self._shown
        self._roll.stop()
        self._wheels = wheels
        goal = tuple(wheel.value for wheel in wheels)
        missing = len(goal) - len(before)
        self._from = ((0.0,) * missing + before)[-len(goal) :] if goal else ()
        self._say()
        if rolling and self._from != goal:
            self._shown = self._from
            self._roll.start()
        else:
            self._shown = goal
        self.updateGeometry()
        self.update()

    def retranslate(self) -> None:
        """Words below the wheels in another language."""
        self._say()
        self.update()

    def columns(self) -> tuple[Column, ...]:
        """One row per wheel for a CSV file."""
        return (
            ("wheel", [float(len(self._wheels) - n) for n in range(len(self._wheels))]),
            ("value", [wheel.value for wheel in self._wheels]),
            ("radix", [wheel.radix for wheel in self._wheels]),
            ("trained states", [float(wheel.trained) for wheel in self._wheels]),
            ("unseen", [str(wheel.unseen).lower() for wheel in self._wheels]),
        )

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(self._digit_font()).lineSpacing()
        words = 2 * self.fontMetrics().lineSpacing() + 12
        count = max(3, len(self._wheels))
        return QSize(round(count * (2.6 * line + GAP)), round(ROWS * line + words))

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(round(hint.width() * 0.7), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, rect in enumerate(self._places()):
            self._paint_wheel(painter, rect, self._wheels[number], self._shown[number])

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def _rolled(self, share: float) -> None:
        self._shown = tuple(
            start + (wheel.value - start) * share
            for start, wheel in zip(self._from, self._wheels, strict=True)
        )
        self.update()

    def _places(self) -> tuple[QRectF, ...]:
        """Windows of the wheels, centred."""
        line = QFontMetricsF(self._digit_font()).lineSpacing()
        count = len(self._wheels)
        if not count:
            return ()
        wide = min(2.6 * line, (self.width() - 4 - GAP * (count - 1)) / count)
        left = (self.width() - count * wide - GAP * (count - 1)) / 2
        return tuple(QRectF(left + n * (wide + GAP), 2, wide, ROWS * line) for n in range(count))

    def _paint_wheel(self, painter: QPainter, rect: QRectF, wheel: Wheel, value: float) -> None:
        theme = self._theme
        ground, text = theme.colour("surface"), theme.colour("text")
        edge = theme.colour("warning" if wheel.unseen else "line")
        painter.setPen(QPen(edge, 2 if wheel.unseen else 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 8, 8)
        painter.save()
        painter.setClipRect(rect.adjusted(1, 1, -1, -1))
        font = self._digit_font()
        painter.setFont(font)
        line = QFontMetricsF(font).lineSpacing()
        whole = int(value // 1)
        for step in range(-2, 3):
            digit = whole + step
            away = digit - value
            if abs(away) > ROWS / 2 + 0.6 or not 0 <= digit < max(wheel.radix, wheel.value + 1):
                continue
            centre = rect.center().y() + away * line
            faded = mixed(text, ground, min(0.78, abs(away) * 0.72))
            painter.setPen(faded)
            area = QRectF(rect.x(), centre - line / 2, rect.width(), line)
            if digit >= wheel.trained:
                self._hatch(painter, area)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), str(digit))
        painter.restore()
        self._shade(painter, rect)
        middle = rect.center().y()
        painter.setPen(QPen(theme.colour("accent"), 2))
        for x, inward in ((rect.left(), 6), (rect.right(), -6)):
            painter.drawLine(QPointF(x, middle), QPointF(x + inward, middle))
        self._paint_words(painter, rect, wheel)

    def _hatch(self, painter: QPainter, area: QRectF) -> None:
        """Behind a digit that training never showed."""
        colour = self._theme.mixed("surface", "warning", 0.4)
        painter.fillRect(area, QBrush(colour, Qt.BrushStyle.BDiagPattern))

    def _shade(self, painter: QPainter, rect: QRectF) -> None:
        """The wheel is round: darker above and below."""
        gradient = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        soft = self._theme.colour("line")
        for place, alpha in ((0.0, 110), (0.28, 0), (0.72, 0), (1.0, 110)):
            soft.setAlpha(alpha)
            gradient.setColorAt(place, soft)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(rect, 8, 8)

    def _paint_words(self, painter: QPainter, rect: QRectF, wheel: Wheel) -> None:
        font = QFont(self.font())
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        first, second = self._words(wheel)
        y = rect.bottom() + 6
        room = rect.adjusted(-GAP / 2, 0, GAP / 2, 0)
        roles = ("muted", "warning" if wheel.unseen else "muted")
        for text, role in zip((first, second), roles, strict=True):
            painter.setPen(self._theme.colour(role))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            area = QRectF(room.x(), y, room.width(), metrics.lineSpacing())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignHCenter), shown)
            y += metrics.lineSpacing()

    def _digit_font(self) -> QFont:
        return self._theme.mono_font(DIGIT_SCALE)

    def _say(self) -> None:
        """The wheels in words."""
        parts = []
        for wheel in self._wheels:
            parts.append(", ".join([short(wheel.value), *self._words(wheel)]))
        self.setAccessibleDescription("; ".join(parts))
