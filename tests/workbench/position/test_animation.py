"""The GIF writer, read back by a decoder written out here and by Qt's own reader if it is there."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QColor, QImageReader, QPainter

from workbench.plots.animation import draw_frames, gif, lzw


def unpack(data: bytes, bits: int) -> bytes:
    """LZW by the book: a table of strings, one code at a time."""
    clear, end = 1 << bits, (1 << bits) + 1
    stream = int.from_bytes(data, "little")
    table: list[bytes] = []
    width, last, out, at = bits + 1, b"", bytearray(), 0
    while True:
        code = stream >> at & (1 << width) - 1
        at += width
        if code == clear:
            table = [bytes([n]) for n in range(clear)] + [b"", b""]
            width, last = bits + 1, b""
            continue
        if code == end:
            assert at <= 8 * len(data) < at + 8, "nothing follows the end"
            return bytes(out)
        entry = table[code] if code < len(table) else last + last[:1]
        if last and len(table) < 4096:
            table.append(last + entry[:1])
        out += entry
        last = entry
        width = min(12, max(bits + 1, len(table).bit_length()))


def decode(data: bytes) -> tuple[list[np.ndarray], list[int]]:
    """Every frame as red, green, blue, and its delay in hundredths of a second."""
    assert data[:6] == b"GIF89a"
    wide, high, flags = struct.unpack_from("<HHB", data, 6)
    colours = 2 << (flags & 7)
    table = np.frombuffer(data, np.uint8, 3 * colours, 13).reshape(colours, 3)
    at = 13 + 3 * colours
    canvas = np.zeros((high, wide, 3), np.uint8)
    frames, delays, clear = [], [], -1
    while data[at] != 0x3B:
        if data[at] == 0x21:
            if data[at + 1] == 0xF9:
                assert data[at + 3] & 1
                delays.append(struct.unpack_from("<H", data, at + 4)[0])
                clear = data[at + 6]
            at += 2
            while data[at]:
                at += 1 + data[at]
            at += 1
            continue
        assert data[at] == 0x2C
        x, y, w, h = struct.unpack_from("<HHHH", data, at + 1)
        bits, at = data[at + 10], at + 11
        packed = bytearray()
        while data[at]:
            packed += data[at + 1 : at + 1 + data[at]]
            at += 1 + data[at]
        at += 1
        part = np.frombuffer(unpack(bytes(packed), bits), np.uint8).reshape(h, w)
        seen = part != clear
        canvas[y : y + h, x : x + w][seen] = table[part[seen]]
        frames.append(canvas.copy())
    return frames, delays


@pytest.mark.parametrize("length", [1, 2, 255, 3000, 20_000])
@pytest.mark.parametrize("kind", ["noise", "flat", "text"])
def test_every_packed_text_unpacks(length, kind):
    rng = np.random.default_rng(length)
    data = {
        "noise": rng.integers(0, 256, length, np.uint8).tobytes(),
        "flat": bytes(length),
        "text": (b"abracadabra " * length)[:length],
    }[kind]
    assert unpack(lzw(data), 8) == data
    if kind == "flat" and length > 1000:
        assert len(lzw(data)) < length / 20


def test_frames_come_back_as_they_were():
    colours = np.array([[0, 0, 0], [255, 0, 0], [8, 160, 64], [248, 248, 248]], np.uint8)
    rng = np.random.default_rng(0)
    first = colours[rng.integers(0, 4, (21, 33))]
    second = first.copy()
    second[5:9, 7:20] = colours[1]
    data = gif([first, second, second], delay_ms=50)
    frames, delays = decode(data)
    assert delays == [5, 5, 5]
    for frame, wanted in zip(frames, (first, second, second), strict=True):
        np.testing.assert_array_equal(frame, wanted)
    assert b"NETSCAPE2.0" in data


def test_many_colours_stay_close():
    ramp = np.zeros((64, 128, 3), np.uint8)
    ramp[..., 0] = np.arange(128) * 2
    ramp[..., 1] = np.arange(64)[:, None] * 4
    (frame,), _ = decode(gif([ramp]))
    assert np.abs(frame.astype(int) - ramp).mean() < 8


def test_frames_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match="one size"):
        gif([np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)])
    with pytest.raises(ValueError, match="one size"):
        gif([])


def test_drawn_frames_show_what_was_drawn(qapp):
    def draw(painter: QPainter, share: float) -> None:
        painter.fillRect(round(share * 40), 0, 10, 10, QColor("#c00000"))

    frames = draw_frames(draw, 4, QSize(40, 10), QColor("#ffffff"))
    assert [frame.shape for frame in frames] == [(10, 40, 3)] * 4
    for number, frame in enumerate(frames):
        assert frame[5, 10 * number + 5].tolist() == [0xC0, 0, 0]
        assert frame[5, (10 * number + 15) % 40].tolist() == [255, 255, 255]
    buffer = QBuffer()
    buffer.setData(QByteArray(gif(frames, delay_ms=40)))
    reader = QImageReader(buffer)
    if QByteArray(b"gif") in QImageReader.supportedImageFormats():
        assert reader.imageCount() == 4
        picture = reader.read()
        assert picture.size() == QSize(40, 10)
        assert picture.pixelColor(5, 5) == QColor("#c00000")
