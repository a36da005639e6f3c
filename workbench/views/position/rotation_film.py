"""The walk of a query through the text, drawn frame by frame and packed as a GIF."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from workbench.plots.animation import draw_frames, gif
from workbench.plots.dials import Face, Hand, Paints, paint_faces

FRAMES: Final = 48
FRAME_MS: Final = 50
GIF_SIZE: Final = QSize(760, 208)


def film(
    faces: tuple[Face, ...], start: dict[Hand, float], span: float, together: bool, paints: Paints
) -> bytes:
    """The query (and the key, if they keep their distance) once through all positions."""
    area = QRectF(8, 8, GIF_SIZE.width() - 16, GIF_SIZE.height() - 16)

    def draw(painter: QPainter, share: float) -> None:
        query = (start["q"] + share * span) % span
        key = query - start["q"] + start["k"] if together else start["k"]
        paint_faces(painter, area, faces, {"q": query, "k": key}, paints)

    return gif(draw_frames(draw, FRAMES, GIF_SIZE, paints.ground), FRAME_MS)
