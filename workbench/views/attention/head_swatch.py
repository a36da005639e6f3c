"""A head of a layer as a small coloured button with its number."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from workbench.widgets.tones import current_tones


class HeadSwatch(QAbstractButton):
    """Filled with its colour when on, outlined when off."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(f"H{number}")
        self.setCheckable(True)
        self._colour = QColor()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.text())

    def set_colour(self, colour: QColor) -> None:
        """The colour of the head's lines."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("✓ H00") + 12, metrics.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = QColor(self._colour)
        ground.setAlphaF(0.35 if self.isChecked() else 0.0)
        painter.setBrush(ground)
        painter.setPen(tones.text if self.hasFocus() else self._colour)
        painter.drawRoundedRect(area, 4, 4)
        painter.setPen(tones.text)
        mark = "✓ " if self.isChecked() else ""
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), mark + self.text())
