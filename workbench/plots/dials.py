"""Dials: arrows in the planes of dimension pairs, turned by a rotary embedding.

A face is painted from plain values alone, so that an animation can be drawn on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.plots.export import Column
from workbench.plots.series import Array, short
from workbench.services.theme import Theme, mixed

Hand = Literal["q", "k"]
ROLES: Final[dict[Hand, str]] = {"q": "series-1", "k": "series-2"}
LEAST, MOST = 84.0, 168.0
GAP = 16.0
FULL_TURN = 2 * math.pi


@dataclass(frozen=True)
class Face:
    """One pair of dimensions.

    Attributes:
        title: Above the dial.
        theta: θ of the pair, radians per position.
        q, k: The pair's part of a query and of a key before rotation (x, y).
        note: Below the dial, before the product.
        stretched: θ under a preset, drawn as a second, dashed hand; None = none.
    """

    title: str
    theta: float
    q: tuple[float, float]
    k: tuple[float, float]
    note: str = ""
    stretched: float | None = None

    def hand(self, which: Hand) -> tuple[float, float]:
        """A vector before rotation."""
        return self.q if which == "q" else self.k

    def turned(self, which: Hand, position: float) -> tuple[float, float]:
        """A vector after the rotation by its position (Su et al. 2021, eq. 13)."""
        x, y = self.hand(which)
        angle = self.theta * position
        cos, sin = math.cos(angle), math.sin(angle)
        return x * cos - y * sin, x * sin + y * cos

    def product(self, at: Mapping[Hand, float]) -> float:
        """What the pair adds to q·k with both turned to their positions."""
        q, k = self.turned("q", at["q"]), self.turned("k", at["k"])
        return q[0] * k[0] + q[1] * k[1]


@dataclass(frozen=True)
class Paints:
    """Colours and fonts of a drawing, taken from the theme on the window's thread."""

    ground: QColor
    text: QColor
    muted: QColor
    line: QColor
    hands: dict[Hand, QColor]
    font: QFont
    mono: QFont


def paints_of(theme: Theme, font: QFont) -> Paints:
    """The colours of now."""
    return Paints(
        ground=theme.colour("window"),
        text=theme.colour("text"),
        muted=theme.colour("muted"),
        line=theme.colour("line"),
        hands={hand: theme.colour(role) for hand, role in ROLES.items()},
        font=QFont(font),
        mono=theme.mono_font(),
    )


def paint_faces(
    painter: QPainter,
    area: QRectF,
    faces: tuple[Face, ...],
    at: Mapping[Hand, float],
    paints: Paints,
) -> None:
    """Draw every face for one pair of positions. Works on any thread."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for face, rect in zip(faces, layout_faces(len(faces), area, paints.font), strict=True):
        _paint_face(painter, rect, face, at, paints)


def layout_faces(count: int, area: QRectF, font: QFont) -> tuple[QRectF, ...]:
    """Places of the faces: as few rows as the width allows, as large as the height allows."""
    if not count:
        return ()
    columns = _columns(count, area.width())
    rows = math.ceil(count / columns)
    words = 3 * QFontMetricsF(font).lineSpacing() + 12
    dial = min((area.width() - GAP * (columns - 1)) / columns, area.height() / rows - words, MOST)
    dial = max(dial, 24.0)
    wide = (area.width() - GAP * (columns - 1)) / columns
    places = []
    for number in range(count):
        row, column = divmod(number, columns)
        x = area.x() + column * (wide + GAP)
        places.append(QRectF(x, area.y() + row * (dial + words), wide, dial + words))
    return tuple(places)


def _columns(count: int, width: float) -> int:
    """The fewest rows whose dials keep the least size, filled evenly."""
    fits = max(1, min(count, int((width + GAP) // (LEAST + GAP))))
    return math.ceil(count / math.ceil(count / fits))


def _paint_face(
    painter: QPainter, rect: QRectF, face: Face, at: Mapping[Hand, float], paints: Paints
) -> None:
    metrics = QFontMetricsF(paints.font)
    line = metrics.lineSpacing()
    painter.setFont(paints.font)
    painter.setPen(paints.text)
    centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
    painter.drawText(QRectF(rect.x(), rect.y(), rect.width(), line), int(centred), face.title)
    size = rect.height() - 3 * line - 12
    centre = QPointF(rect.center().x(), rect.y() + line + 6 + size / 2)
    _paint_ring(painter, centre, size / 2, paints)
    longest = max(math.hypot(*face.q), math.hypot(*face.k), 1e-12)
    for hand in ("q", "k"):
        _paint_hand(painter, centre, size / 2 * 0.8, face, hand, at[hand], longest, paints)
    below = rect.y() + line + 12 + size
    painter.setFont(paints.font)
    painter.setPen(paints.muted)
    note = metrics.elidedText(face.note, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(QRectF(rect.x(), below, rect.width(), line), int(centred), note)
    painter.setFont(paints.mono)
    painter.setPen(paints.text)
    product = f"q·k {face.product(at):+.3f}".replace("-", "−")
    painter.drawText(QRectF(rect.x(), below + line, rect.width(), line), int(centred), product)


def _paint_ring(painter: QPainter, centre: QPointF, radius: float, paints: Paints) -> None:
    painter.setPen(QPen(paints.line, 1))
    painter.setBrush(mixed(paints.ground, paints.line, 0.18))
    painter.drawEllipse(centre, radius, radius)
    for number in range(12):
        angle = number * FULL_TURN / 12
        inner = radius * (0.9 if number % 3 else 0.84)
        spoke = QPointF(math.cos(angle), -math.sin(angle))
        painter.drawLine(centre + spoke * inner, centre + spoke * radius)


def _paint_hand(
    painter: QPainter,
    centre: QPointF,
    radius: float,
    face: Face,
    hand: Hand,
    position: float,
    longest: float,
    paints: Paints,
) -> None:
    """The vector before rotation (thin), the arc that it swept, and where it stands now."""
    colour = paints.hands[hand]
    x, y = face.hand(hand)
    length = radius * math.hypot(x, y) / longest
    start = math.atan2(y, x)
    angle = start + face.theta * position
    faint = mixed(paints.ground, colour, 0.45)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faint, 1.2, Qt.PenStyle.DotLine))
    painter.drawLine(centre, centre + _spoke(start) * length)
    swept = math.remainder(face.theta * position, FULL_TURN)
    reach = radius * (0.34 if hand == "q" else 0.24)
    ring = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
    painter.setPen(QPen(faint, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawArc(ring, round(math.degrees(start) * 16), round(math.degrees(swept) * 16))
    if face.stretched is not None:
        other = start + face.stretched * position
        painter.setPen(QPen(colour, 1.6, Qt.PenStyle.DashLine))
        painter.drawLine(centre, centre + _spoke(other) * length)
    _paint_arrow(painter, centre, angle, length, colour)
    painter.setFont(paints.mono)
    label = centre + _spoke(angle) * (length + 8)
    painter.setPen(colour)
    metrics = QFontMetricsF(paints.mono)
    wide, high = metrics.horizontalAdvance(hand), metrics.height()
    box = QRectF(label.x() - wide / 2, label.y() - high / 2, wide, high)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), hand)


def _paint_arrow(
    painter: QPainter, centre: QPointF, angle: float, length: float, colour: QColor
) -> None:
    tip = centre + _spoke(angle) * length
    head = min(9.0, length * 0.4)
    painter.setPen(QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(centre, centre + _spoke(angle) * max(0.0, length - head * 0.8))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    wings = [tip - _spoke(angle + side * 0.42) * head for side in (-1, 1)]
    painter.drawPolygon(QPolygonF([tip, *wings]))


def _spoke(angle: float) -> QPointF:
    """One step from the middle in this direction; screens count y downwards."""
    return QPointF(math.cos(angle), -math.sin(angle))


class Dials(QWidget):
    """Faces side by side, at the positions of a query and of a key."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._faces: tuple[Face, ...] = ()
        self._at: dict[Hand, float] = {"q": 0.0, "k": 0.0}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def faces(self) -> tuple[Face, ...]:
        """What is shown."""
        return self._faces

    @property
    def at(self) -> dict[Hand, float]:
        """The positions of now."""
        return dict(self._at)

    def set_faces(self, faces: tuple[Face, ...]) -> None:
        """Show these pairs."""
        self._faces = faces
        self.updateGeometry()
        self._say()
        self.update()

    def set_positions(self, query: float, key: float) -> None:
        """Turn every hand to its position."""
        if self._at != {"q": query, "k": key}:
            self._at = {"q": query, "k": key}
            self._say()
            self.update()

    def total(self) -> float:
        """The sum of the shown pairs' products."""
        return sum(face.product(self._at) for face in self._faces)

    def paints(self) -> Paints:
        """Colours for drawing the same elsewhere."""
        return paints_of(self._theme, self.font())

    def columns(self) -> tuple[Column, ...]:
        """One row per pair for a CSV file."""
        turned = {hand: [face.turned(hand, self._at[hand]) for face in self._faces]
                  for hand in ROLES}  # fmt: skip
        found: list[Column] = [
            ("pair", [face.title for face in self._faces]),
            ("theta (rad/position)", [face.theta for face in self._faces]),
        ]
        for hand in ROLES:
            found.append((f"position of {hand}", [self._at[hand]] * len(self._faces)))
            for number, axis in enumerate("xy"):
                before = [face.hand(hand)[number] for face in self._faces]
                found.append((f"{hand} {axis}, before", before))
                found.append((f"{hand} {axis}, turned", [one[number] for one in turned[hand]]))
        found.append(("q·k", [face.product(self._at) for face in self._faces]))
        return tuple(found)

    def arrays(self) -> dict[str, Array]:
        """The same as arrays for an NPZ file."""
        faces = self._faces
        return {
            "theta": np.array([face.theta for face in faces]),
            "q": np.array([face.q for face in faces]),
            "k": np.array([face.k for face in faces]),
            "q_turned": np.array([face.turned("q", self._at["q"]) for face in faces]),
            "k_turned": np.array([face.turned("k", self._at["k"]) for face in faces]),
            "positions": np.array([self._at["q"], self._at["k"]]),
        }

    def height_for(self, width: float) -> int:
        """As high as the faces become at this width."""
        count = max(1, len(self._faces))
        columns = _columns(count, width)
        dial = min((width - GAP * (columns - 1)) / columns, MOST)
        words = 3 * QFontMetricsF(self.font()).lineSpacing() + 12
        return round(math.ceil(count / columns) * (dial + words)) + 4

    def sizeHint(self) -> QSize:
        return QSize(560, self.height_for(max(self.width(), 2 * LEAST) - 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(2 * LEAST), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        paint_faces(painter, area, self._faces, self._at, self.paints())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def _say(self) -> None:
        """The dials in words."""
        parts = [f"q {short(self._at['q'])}, k {short(self._at['k'])}"]
        parts += [f"{face.title}: q·k {face.product(self._at):+.3f}" for face in self._faces]
        self.setAccessibleDescription("; ".join(parts))
