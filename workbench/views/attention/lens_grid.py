"""What the model would say after each layer, under each token: a grid that scrolls."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from engine.inspection.lens_spec import LensResult, LensRow
from workbench.plots.token_axis import shown_token
from workbench.widgets.fixed_font import fixed_font
from workbench.widgets.signed_tint import plain_number
from workbench.widgets.tones import current_tones, mix

CELL_CHARS: Final = 9
LABEL_CHARS: Final = 7


class LensGrid(QAbstractScrollArea):
    """Rows are depths, the last at the top; columns are tokens.

    Attributes:
        cell: (row of `LensResult.rows`, token) under the keys, or None.

    Signals:
        moved(object): The cell that is told about.
    """

    moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: LensResult | None = None
        self._settled: NDArray[np.int32] | None = None
        self.cell: tuple[int, int] | None = None
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)

    def set_result(self, result: LensResult | None) -> None:
        """Show this lens, from its last tokens on."""
        self._result = result
        self._settled = result.settled() if result is not None else None
        self.cell = (len(result.rows) - 1, len(result.tokens) - 1) if result is not None else None
        self._measure()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().maximum())
        self.viewport().update()
        self.moved.emit(self.cell)

    def cell_rect(self, row: int, token: int) -> QRectF:
        """Where a cell is in the viewport."""
        assert self._result is not None
        width, height = self._cell_size()
        place = len(self._result.rows) - 1 - row
        x = self._label_width() + token * width - self.horizontalScrollBar().value()
        y = height + place * height - self.verticalScrollBar().value()
        return QRectF(x, y, width, height)

    def tip(self, row: int, token: int) -> str:
        """The likeliest tokens of a cell, and where the final one stands (rich text)."""
        result = self._result
        assert result is not None
        depth = result.rows[row]
        lines = [
            f"<tr><td>{escape(shown_token(result.names.get(int(one), '')))}</td>"
            f"<td align='right'>{plain_number(float(share), 3)}</td></tr>"
            for one, share in zip(depth.top_ids[token], depth.top_probs[token], strict=True)
        ]
        final = shown_token(result.names.get(int(result.final_ids[token]), ""))
        rank = self.tr("final “{token}”: rank {rank}, {p}").format(
            token=final,
            rank=int(depth.final_rank[token]),
            p=plain_number(float(depth.final_prob[token]), 3),
        )
        return (
            f"<b>{escape(self.depth_name(depth))}</b><table cellspacing='4'>{''.join(lines)}"
            f"</table>{escape(rank)}"
        )

    def depth_name(self, row: LensRow) -> str:
        """After which layer."""
        if row.layer < 0:
            return self.tr("input")
        return f"L{row.layer}"

    def sizeHint(self) -> QSize:
        return QSize(480, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        result = self._result
        if result is None:
            return
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.palette().window())
        painter.setFont(fixed_font())
        tones = current_tones()
        width, height = self._cell_size()
        left = self._label_width()
        offset = self.horizontalScrollBar().value()
        first = max(0, int(offset // width))
        last = min(len(result.tokens), int((offset + self.viewport().width()) // width) + 1)
        settled = self._settled
        assert settled is not None
        painter.save()
        painter.setClipRect(QRectF(left, height, self.viewport().width(), self.viewport().height()))
        for row, depth in enumerate(result.rows):
            for token in range(first, last):
                self._paint_cell(painter, row, token, depth, int(settled[token]) == depth.layer)
        painter.restore()
        ground = self.palette().window().color()
        painter.fillRect(QRectF(0, 0, left, self.viewport().height()), ground)
        painter.fillRect(QRectF(0, 0, self.viewport().width(), height), ground)
        painter.setPen(tones.dim)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for row, depth in enumerate(result.rows):
            box = self.cell_rect(row, 0)
            if box.top() >= height - 1:
                label = QRectF(0, box.top(), left - 6, height)
                painter.drawText(label, int(align), self.depth_name(depth))
        painter.setClipRect(QRectF(left, 0, self.viewport().width(), height))
        for token in range(first, last):
            x = left + token * width - offset
            text = painter.fontMetrics().elidedText(
                shown_token(result.tokens[token]), Qt.TextElideMode.ElideRight, int(width) - 6
            )
            painter.setPen(tones.text)
            painter.drawText(QRectF(x + 3, 0, width - 6, height), int(align), text)

    def _paint_cell(
        self, painter: QPainter, row: int, token: int, depth: LensRow, settles: bool
    ) -> None:
        result = self._result
        assert result is not None
        tones = current_tones()
        box = self.cell_rect(row, token).adjusted(1, 1, -1, -1)
        share = float(depth.top_probs[token, 0])
        one = int(depth.top_ids[token, 0])
        painter.fillRect(box, tones.doubt_at(share))
        same = one == int(result.final_ids[token])
        font = painter.font()
        font.setBold(same)
        painter.setFont(font)
        painter.setPen(tones.text if same else mix(tones.base, tones.text, 0.75))
        text = painter.fontMetrics().elidedText(
            shown_token(result.names.get(one, "")),
            Qt.TextElideMode.ElideRight,
            int(box.width()) - 4,
        )
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box.adjusted(2, 0, -2, 0), int(align), text)
        if settles:
            painter.setPen(tones.dim)
            painter.drawLine(box.bottomLeft(), box.bottomRight())
        if (row, token) == self.cell:
            painter.setPen(tones.accent if self.hasFocus() else tones.dim)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tip(*cell) if cell else "", self)
            return True
        return bool(super().viewportEvent(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is not None:
            self._move(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (1, 0), Qt.Key.Key_Down: (-1, 0),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._result is None or self.cell is None:
            super().keyPressEvent(event)
            return
        row = min(max(0, self.cell[0] + step[0]), len(self._result.rows) - 1)
        token = min(max(0, self.cell[1] + step[1]), len(self._result.tokens) - 1)
        self._move((row, token))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()
        super().changeEvent(event)

    # Inside

    def _cell_size(self) -> tuple[float, float]:
        metrics = QFontMetricsF(fixed_font())
        return metrics.horizontalAdvance("0") * CELL_CHARS + 6, metrics.height() + 6

    def _label_width(self) -> float:
        return QFontMetricsF(fixed_font()).horizontalAdvance("0") * LABEL_CHARS

    def _measure(self) -> None:
        width, height = self._cell_size()
        result = self._result
        tokens = len(result.tokens) if result is not None else 0
        rows = len(result.rows) if result is not None else 0
        across = self._label_width() + tokens * width - self.viewport().width()
        down = (rows + 1) * height - self.viewport().height()
        self.horizontalScrollBar().setRange(0, max(0, round(across)))
        self.horizontalScrollBar().setPageStep(self.viewport().width())
        self.horizontalScrollBar().setSingleStep(round(width))
        self.verticalScrollBar().setRange(0, max(0, round(down)))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(round(height))

    def _cell_at(self, place: QPointF) -> tuple[int, int] | None:
        result = self._result
        width, height = self._cell_size()
        if result is None or place.x() < self._label_width() or place.y() < height:
            return None
        token = int((place.x() - self._label_width() + self.horizontalScrollBar().value()) // width)
        down = int((place.y() - height + self.verticalScrollBar().value()) // height)
        row = len(result.rows) - 1 - down
        inside = 0 <= row < len(result.rows) and 0 <= token < len(result.tokens)
        return (row, token) if inside else None

    def _move(self, cell: tuple[int, int]) -> None:
        self.cell = cell
        box = self.cell_rect(*cell)
        left, height = self._label_width(), self._cell_size()[1]
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        if box.left() < left:
            across.setValue(across.value() + round(box.left() - left))
        elif box.right() > self.viewport().width():
            across.setValue(across.value() + round(box.right() - self.viewport().width()))
        if box.top() < height:
            down.setValue(down.value() + round(box.top() - height))
        elif box.bottom() > self.viewport().height():
            down.setValue(down.value() + round(box.bottom() - self.viewport().height()))
        self.viewport().update()
        self.moved.emit(cell)
