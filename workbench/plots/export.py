"""What a plot leaves behind: PNG, SVG, CSV with labels, NPZ. Arrays need no window thread."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

Column = tuple[str, Sequence[float] | NDArray[np.floating] | Sequence[str]]
PNG_RATIO = 2.0


def image_of(widget: QWidget, ground: QColor) -> QImage:
    """A widget as it is on screen, at least at twice its size. Window thread only."""
    ratio = max(PNG_RATIO, widget.devicePixelRatioF())
    image = QImage(widget.size() * ratio, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(ground)
    QWidget.render(widget, image)  # a graphics view's own `render` wants a painter
    return image


def png(widget: QWidget, ground: QColor) -> bytes:
    """A widget as PNG. Window thread only."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image_of(widget, ground).save(buffer, "PNG")
    return bytes(buffer.data().data())


def svg(widget: QWidget, ground: QColor, title: str = "") -> bytes:
    """A widget as a drawing: texts stay texts, images are embedded. Window thread only."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    area = QRect(0, 0, widget.width(), widget.height())
    generator.setSize(area.size())
    generator.setViewBox(area)
    painter = QPainter(generator)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRect(area)
    QWidget.render(widget, painter, QPoint())
    painter.end()
    return bytes(buffer.data().data())


def matrix_csv(
    values: NDArray[np.floating], rows: Sequence[str], columns: Sequence[str], corner: str = ""
) -> bytes:
    """A matrix with a label per row and column, UTF-8 with the mark that spreadsheets want.

    Args:
        values: ``[rows, columns]``.
        rows, columns: Labels, e.g. tokens; equal ones are told apart by the position in front.
        corner: What the labels are, in the first cell.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([corner, *_numbered(columns)])
    for label, line in zip(_numbered(rows), values, strict=True):
        writer.writerow([label, *(f"{value:.7g}" for value in line)])
    return buffer.getvalue().encode("utf-8-sig")


def columns_csv(columns: Sequence[Column]) -> bytes:
    """Named columns side by side; shorter ones end early."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([name for name, _ in columns])
    length = max((len(values) for _, values in columns), default=0)
    for row in range(length):
        writer.writerow([_cell(values, row) for _, values in columns])
    return buffer.getvalue().encode("utf-8-sig")


def npz(arrays: Mapping[str, NDArray[np.generic] | Sequence[str]]) -> bytes:
    """Arrays by name, compressed; texts become arrays of str. Loads without pickle."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: np.asarray(value) for name, value in arrays.items()})
    return buffer.getvalue()


def _numbered(labels: Sequence[str]) -> list[str]:
    """Labels as they are when all differ, else with their position in front."""
    if len(set(labels)) == len(labels):
        return list(labels)
    return [f"{number}:{label}" for number, label in enumerate(labels)]


def _cell(values: Sequence[float] | NDArray[np.floating] | Sequence[str], row: int) -> str:
    if row >= len(values):
        return ""
    value = values[row]
    return value if isinstance(value, str) else f"{value:.9g}"
