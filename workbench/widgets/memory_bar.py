"""A small bar: what this program uses, what everything uses, of how much."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.services.container import Services
from workbench.services.meters import MemoryReading

GIB = 1024**3
BAR_WIDTH, BAR_GAP, PART_GAP = 56, 8, 16


class MemoryBar(QWidget):
    """Text and bar; the graphics card's memory follows when there is one."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = services.theme
        self._reading: MemoryReading | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        services.theme.changed.connect(self._restyle)

    def show_reading(self, reading: MemoryReading) -> None:
        """Take new figures."""
        grew = (self._reading is None) or (
            (self._reading.card_total is None) != (reading.card_total is None)
        )
        self._reading = reading
        self.setToolTip(self._explain(reading))
        self.setAccessibleName(self.tr("Memory"))
        self.setAccessibleDescription(" ".join(text for text, _, _ in self._parts()))
        if grew:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for every part's text and bar."""
        metrics = self.fontMetrics()
        parts = max(1, len(self._parts()))
        text = metrics.horizontalAdvance(
            self.tr("RAM {used} / {total} GB").format(used="000.0", total="0000")
        )
        width = parts * (text + BAR_GAP + BAR_WIDTH) + (parts - 1) * PART_GAP
        return QSize(width, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        """The texts alone."""
        return QSize(self._width_of(self._parts(), bars=False), self.sizeHint().height())

    def _width_of(self, parts: list[tuple[str, float, float]], bars: bool) -> int:
        texts = [self.fontMetrics().horizontalAdvance(text) for text, _, _ in parts]
        beside = BAR_GAP + BAR_WIDTH if bars else 0
        return sum(texts) + len(texts) * beside + max(0, len(texts) - 1) * PART_GAP + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each part: text, then the bar, where there is room for bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        x = 0.0
        parts = self._parts()
        bars = self._width_of(parts, bars=True) <= self.width()
        for text, own, used in parts:
            width = metrics.horizontalAdvance(text)
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(
                QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text
            )
            x += width
            if bars:
                bar = QRectF(x + BAR_GAP, self.height() / 2 - 3, BAR_WIDTH, 6)
                self._draw_bar(painter, bar, own, used)
                x = bar.right()
            x += PART_GAP

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self._reading is not None:
            self.show_reading(self._reading)
            self._restyle()
        super().changeEvent(event)

    def _draw_bar(self, painter: QPainter, bar: QRectF, own: float, used: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for share, role in ((1.0, "line"), (used, "muted"), (own, "accent")):
            painter.setBrush(self._theme.colour(role))
            width = max(bar.width() * min(share, 1.0), 2.0 if share > 0 else 0.0)
            painter.drawRoundedRect(QRectF(bar.x(), bar.y(), width, bar.height()), 3, 3)

    def _parts(self) -> list[tuple[str, float, float]]:
        """Text, own share and used share of each meter."""
        reading = self._reading
        if reading is None:
            return []
        ram = self.tr("RAM {used} / {total} GB").format(
            used=f"{reading.used / GIB:.1f}", total=f"{reading.total / GIB:.0f}"
        )
        parts = [(ram, reading.own / reading.total, reading.used / reading.total)]
        if reading.card_used is not None and reading.card_total:
            card = self.tr("VRAM {used} / {total} GB").format(
                used=f"{reading.card_used / GIB:.1f}", total=f"{reading.card_total / GIB:.0f}"
            )
            parts.append((card, 0.0, reading.card_used / reading.card_total))
        return parts

    def _explain(self, reading: MemoryReading) -> str:
        lines = [
            self.tr(
                "Lathe uses {own} GB of memory; all programs together {used} of {total} GB."
            ).format(
                own=f"{reading.own / GIB:.2f}",
                used=f"{reading.used / GIB:.1f}",
                total=f"{reading.total / GIB:.1f}",
            )
        ]
        if reading.card:
            lines.append(self.tr("Graphics card: {name}.").format(name=reading.card))
        return "\n".join(lines)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
