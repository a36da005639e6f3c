"""A run in two lines: its title, and below it what it asked or what was found in it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.store.runs import RunInfo
from engine.store.search import Found, Hit
from workbench.viewmodels.runs_table import FOUND_ROLE, RUN_ROLE
from workbench.viewmodels.runs_words import title_of
from workbench.widgets.tones import current_tones, mix

SIDE: Final = 8
GAP: Final = 2
SPARE: Final = 12


def row_height(metrics: QFontMetrics) -> int:
    """Room for two lines."""
    return 2 * metrics.height() + GAP + SPARE


class RunDelegate(QStyledItemDelegate):
    """Paints the first column; what was found is marked by tint and underline."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(super().sizeHint(option, index).width(), row_height(option.fontMetrics))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        run = index.data(RUN_ROLE)
        if not isinstance(run, RunInfo):
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        metrics, area = option.fontMetrics, option.rect.adjusted(SIDE, 0, -SIDE, 0)
        top = area.top() + (area.height() - 2 * metrics.height() - GAP) // 2
        first = QRect(area.left(), top, area.width(), metrics.height())
        second = first.translated(0, metrics.height() + GAP)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        title = metrics.elidedText(title_of(run), Qt.TextElideMode.ElideRight, first.width())
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, title)
        found = index.data(FOUND_ROLE)
        if isinstance(found, Found) and found.hits:
            self._paint_hit(painter, second, found.hits[0], metrics)
        else:
            tags = " ".join(f"#{tag}" for tag in run.tags)
            text = "  ".join(filter(None, (tags, run.topic)))
            painter.setPen(current_tones().dim)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, second.width())
            painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def _paint_hit(self, painter: QPainter, area: QRect, hit: Hit, metrics: QFontMetrics) -> None:
        """The snippet from a little before its first mark, stretch by stretch."""
        tones = current_tones()
        ground = mix(tones.base, tones.accent, 0.25)
        start = hit.marks[0][0] if hit.marks else 0
        before = hit.snippet[:start]
        room = area.width() // 3
        lead = metrics.elidedText(before, Qt.TextElideMode.ElideLeft, room)
        x = self._stretch(painter, area, area.left(), lead, metrics, tones.dim, None)
        at = start
        for begin, end in hit.marks:
            x = self._stretch(painter, area, x, hit.snippet[at:begin], metrics, tones.dim, None)
            x = self._stretch(painter, area, x, hit.snippet[begin:end], metrics, tones.text, ground)
            at = end
        self._stretch(painter, area, x, hit.snippet[at:], metrics, tones.dim, None)

    def _stretch(
        self,
        painter: QPainter,
        area: QRect,
        x: int,
        text: str,
        metrics: QFontMetrics,
        ink: QColor,
        ground: QColor | None,
    ) -> int:
        """Draw a stretch from `x`, cut at the area's end; returns where it ends."""
        left = area.right() - x
        if not text or left <= 0:
            return x
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, left)
        width = metrics.horizontalAdvance(shown)
        place = QRect(x, area.top(), width, area.height())
        if ground is not None:
            painter.fillRect(place, ground)
            painter.setPen(ink)
            painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.setPen(ink)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        return x + width
