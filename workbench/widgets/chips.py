"""A chip: a small on/off choice."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QSizePolicy,
    QWidget,
)

from workbench.widgets.tones import current_tones, mix

PAD = 10
RADIUS = 6


class Chip(QAbstractButton):
    """A checkable chip; a tick stands in front of the text when it is on, not colour alone.

    Args:
        quiet: Draw no border until the mouse or the keys are there.
        compact: Less room beside the text.
    """

    def __init__(
        self, parent: QWidget | None = None, quiet: bool = False, compact: bool = False
    ) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self._quiet = quiet
        self._compact = compact
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        tick = metrics.horizontalAdvance("✓ ") if self.isCheckable() else 0
        pad = PAD // 2 if self._quiet or self._compact else PAD
        width = metrics.horizontalAdvance(self.text()) + tick + 2 * pad
        return QSize(width, metrics.height() + 10)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        strength = (0.16 if on else 0.0) + (0.06 if self.underMouse() else 0.0)
        painter.setBrush(mix(tones.base, tones.accent, strength))
        painter.setPen(tones.accent if on or self.hasFocus() else tones.hairline)
        if not self._quiet or self.underMouse() or self.hasFocus():
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
        painter.setPen(tones.text if self.isEnabled() else tones.dim)
        text = f"✓ {self.text()}" if on and self.isCheckable() else self.text()
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
