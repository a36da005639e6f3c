"""An axis of tokens beside a map: thins out with the zoom, and its tokens can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.theme import PlotTheme

Side = Literal["left", "bottom"]
GAP: Final = 6.0
MOST_CHARS: Final = 12
STEPS: Final = (1, 2, 5)


def shown_token(text: str) -> str:
    """A token on one line: spaces and breaks can be seen."""
    visible = text.replace("\n", "⏎").replace("\t", "⇥")
    if visible.startswith(" ") and len(visible) > 1:
        visible = "·" + visible[1:]
    return visible.replace(" ", "·")


def step_for(pixels: float, room: float) -> int:
    """Every how many tokens one is labelled: 1, 2, 5, 10 … so that labels have room."""
    wanted = room / max(pixels, 1e-9)
    decade = 1
    while True:
        for step in STEPS:
            if step * decade >= wanted:
                return step * decade
        decade *= 10


class TokenAxis(pg.GraphicsWidget):
    """Labels of one side of a map.

    Signals:
        chosen(int): A token was clicked.
    """

    chosen = Signal(int)

    def __init__(self, side: Side, box: pg.ViewBox, theme: PlotTheme) -> None:
        super().__init__()
        self._side = side
        self._box = box
        self._theme = theme
        self._most_chars = MOST_CHARS
        self.labels: Sequence[str] = ()
        self.selected: frozenset[int] = frozenset()
        self.hovered = -1
        box.sigRangeChanged.connect(self._moved)
        box.sigResized.connect(self._moved)

    def set_labels(self, labels: Sequence[str]) -> None:
        """The tokens along this side."""
        self.labels = labels
        self.fit()
        self.update()

    def set_most_chars(self, most: int) -> None:
        """Cut labels where room is short."""
        if most != self._most_chars:
            self._most_chars = most
            self.fit()
            self.update()

    def set_marks(self, selected: frozenset[int], hovered: int) -> None:
        """Which tokens are chosen, and which one the cursor is at (-1 = none)."""
        if (selected, hovered) != (self.selected, self.hovered):
            self.selected, self.hovered = selected, hovered
            self.update()

    def fit(self) -> None:
        """Take the room that the labels need."""
        metrics = QFontMetricsF(self._theme.mono())
        longest = max((len(shown_token(text)) for text in self.labels[:2000]), default=1)
        chars = min(self._most_chars, longest)
        if len(self.labels) > 60:
            chars = min(self._most_chars, chars + len(str(len(self.labels))) + 1)
        room = metrics.horizontalAdvance("0") * max(3, chars) + GAP + 4
        if self._side == "left":
            self.setFixedWidth(room)
        else:
            self.setFixedHeight(room)

    def position_of(self, index: int) -> QPointF:
        """The middle of a token's label, in scene coordinates."""
        along = self._along(index + 0.5)
        size = self.size()
        if self._side == "left":
            return self.mapToScene(QPointF(size.width() / 2, along))
        return self.mapToScene(QPointF(along, size.height() / 2))

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        if not self.labels:
            return
        colours, font = self._theme.colours, self._theme.mono()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        low, high = self._range()
        first, last = max(0, int(low)), min(len(self.labels), int(high) + 1)
        pixels = abs(self._along(1.0) - self._along(0.0))
        step = step_for(pixels, metrics.height())
        numbers = set(range(first - first % step, last, step))
        numbers |= {one for one in (*self.selected, self.hovered) if first <= one < last}
        for number in sorted(numbers):
            if not 0 <= number < len(self.labels):
                continue
            marked = number in self.selected or number == self.hovered
            if not marked and self._crowded(number, step, pixels, metrics.height()):
                continue
            painter.setPen(colours.accent if marked else colours.muted)
            self._draw(painter, metrics, number, step, pixels)

    def press(self, scene: QPointF) -> bool:
        """Choose the token at a place of the scene; False when there is none."""
        at = self.mapFromScene(scene)
        if not self.rect().contains(at):
            return False
        number = int(self._back(at.y() if self._side == "left" else at.x()))
        if 0 <= number < len(self.labels):
            self.chosen.emit(number)
            return True
        return False

    def _crowded(self, number: int, step: int, pixels: float, height: float) -> bool:
        """Whether a marked label would be drawn over this one."""
        near = height / max(pixels, 1e-9)
        marks = (*self.selected, *((self.hovered,) if self.hovered >= 0 else ()))
        return step > 1 and any(abs(one - number) < near for one in marks)

    def _draw(
        self, painter: QPainter, metrics: QFontMetricsF, number: int, step: int, pixels: float
    ) -> None:
        text = shown_token(self.labels[number])
        if step > 1 or len(self.labels) > 60:
            text = f"{number} {text}"
        along, size = self._along(number + 0.5), self.size()
        strong = number in self.selected
        if self._side == "left":
            room = size.width() - GAP
            box = QRectF(0, along - metrics.height() / 2, room, metrics.height())
            self._text(painter, metrics, box, text, Qt.AlignmentFlag.AlignRight, strong)
            return
        if pixels > metrics.horizontalAdvance(text) + 6:
            box = QRectF(along - pixels / 2, GAP, pixels, metrics.height())
            self._text(painter, metrics, box, text, Qt.AlignmentFlag.AlignHCenter, strong)
            return
        painter.save()
        painter.setTransform(QTransform.fromTranslate(along, GAP).rotate(-90), combine=True)
        room = size.height() - GAP
        box = QRectF(-room, -metrics.height() / 2, room, metrics.height())
        self._text(painter, metrics, box, text, Qt.AlignmentFlag.AlignRight, strong)
        painter.restore()

    def _text(
        self,
        painter: QPainter,
        metrics: QFontMetricsF,
        box: QRectF,
        text: str,
        align: Qt.AlignmentFlag,
        strong: bool,
    ) -> None:
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        if strong:
            text_box = metrics.boundingRect(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
            pen = painter.pen()
            painter.setPen(Qt.PenStyle.NoPen)
            ground = QColor(self._theme.colours.accent)
            ground.setAlphaF(0.18)
            painter.setBrush(ground)
            painter.drawRoundedRect(text_box.adjusted(-2, 0, 2, 0), 3, 3)
            painter.setPen(pen)
        painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)

    def _range(self) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self._box.viewRange()
        return (y0, y1) if self._side == "left" else (x0, x1)

    def _along(self, token: float) -> float:
        """Pixels from this item's start to a place in token coordinates."""
        point = QPointF(0, token) if self._side == "left" else QPointF(token, 0)
        mapped = self.mapFromScene(self._box.mapViewToScene(point))
        return mapped.y() if self._side == "left" else mapped.x()

    def _back(self, pixels: float) -> float:
        point = QPointF(0, pixels) if self._side == "left" else QPointF(pixels, 0)
        mapped = self._box.mapSceneToView(self.mapToScene(point))
        return mapped.y() if self._side == "left" else mapped.x()

    def _moved(self, *_: object) -> None:
        self.update()
