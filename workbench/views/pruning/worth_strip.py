"""A strip of cells: what each part of a layer is worth, and which parts are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.services.tips import tip
from workbench.widgets.signed_tint import plain_number
from workbench.widgets.tones import current_tones, mix

MOST_CELLS = 96


@dataclass(frozen=True)
class Worth:
    """Parts of one layer.

    Attributes:
        names: Of the parts.
        values: What each is worth, any unit.
        kept: Which stay.
        unit: What the values are.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    kept: tuple[bool, ...]
    unit: str = ""


def sorted_worth(name: str, values: np.ndarray, kept: np.ndarray, unit: str) -> Worth:
    """Many parts in few cells: sorted by worth, each cell the mean of its share."""
    order = np.argsort(-values, kind="stable")
    each = -(-len(order) // MOST_CELLS)
    parts = [order[start : start + each] for start in range(0, len(order), each)]
    stays = np.zeros(len(values), bool)
    stays[kept] = True
    ends = np.cumsum([len(part) for part in parts])
    names = tuple(
        f"{name} {end - len(part) + 1}–{end}" for part, end in zip(parts, ends, strict=True)
    )
    return Worth(
        names,
        tuple(float(values[part].mean()) for part in parts),
        tuple(bool(stays[part].mean() >= 0.5) for part in parts),
        unit,
    )


class WorthStrip(QWidget):
    """One bar per part, as high as its worth; cut parts are hatched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worth: Worth | None = None
        self._lines = 1.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def worth(self) -> Worth | None:
        """What is shown."""
        return self._worth

    def set_worth(self, worth: Worth | None) -> None:
        """Show other parts; None shows a dash."""
        if worth != self._worth:
            self._worth = worth
            told = "" if worth is None else f"{sum(worth.kept)} / {len(worth.kept)}"
            self.setAccessibleDescription(told)
            self.update()

    def set_lines(self, lines: float) -> None:
        """How high it is, in lines of text."""
        self._lines = lines
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 16, round(metrics.height() * self._lines) + 6)

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 6, round(metrics.height() * self._lines) + 6)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        worth = self._worth
        if worth is None or not worth.values:
            return
        place = int(event.position().x() / max(1, self.width()) * len(worth.values))
        place = min(max(place, 0), len(worth.values) - 1)
        text = f"{worth.names[place]}: {plain_number(worth.values[place], 4)} {worth.unit}".rstrip()
        QToolTip.showText(event.globalPosition().toPoint(), tip(text), self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tones = current_tones()
        worth = self._worth
        if worth is None or not worth.values:
            painter.setPen(tones.dim)
            middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            painter.drawText(self.rect(), middle, "–")
            return
        top = max(max(worth.values), 1e-12)
        wide = self.width() / len(worth.values)
        gap = 2.0 if wide > 6 else 0.0
        room = self.height() - 4
        pale = mix(tones.base, tones.text, 0.22)
        for place, (value, kept) in enumerate(zip(worth.values, worth.kept, strict=True)):
            high = max(2.0, room * max(0.0, value) / top)
            bar = QRectF(place * wide, 2 + room - high, max(1.0, wide - gap), high)
            if kept:
                painter.fillRect(bar, tones.accent)
            else:
                painter.fillRect(bar, pale)
                painter.fillRect(bar, QBrush(tones.dim, Qt.BrushStyle.BDiagPattern))
