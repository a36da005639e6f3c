"""A section that folds: a heading that opens and closes what stands below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.widgets.plain import PlainLabel
from workbench.widgets.tones import current_tones


class FoldHeading(QAbstractButton):
    """An arrow and a text; checked = open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(self.text()) + metrics.height() + 6, metrics.height() + 6
        )

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 6 + metrics.height(), metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        metrics = self.fontMetrics()
        edge = metrics.height() * 0.22
        centre = QRectF(0, 0, metrics.height(), self.height()).center()
        arrow = QPolygonF([centre, centre, centre])
        if self.isChecked():
            points = ((-edge, -edge / 2), (edge, -edge / 2), (0.0, edge * 0.7))
        else:
            points = ((-edge / 2, -edge), (edge * 0.7, 0.0), (-edge / 2, edge))
        for at, (x, y) in enumerate(points):
            moved = centre
            arrow[at] = type(moved)(moved.x() + x, moved.y() + y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tones.dim)
        painter.drawPolygon(arrow)
        painter.setPen(tones.accent if self.underMouse() else tones.text)
        area = self.rect().adjusted(metrics.height() + 2, 0, 0, 0)
        label = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        if self.hasFocus():
            painter.setPen(tones.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class Fold(QWidget):
    """Heading, a note at its right, and content that hides.

    Signals:
        toggled(bool): The person opened or closed it.
    """

    toggled = Signal(bool)

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = FoldHeading(self)
        self.note = PlainLabel(self)
        set_role(self.note, "muted")
        self.content = content
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(content)
        content.setVisible(False)
        self.heading.toggled.connect(self._toggle)

    def set_texts(self, heading: str, note: str = "") -> None:
        """The heading and what stands at its right."""
        self.heading.setText(heading)
        self.heading.setAccessibleName(heading)
        self.heading.updateGeometry()
        self.heading.update()
        self.note.setText(note)
        self._fit_note()

    def is_open(self) -> bool:
        """Whether the content shows."""
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the content."""
        self.heading.setChecked(is_open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_note()

    def _fit_note(self) -> None:
        """Where room is short, the heading goes before the note."""
        wanted = self.heading.sizeHint().width() + 8 + self.note.sizeHint().width()
        self.note.setVisible(bool(self.note.text()) and wanted <= self.width())

    def _toggle(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
        self.toggled.emit(is_open)


def set_role(widget: QWidget, role: str) -> None:
    """Choose a widget's look in the style sheet: ``"muted"``, ``"good"``, ``"bad"``, …"""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
