"""Block diagrams of models: boxes from the tokens up, residuals beside them, norms where they are.

Drawn as the papers draw them: the input is at the bottom, a layer is framed once and says how
often it is repeated, a residual leaves the line, passes the boxes that it skips and joins at +.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.services.theme import Theme, mixed

Tone = Literal["edge", "norm", "attention", "mlp"]
Skip = Literal["pre", "post"]
ROLES: Final[dict[Tone, str]] = {
    "edge": "muted",
    "norm": "series-4",
    "attention": "series-1",
    "mlp": "series-2",
}
GAP: Final = 10.0
ARROW: Final = 4.0
PLUS: Final = 7.0
SIDE: Final = 26.0
FRAME_PAD: Final = 12.0
BETWEEN: Final = 28.0


@dataclass(frozen=True)
class Box:
    """A rectangle with one or two lines of text.

    Attributes:
        text: What it is.
        tone: Colour of its edge.
        note: A second line in small, e.g. what turns inside.
    """

    text: str
    tone: Tone
    note: str = ""


@dataclass(frozen=True)
class Branch:
    """A sub-layer with its residual.

    Attributes:
        box: What it computes.
        norm: Its norm.
        skip: ``"pre"``: norm, box, +; ``"post"``: box, +, norm.
        weight: On the residual, e.g. ``"α"``; empty = 1.
        fed: Takes keys and values from the other column.
    """

    box: Box
    norm: Box
    skip: Skip
    weight: str = ""
    fed: bool = False


@dataclass(frozen=True)
class Tower:
    """One half of a model, from below.

    Attributes:
        title: Below it.
        before: Boxes below the layers.
        branches: Sub-layers of one layer.
        after: Boxes above the layers.
        repeat: Beside the frame, e.g. ``"N ×"``.
    """

    title: str
    before: tuple[Box, ...]
    branches: tuple[Branch, ...]
    after: tuple[Box, ...]
    repeat: str


class BlockDiagram(QWidget):
    """Paints one or two towers; the second is fed by the top of the first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._towers: tuple[Tower, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    def set_towers(self, towers: Sequence[Tower]) -> None:
        """Show these, the encoder first."""
        self._towers = tuple(towers)
        said = "; ".join(f"{tower.title}: {', '.join(_texts(tower))}" for tower in self._towers)
        self.setAccessibleDescription(said)
        self.updateGeometry()
        self.update()

    def towers(self) -> tuple[Tower, ...]:
        """What is shown."""
        return self._towers

    def sizeHint(self) -> QSize:
        width = len(self._towers) * (self._box_width() + 2 * SIDE + BETWEEN)
        height = max((self._height_of(tower) for tower in self._towers), default=0.0)
        return QSize(round(width), round(height + self._line() + 3 * GAP))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column = self._box_width() + 2 * SIDE + BETWEEN
        left = max(0.0, (self.width() - column * len(self._towers)) / 2)
        tops: list[QPointF] = []
        for number, tower in enumerate(self._towers):
            centre = left + column * number + column / 2
            feed = tops[0] if number else None
            tops.append(self._paint_tower(painter, tower, centre, feed))

    # Sizes

    def _line(self) -> float:
        return float(self.fontMetrics().height())

    def _box_height(self, box: Box) -> float:
        return self._line() * (2 if box.note else 1) + 8

    def _box_width(self) -> float:
        metrics = self.fontMetrics()
        widest = 0
        for tower in self._towers:
            boxes = [*tower.before, *tower.after]
            boxes += [box for branch in tower.branches for box in (branch.box, branch.norm)]
            for box in boxes:
                wide = max(metrics.horizontalAdvance(box.text), metrics.horizontalAdvance(box.note))
                widest = max(widest, wide)
        return float(widest + 24)

    def _height_of(self, tower: Tower) -> float:
        height = sum(self._box_height(box) + GAP for box in (*tower.before, *tower.after))
        for branch in tower.branches:
            height += self._box_height(branch.box) + self._box_height(branch.norm)
            height += 2 * PLUS + 3 * GAP
        return height + 2 * FRAME_PAD + GAP

    # Painting, from below

    def _paint_tower(
        self, painter: QPainter, tower: Tower, x: float, feed: QPointF | None
    ) -> QPointF:
        """Paint a tower around `x`; returns its upper end."""
        colour = self._theme.colour
        painter.setPen(colour("muted"))
        y = self.height() - GAP / 2
        title = QRectF(x - 150, y - self._line(), 300, self._line())
        painter.drawText(title, int(Qt.AlignmentFlag.AlignCenter), tower.title)
        y = title.top() - 2
        for box in tower.before:
            y = self._climb(painter, x, y, GAP)
            y = self._paint_box(painter, box, x, y)
        y = self._climb(painter, x, y, GAP + FRAME_PAD)
        bottom = y + FRAME_PAD
        for branch in tower.branches:
            y = self._paint_branch(painter, branch, x, y, feed)
        top = y - FRAME_PAD
        frame = QRectF(x - self._box_width() / 2 - SIDE, top, self._box_width() + 2 * SIDE, 0)
        frame.setBottom(bottom)
        painter.setPen(QPen(colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 6, 6)
        painter.setPen(colour("text"))
        note = QRectF(frame.right() - 60, frame.top() + 2, 54, self._line())
        painter.drawText(note, int(Qt.AlignmentFlag.AlignRight), tower.repeat)
        if not tower.after:
            return QPointF(x, self._climb(painter, x, y, FRAME_PAD + GAP))
        y = self._climb(painter, x, y, FRAME_PAD + GAP)
        for box in tower.after:
            y = self._paint_box(painter, box, x, y)
            y = self._climb(painter, x, y, GAP)
        return QPointF(x, y)

    def _paint_branch(
        self, painter: QPainter, branch: Branch, x: float, y: float, feed: QPointF | None
    ) -> float:
        """One sub-layer from `y` up; returns where it ends."""
        start = y - GAP / 2
        y = self._climb(painter, x, y, GAP)
        if branch.skip == "pre":
            y = self._paint_box(painter, branch.norm, x, y)
            y = self._climb(painter, x, y, GAP / 2)
        beside = y - self._box_height(branch.box) / 2
        y = self._paint_box(painter, branch.box, x, y)
        y = self._climb(painter, x, y, GAP / 2)
        if branch.fed and feed is not None:
            self._paint_feed(painter, feed, QPointF(x - self._box_width() / 2, beside))
        centre = QPointF(x, y - PLUS)
        self._paint_skip(painter, x, start, centre, branch.weight)
        y -= 2 * PLUS
        if branch.skip == "post":
            y = self._climb(painter, x, y, GAP / 2)
            y = self._paint_box(painter, branch.norm, x, y)
        return self._climb(painter, x, y, GAP / 2)

    def _paint_box(self, painter: QPainter, box: Box, x: float, y: float) -> float:
        """A box that stands on `y`; returns its upper edge."""
        colour = self._theme.colour
        high, wide = self._box_height(box), self._box_width()
        area = QRectF(x - wide / 2, y - high, wide, high)
        edge = colour(ROLES[box.tone])
        painter.setPen(QPen(edge, 1.2))
        painter.setBrush(mixed(colour("window"), edge, 0.14))
        painter.drawRoundedRect(area, 5, 5)
        painter.setPen(colour("text"))
        first = area.adjusted(0, 4, 0, 0)
        first.setHeight(self._line())
        painter.drawText(first, int(Qt.AlignmentFlag.AlignCenter), box.text)
        if box.note:
            painter.setPen(colour("muted"))
            painter.drawText(
                first.translated(0, self._line()), int(Qt.AlignmentFlag.AlignCenter), box.note
            )
        return area.top()

    def _climb(self, painter: QPainter, x: float, y: float, by: float) -> float:
        painter.setPen(QPen(self._theme.colour("muted"), 1.2))
        painter.drawLine(QPointF(x, y), QPointF(x, y - by))
        return y - by

    def _paint_skip(
        self, painter: QPainter, x: float, start: float, plus: QPointF, weight: str
    ) -> None:
        """The residual at the right, and the + in which it ends."""
        colour = self._theme.colour
        right = x + self._box_width() / 2 + SIDE / 2
        path = QPainterPath(QPointF(x, start))
        path.lineTo(right - 6, start)
        path.quadTo(right, start, right, start - 6)
        path.lineTo(right, plus.y() + 6)
        path.quadTo(right, plus.y(), right - 6, plus.y())
        path.lineTo(plus.x() + PLUS, plus.y())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour("muted"), 1.2))
        painter.drawPath(path)
        self._head(painter, QPointF(plus.x() + PLUS, plus.y()), -1.0)
        painter.setPen(QPen(colour("text"), 1.2))
        painter.setBrush(colour("window"))
        painter.drawEllipse(plus, PLUS, PLUS)
        painter.drawLine(plus - QPointF(3.5, 0), plus + QPointF(3.5, 0))
        painter.drawLine(plus - QPointF(0, 3.5), plus + QPointF(0, 3.5))
        if weight:
            self._label(painter, QPointF(right, (start + plus.y()) / 2), weight)

    def _label(self, painter: QPainter, at: QPointF, text: str) -> None:
        wide = self.fontMetrics().horizontalAdvance(text) + 6
        area = QRectF(at.x() - wide / 2, at.y() - self._line() / 2, wide, self._line())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("window"))
        painter.drawRect(area)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_feed(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        """The encoder's states on their way into cross-attention."""
        accent = self._theme.colour("accent")
        middle = end.x() - SIDE - BETWEEN / 2
        path = QPainterPath(start)
        path.lineTo(middle - 6, start.y())
        path.quadTo(middle, start.y(), middle, start.y() + (6 if end.y() > start.y() else -6))
        path.lineTo(middle, end.y() - (6 if end.y() > start.y() else -6))
        path.quadTo(middle, end.y(), middle + 6, end.y())
        path.lineTo(end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1.4))
        painter.drawPath(path)
        self._head(painter, end, 1.0, accent)

    def _head(
        self, painter: QPainter, tip: QPointF, way: float, colour: QColor | None = None
    ) -> None:
        """An arrow head to the right (`way` = 1) or to the left (-1)."""
        shown = colour or self._theme.colour("muted")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shown)
        back = QPointF(-way * ARROW * 1.5, 0)
        up = QPointF(0, ARROW)
        painter.drawPolygon(QPolygonF([tip, tip + back + up, tip + back - up]))

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


def _texts(tower: Tower) -> list[str]:
    """The boxes of a tower in the order in which data passes them."""
    found = [box.text for box in tower.before]
    for branch in tower.branches:
        pair = (branch.norm, branch.box) if branch.skip == "pre" else (branch.box, branch.norm)
        found += [f"{box.text} ({box.note})" if box.note else box.text for box in pair]
    return found + [box.text for box in tower.after]
