"""A map of any size as 256 × 256 tiles: computed on workers, kept in a cache, drawn by level.

A tile of level n holds one value per 2^n × 2^n tokens. What is missing is asked for and its
parent is drawn meanwhile; an answer to an older question (`generation`) goes nowhere.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.colour_maps import Scale, qt_table, quantise
from workbench.plots.hatching import hatch
from workbench.plots.theme import PlotColours
from workbench.viewmodels.attention_tiles import TileData

SIZE: Final = 256
CACHE_BYTES: Final = 256 * 2**20
IN_FLIGHT: Final = 2
CRISP: Final = 1.0
PREFETCHED: Final = 2  # levels of which the ring around the sight is computed ahead

Key = tuple[int, int, int]
"""Level, tile row, tile column."""


TileSource = Callable[[int, int, int], TileData]
"""(level, tile row, tile column) → tile; called on a worker."""
Run = Callable[
    [Callable[[], TileData], Callable[[TileData], None], Callable[[Exception], None]], None
]
"""Does the first on a worker, then on the window's thread the second, or the third on an error."""


@dataclass
class _Kept:
    """A tile in the cache, with its picture for one scale."""

    data: TileData
    image: QImage | None = None
    scale: Scale | None = None


class TileCache:
    """Tiles by key, the least recently used ones dropped beyond a number of bytes."""

    def __init__(self, most: int = CACHE_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """Memory of the values that are kept."""
        return self._bytes

    def put(self, key: Key, data: TileData) -> None:
        """Keep a tile."""
        if key in self._kept:
            self._bytes -= self._kept.pop(key).data.nbytes
        self._kept[key] = _Kept(data)
        self._bytes += data.nbytes
        while self._bytes > self._most and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.data.nbytes

    def data(self, key: Key) -> TileData | None:
        """A tile's values."""
        kept = self._kept.get(key)
        return kept.data if kept is not None else None

    def image(self, key: Key, scale: Scale) -> QImage | None:
        """A tile's picture in a scale; None when it is not kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        if kept.image is None or kept.scale != scale:
            kept.image, kept.scale = picture(kept.data, scale), scale
        return kept.image

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._bytes = 0


def picture(data: TileData, scale: Scale) -> QImage:
    """A tile as 8-bit indices into the scale's colours; masked cells are transparent."""
    indices = np.ascontiguousarray(quantise(data.values, scale, data.masked))
    height, width = indices.shape
    image = QImage(indices.data, width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(qt_table(scale.map))
    return image


def levels_of(shape: tuple[int, int]) -> int:
    """The highest level: there the whole map is one tile."""
    longest = max(1, *shape)
    return max(0, math.ceil(math.log2(longest / SIZE))) if longest > SIZE else 0


def level_for(shape: tuple[int, int], pixels: float) -> int:
    """The level to draw when a token is `pixels` device pixels wide: one value per pixel."""
    if pixels <= 0:
        return levels_of(shape)
    wanted = math.ceil(math.log2(CRISP / pixels) - 1e-6) if pixels < CRISP else 0
    return min(max(0, wanted), levels_of(shape))


class TileItem(pg.GraphicsObject):
    """Draws the tiles of one map in token coordinates: x = key, y = query."""

    def __init__(self, run: Run, colours: PlotColours, most: int = CACHE_BYTES) -> None:
        super().__init__()
        self._run = run
        self._colours = colours
        self._source: TileSource | None = None
        self._pending: OrderedDict[Key, None] = OrderedDict()
        self._flying: set[Key] = set()
        self._busy = 0
        self.cache = TileCache(most)
        self.shape = (0, 0)
        self.scale = Scale(0.0, 1.0)
        self.generation = 0
        self.level = 0

    def show_source(self, source: TileSource | None, shape: tuple[int, int]) -> None:
        """Draw another map; questions about the one before are forgotten."""
        self.prepareGeometryChange()
        self.generation += 1
        self._source, self.shape = source, shape if source is not None else (0, 0)
        self._pending.clear()
        self._flying.clear()
        self.cache.clear()
        self.informViewBoundsChanged()
        self.update()

    def set_scale(self, scale: Scale) -> None:
        """Other colours for the same values; nothing is computed again."""
        if scale != self.scale:
            self.scale = scale
            self.update()

    def set_colours(self, colours: PlotColours) -> None:
        """Another theme."""
        self._colours = colours
        self.update()

    @property
    def waiting(self) -> bool:
        """Whether a tile that was asked for is still missing."""
        return bool(self._pending or self._flying)

    def value_at(self, row: int, column: int) -> float | None:
        """The value of a cell when its full-size tile is here."""
        data = self.cache.data((0, row // SIZE, column // SIZE))
        if data is None:
            return None
        y, x = row % SIZE, column % SIZE
        if y >= data.values.shape[0] or x >= data.values.shape[1] or data.masked[y, x]:
            return None
        return float(data.values[y, x])

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, 0.0, float(self.shape[1]), float(self.shape[0]))

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        rows, columns = self.shape
        if self._source is None or not rows or not columns:
            return
        whole = self.boundingRect()
        visible = self.viewRect()
        visible = whole if visible is None else visible.intersected(whole)
        if visible.isEmpty():
            return
        transform = painter.deviceTransform()
        pixels = max(abs(transform.m11()), abs(transform.m22()))
        self.level = level_for(self.shape, pixels)
        hatch(painter, visible, self._colours)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixels < CRISP)
        wanted = list(self._tiles_in(visible, self.level))
        for key in wanted:
            self._draw(painter, key)
        missing = [key for key in wanted if key not in self.cache]
        if not missing and self.level <= PREFETCHED:
            step = float(SIZE << self.level)
            around = visible.adjusted(-step, -step, step, step).intersected(whole)
            missing = [key for key in self._tiles_in(around, self.level) if key not in self.cache]
        self._ask(missing)

    def _tiles_in(self, area: QRectF, level: int) -> Iterable[Key]:
        """Tiles of a level that touch an area, from its middle outwards."""
        step = SIZE << level
        rows = range(int(area.top() // step), math.ceil(area.bottom() / step))
        columns = range(int(area.left() // step), math.ceil(area.right() / step))
        centre = area.center()
        found = [(level, row, column) for row in rows for column in columns]

        def distance(key: Key) -> float:
            _, row, column = key
            return abs((row + 0.5) * step - centre.y()) + abs((column + 0.5) * step - centre.x())

        return sorted(found, key=distance)

    def _rect(self, key: Key) -> QRectF:
        level, row, column = key
        step = SIZE << level
        area = QRectF(column * step, row * step, step, step)
        return area.intersected(self.boundingRect())

    def _draw(self, painter: QPainter, key: Key) -> None:
        """A tile, or the part of its nearest ancestor that is here."""
        target = self._rect(key)
        ancestor = key
        while True:
            image = self.cache.image(ancestor, self.scale)
            if image is not None:
                break
            level, row, column = ancestor
            if level >= levels_of(self.shape):
                return
            ancestor = (level + 1, row // 2, column // 2)
        whole = self._rect(ancestor)
        texel = float(1 << ancestor[0])
        source = QRectF(
            (target.x() - whole.x()) / texel,
            (target.y() - whole.y()) / texel,
            target.width() / texel,
            target.height() / texel,
        )
        painter.drawImage(target, image, source)

    def _ask(self, missing: list[Key]) -> None:
        """Ask for what is missing now; what is out of sight by now is not asked for any more."""
        self._pending = OrderedDict.fromkeys(key for key in missing if key not in self._flying)
        self._send()

    def _send(self) -> None:
        source = self._source
        while source is not None and self._pending and self._busy < IN_FLIGHT:
            key, _ = self._pending.popitem(last=False)
            self._flying.add(key)
            self._busy += 1
            self._run(
                partial(source, *key),
                partial(self._arrived, self.generation, key),
                partial(self._failed, self.generation, key),
            )

    def _arrived(self, generation: int, key: Key, data: TileData) -> None:
        self._busy -= 1
        if generation == self.generation:
            self._flying.discard(key)
            self.cache.put(key, data)
            self.update(self._rect(key))
        self._send()

    def _failed(self, generation: int, key: Key, error: Exception) -> None:
        """The tile is not on its way any more; the next time that it is in sight asks again."""
        self._busy -= 1
        if generation == self.generation:
            self._flying.discard(key)
            self._pending.clear()
        raise error
