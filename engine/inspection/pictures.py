"""A map as a PNG or SVG file without a window: the standard library alone.

Colours are cividis (Nuñez, Anderton & Renslow 2018), which keeps its order of lightness under
red-green blindness; index 0 is the grey of what the mask hides.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

ANCHORS: Final = (
    "00204d 002b67 00356e 28406c 3d4a6b 4d556c 5b606e 696b71 767676 848179 928d78 a19976 "
    "b1a573 c1b26d d1bf66 e2cd5c f3db4f ffea46"
)
HIDDEN: Final = (0xD9, 0xD9, 0xD9)
SMALLEST_SIDE: Final = 512
LABELLED: Final = 96
CELL: Final = 14  # SVG units


def colours() -> Bytes:
    """256 colours, uint8 ``[256, 3]``: grey for 0, cividis from 1 to 255."""
    anchors = np.array([list(bytes.fromhex(one)) for one in ANCHORS.split()], np.float64)
    at = np.linspace(0, 254, len(anchors))
    table = np.empty((256, 3), np.uint8)
    table[0] = HIDDEN
    for channel in range(3):
        shades = np.interp(np.arange(255), at, anchors[:, channel])
        table[1:, channel] = np.round(shades).astype(np.uint8)
    return table


def png(indices: Bytes, smallest: int = SMALLEST_SIDE) -> bytes:
    """An indexed PNG (ISO/IEC 15948).

    Args:
        indices: Into `colours`, ``[rows, columns]``.
        smallest: Pixels are repeated until the longer side has as many.
    """
    factor = max(1, smallest // max(indices.shape))
    large = np.repeat(np.repeat(indices, factor, axis=0), factor, axis=1)
    height, width = large.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = large
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", colours().tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def svg(
    indices: Bytes, rows: Sequence[str], cols: Sequence[str], title: str, legend: str = ""
) -> str:
    """The map with its tokens as text.

    Args:
        indices: Into `colours`, ``[rows, columns]``.
        rows, cols: Labels of queries and keys, drawn up to `LABELLED` of them.
        title: Above the map.
        legend: Below it.
    """
    height, width = indices.shape
    named = max(height, width) <= LABELLED and len(rows) == height and len(cols) == width
    cell = CELL if named else max(1.0, 720 / max(height, width))
    left = 24 + (8 * max((len(one) for one in rows), default=0) if named else 0)
    top = 40 + (8 * max((len(one) for one in cols), default=0) if named else 0)
    wide, high = left + width * cell + 16, top + height * cell + 40
    picture = base64.b64encode(png(indices, smallest=1)).decode()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" font-family="sans-serif" font-size="11">',
        f'<text x="{left}" y="20" font-size="13">{escape(title)}</text>',
        f'<image x="{left}" y="{top}" width="{width * cell:.2f}" height="{height * cell:.2f}" '
        f'preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{picture}"/>',
    ]
    if named:
        for at, token in enumerate(rows):
            y = top + (at + 0.75) * cell
            parts.append(
                f'<text x="{left - 4}" y="{y:.1f}" text-anchor="end">{escape(_shown(token))}</text>'
            )
        for at, token in enumerate(cols):
            x = left + (at + 0.75) * cell
            parts.append(
                f'<text transform="translate({x:.1f},{top - 4}) rotate(-90)">'
                f"{escape(_shown(token))}</text>"
            )
    parts.append(f'<text x="{left}" y="{high - 14:.1f}">{escape(legend)}</text>')
    return "\n".join((*parts, "</svg>\n"))


def grid(pictures: Bytes, gap: int = 2) -> Bytes:
    """Small pictures ``[rows, columns, height, width]`` as one map, with gaps of index 0."""
    rows, cols, height, width = pictures.shape
    out = np.zeros((rows * (height + gap) - gap, cols * (width + gap) - gap), np.uint8)
    for r in range(rows):
        for c in range(cols):
            y, x = r * (height + gap), c * (width + gap)
            out[y : y + height, x : x + width] = pictures[r, c]
    return out


def _shown(token: str) -> str:
    return token.replace("\n", "⏎").replace(" ", "·") or "∅"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
