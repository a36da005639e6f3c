"""Texts that were sent to a model, once each: samples and columns that share one refer to it."""

from __future__ import annotations

import sqlite3
import zlib
from hashlib import blake2b

import msgspec
import numpy as np

from engine.evaluation.spec import SentPart

Sent = tuple[tuple[SentPart, ...], tuple[int, ...]]


def write_sent(
    connection: sqlite3.Connection, parts: tuple[SentPart, ...], ids: tuple[int, ...]
) -> int | None:
    """The number of a text and its token ids; None when nothing was sent."""
    if not parts and not ids:
        return None
    content = msgspec.msgpack.encode((parts, np.array(ids, dtype="<i4").tobytes()))
    sha = blake2b(content, digest_size=16).digest()
    known = connection.execute("SELECT id FROM sent WHERE sha=?", (sha,)).fetchone()
    if known is not None:
        return int(known[0])
    packed = zlib.compress(content, level=1)
    made = connection.execute("INSERT INTO sent(sha, content) VALUES (?,?)", (sha, packed))
    return made.lastrowid


def read_sent(content: bytes | None) -> Sent:
    """The parts and token ids of a `sent.content`."""
    if content is None:
        return (), ()
    parts, ids = msgspec.msgpack.decode(
        zlib.decompress(content), type=tuple[tuple[SentPart, ...], bytes]
    )
    return parts, tuple(np.frombuffer(ids, dtype="<i4").tolist())
