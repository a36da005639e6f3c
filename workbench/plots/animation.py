"""Moving pictures: frames drawn on any thread, written as a GIF (GIF89a, LZW)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

Pixels = NDArray[np.uint8]
Draw = Callable[[QPainter, float], None]
COLOURS: Final = 255
"""Of a palette; one more index means “as in the frame before”."""
SAME: Final = 255
BITS: Final = 5
BLOCK: Final = 255
LAST_CODE: Final = 4096


def draw_frames(
    draw: Draw, count: int, size: QSize, ground: QColor, ratio: float = 1.0
) -> list[Pixels]:
    """Pictures of an animation that ends where it begins.

    Args:
        draw: Paints the frame at a share 0…1 of the way; must work on any thread.
        count: Frames.
        size: In logical pixels.
        ground: Behind the drawing.
        ratio: Device pixels per logical pixel.

    Returns:
        `count` arrays of red, green, blue, ``[height, width, 3]``.
    """
    frames = []
    for number in range(count):
        image = QImage(size * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(ground)
        painter = QPainter(image)
        draw(painter, number / count)
        painter.end()
        frames.append(_pixels(image))
    return frames


def gif(frames: Iterable[Pixels], delay_ms: int = 40) -> bytes:
    """An endless GIF; of each frame only the rectangle that changed is written.

    Args:
        frames: Red, green, blue, uint8 ``[height, width, 3]``, all of one size, at least one.
        delay_ms: Time of a frame, in steps of 10 ms.

    Raises:
        ValueError: There is no frame, or they differ in size.
    """
    pictures = list(frames)
    if not pictures or len({one.shape for one in pictures}) != 1:
        raise ValueError("frames of one size are needed")
    high, wide = pictures[0].shape[:2]
    table, lookup = _palette(pictures)
    out = bytearray(b"GIF89a")
    out += struct.pack("<HHBBB", wide, high, 0xF7, 0, 0) + table.tobytes()
    out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    before: Pixels | None = None
    for picture in pictures:
        indices = _indexed(picture, lookup)
        out += _frame(indices, before, max(2, round(delay_ms / 10)))
        before = indices
    out += b"\x3b"
    return bytes(out)


def _frame(indices: Pixels, before: Pixels | None, delay: int) -> bytes:
    """One picture: its control block, its place, its compressed pixels."""
    top, left, bottom, right = 0, 0, *indices.shape
    shown = indices
    if before is not None:
        changed = indices != before
        rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
        if len(rows):
            top, bottom = int(rows[0]), int(rows[-1]) + 1
            left, right = int(columns[0]), int(columns[-1]) + 1
        else:
            bottom, right = 1, 1
        shown = np.where(changed, indices, SAME).astype(np.uint8)[top:bottom, left:right]
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 0x05, delay, SAME, 0)
    place = struct.pack("<BHHHHB", 0x2C, left, top, right - left, bottom - top, 0)
    packed = lzw(shown.tobytes())
    blocks = b"".join(
        bytes([len(packed[at : at + BLOCK])]) + packed[at : at + BLOCK]
        for at in range(0, len(packed), BLOCK)
    )
    return control + place + b"\x08" + blocks + b"\x00"


def lzw(data: bytes, bits: int = 8) -> bytes:
    """Variable-width LZW as in GIF (CompuServe 1990, appendix F), codes least bit first."""
    clear, end = 1 << bits, (1 << bits) + 1
    known: dict[tuple[int, int], int] = {}
    width, following = bits + 1, end + 1
    held, count = clear, width
    out = bytearray()
    prefix = -1
    for value in data:
        if prefix < 0:
            prefix = value
            continue
        longer = known.get((prefix, value))
        if longer is not None:
            prefix = longer
            continue
        held |= prefix << count
        count += width
        if following == LAST_CODE:
            held |= clear << count
            count += width
            known, width, following = {}, bits + 1, end + 1
        else:
            if following == 1 << width:
                width += 1
            known[(prefix, value)] = following
            following += 1
        prefix = value
        if count >= 64:
            whole = count // 8
            out += (held & ((1 << (8 * whole)) - 1)).to_bytes(whole, "little")
            held >>= 8 * whole
            count -= 8 * whole
    if prefix >= 0:
        held |= prefix << count
        count += width
        if following == 1 << width and width < 12:
            width += 1
    held |= end << count
    count += width
    return bytes(out) + held.to_bytes((count + 7) // 8, "little")


def _palette(pictures: list[Pixels]) -> tuple[Pixels, Pixels]:
    """The most frequent colours of all frames, and the nearest of them for every colour.

    Returns:
        Red, green, blue of 256 entries, ``[256, 3]``, and an index per colour of `BITS` bits a
        channel, ``[2**(3·BITS)]``.
    """
    counts = np.zeros(1 << 3 * BITS, np.int64)
    sums = np.zeros((1 << 3 * BITS, 3), np.float64)
    for picture in pictures:
        keys = _keys(picture).ravel()
        counts += np.bincount(keys, minlength=len(counts))
        for channel in range(3):
            weights = picture[..., channel].ravel()
            sums[:, channel] += np.bincount(keys, weights, minlength=len(counts))
    used = np.flatnonzero(counts)
    means = sums[used] / counts[used, None]
    kept = _chosen(means, counts[used])
    table = np.zeros((256, 3), np.uint8)
    table[: len(kept)] = np.round(means[kept]).astype(np.uint8)
    away = ((means[:, None, :] - means[None, kept, :]) ** 2).sum(-1)
    lookup = np.zeros(len(counts), np.uint8)
    lookup[used] = away.argmin(1)
    return table, lookup


def _chosen(means: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.intp]:
    """The most frequent colours, then again and again the one that is missed most."""
    order = np.argsort(-counts, kind="stable")
    if len(order) <= COLOURS:
        return order
    kept = list(order[: COLOURS // 4])
    away = ((means[:, None, :] - means[None, kept, :]) ** 2).sum(-1).min(1)
    while len(kept) < COLOURS:
        missed = int(np.argmax(away * np.sqrt(counts)))
        kept.append(missed)
        away = np.minimum(away, ((means - means[missed]) ** 2).sum(-1))
    return np.asarray(kept)


def _keys(picture: Pixels) -> NDArray[np.int64]:
    """A colour as one number of 3 · `BITS` bits."""
    parts = (picture >> (8 - BITS)).astype(np.int64)
    keys: NDArray[np.int64] = (parts[..., 0] << 2 * BITS) | (parts[..., 1] << BITS) | parts[..., 2]
    return keys


def _indexed(picture: Pixels, lookup: Pixels) -> Pixels:
    found: Pixels = lookup[_keys(picture)]
    return found


def _pixels(image: QImage) -> Pixels:
    """Red, green, blue of a picture, ``[height, width, 3]``."""
    high, wide = image.height(), image.width()
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(high, image.bytesPerLine() // 4, 4)
    return np.ascontiguousarray(raw[:, :wide, 2::-1])
