"""How fast the maps of attention are drawn: the atlas of 1,024 heads, and panning over 4,096².

Everything is drawn for real, offscreen, by the widgets of the page; tiles come from random queries
and keys through the same functions. The figures are medians of frames, with the best beside them:
on a loaded machine the median waits for others.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from workbench.bench.window import figures_of_window

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from workbench.plots.theme import PlotTheme

LAYERS: Final = 32
HEADS: Final = 32
TOKENS: Final = 4096
FRAMES: Final = 40
SIZE: Final = (900, 700)


def run(n: int = FRAMES, progress: Callable[[str], None] | None = None) -> dict[str, object]:
    """Measure `n` frames of each in a process of its own.

    Returns:
        ``atlas_ms``: 32 × 32 heads from new bytes to pixels; ``pan_ms``: one frame of a map of
        4,096² that is being moved, its tiles kept; both as medians, with ``…_best_ms``.
    """
    if progress is not None:
        progress("drawing the atlas and panning the map")
    return figures_of_window("workbench.bench.attention", str(n))


def _frames(widget: QWidget, change: Callable[[int], None], count: int) -> list[float]:
    """Milliseconds from a change to the pixels."""
    found = []
    for number in range(count):
        started = time.perf_counter()
        change(number)
        widget.grab()
        found.append((time.perf_counter() - started) * 1000)
    return found


def measure_atlas(theme: PlotTheme, count: int) -> list[float]:
    """Frames of the atlas, each with other bytes."""
    from workbench.plots.head_atlas import HeadAtlas
    from workbench.viewmodels.attention_heads import HeadAt

    atlas = HeadAtlas(theme)
    atlas.resize(*SIZE)
    atlas.show()
    random = np.random.default_rng(0)
    heads = [HeadAt(layer, head) for layer in range(LAYERS) for head in range(HEADS)]
    pictures = [
        np.tril(random.integers(1, 256, (LAYERS * HEADS, 64, 64), dtype=np.uint8)) for _ in range(2)
    ]
    atlas.show_heads(heads, pictures[0], HEADS)
    atlas.grab()

    def change(number: int) -> None:
        atlas.show_heads(heads, pictures[number % 2], HEADS)

    return _frames(atlas, change, count)


def measure_pan(theme: PlotTheme, count: int) -> list[float]:
    """Frames of a map that is moved; every tile in reach is there before."""
    from engine.inspection.capture import LayerCapture, Mask
    from workbench.plots.colour_maps import Scale
    from workbench.plots.tiled_map import TiledMap
    from workbench.viewmodels.attention_tiles import TileData, head_tile

    random = np.random.default_rng(0)
    q, k = (random.normal(size=(1, TOKENS, 64)).astype(np.float32) for _ in range(2))
    layer = LayerCapture(
        "bench", 0, "self", q, k, np.zeros((1, TOKENS), np.float32), 0.125, Mask("causal")
    )
    waiting: list[tuple[Callable[[], TileData], Callable[[TileData], None]]] = []

    def later(
        work: Callable[[], TileData],
        done: Callable[[TileData], None],
        _failed: Callable[[Exception], None],
    ) -> None:
        waiting.append((work, done))

    view = TiledMap(theme, later)
    view.resize(*SIZE)
    view.show()
    labels = [f"t{number}" for number in range(TOKENS)]
    view.show_map(partial(head_tile, layer, 0, "mask"), (TOKENS, TOKENS), labels, labels)
    view.set_scale(Scale(-3.0, 3.0))
    view.box.setRange(xRange=(600, 1600), yRange=(2000, 3000), padding=0)

    def change(number: int) -> None:
        view.box.translateBy(x=12.0 if number % 20 < 10 else -12.0, y=9.0)

    def settle() -> None:
        for step in range(count):
            change(step)
            view.grab()
            while waiting:
                work, done = waiting.pop(0)
                done(work())
        view.box.setRange(xRange=(600, 1600), yRange=(2000, 3000), padding=0)
        view.grab()

    settle()
    return _frames(view, change, count)


def main(count: int) -> None:
    """Measure in this process and print JSON."""
    from PySide6.QtWidgets import QApplication

    from workbench.plots.theme import PlotTheme
    from workbench.services.theme import Theme

    app = QApplication([])
    theme = Theme(app, Path(__file__).resolve().parents[2] / "resources")
    theme.apply("light")
    plots = PlotTheme(theme)
    figures: dict[str, object] = {"frames": count}
    for name, measure in (("atlas", measure_atlas), ("pan", measure_pan)):
        found = measure(plots, count)
        figures[f"{name}_ms"] = round(statistics.median(found), 2)
        figures[f"{name}_best_ms"] = round(min(found), 2)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES)
