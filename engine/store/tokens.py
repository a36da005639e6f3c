"""Token records as one compact blob: about 25 bytes a token with its five candidates.

Numbers are little-endian arrays (int32 ids, float32 log-probabilities and entropies, which is
what a float32 model computes); texts are stored once each and referred to by number. The whole
is msgpack, deflated.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import numpy as np

from engine.decoding.records import Candidate, TokenRecord
from engine.errors import StoreError

FORMAT = 1


class _Packed(msgspec.Struct, array_like=True):
    """The blob's fields, in order. n tokens, c candidates over all tokens."""

    format: int
    texts: list[str]
    ids: bytes  # int32 [n]
    text_of: bytes  # int32 [n], index into texts
    logprobs: bytes  # float32 [n]
    entropies: bytes  # float32 [n]
    top_counts: bytes  # uint8 [n]
    top_ids: bytes  # int32 [c]
    top_text_of: bytes  # int32 [c]
    top_logprobs: bytes  # float32 [c]


def pack(records: Sequence[TokenRecord]) -> bytes:
    """The records as a blob."""
    numbers: dict[str, int] = {}

    def number(text: str) -> int:
        return numbers.setdefault(text, len(numbers))

    candidates = [candidate for record in records for candidate in record.top]
    packed = _Packed(
        format=FORMAT,
        ids=_ints([record.id for record in records]),
        text_of=_ints([number(record.text) for record in records]),
        logprobs=_floats([record.logprob for record in records]),
        entropies=_floats([record.entropy for record in records]),
        top_counts=np.array([len(record.top) for record in records], dtype="u1").tobytes(),
        top_ids=_ints([candidate.id for candidate in candidates]),
        top_text_of=_ints([number(candidate.text) for candidate in candidates]),
        top_logprobs=_floats([candidate.logprob for candidate in candidates]),
        texts=list(numbers),
    )
    return zlib.compress(msgspec.msgpack.encode(packed), level=6)


def unpack(blob: bytes) -> tuple[TokenRecord, ...]:
    """The records of a blob.

    Raises:
        StoreError: The blob is damaged or of a newer format.
    """
    try:
        packed = msgspec.msgpack.decode(zlib.decompress(blob), type=_Packed)
    except (zlib.error, msgspec.DecodeError) as error:
        raise StoreError(
            "The tokens of a stored answer cannot be read.",
            "The answer's text is still there; run the cell again for its tokens.",
            detail=str(error),
        ) from error
    texts = packed.texts
    top = [
        Candidate(token, texts[text], logprob)
        for token, text, logprob in zip(
            _numbers(packed.top_ids, "<i4"),
            _numbers(packed.top_text_of, "<i4"),
            _numbers(packed.top_logprobs, "<f4"),
            strict=True,
        )
    ]
    records = []
    end = 0
    for token, text, logprob, entropy, count in zip(
        _numbers(packed.ids, "<i4"),
        _numbers(packed.text_of, "<i4"),
        _numbers(packed.logprobs, "<f4"),
        _numbers(packed.entropies, "<f4"),
        _numbers(packed.top_counts, "u1"),
        strict=True,
    ):
        start, end = end, end + int(count)
        records.append(TokenRecord(token, texts[text], logprob, entropy, tuple(top[start:end])))
    return tuple(records)


def _numbers(data: bytes, dtype: str) -> list[Any]:
    """An array's elements as Python numbers."""
    return cast(list[Any], np.frombuffer(data, dtype=dtype).tolist())


def _ints(values: list[int]) -> bytes:
    return np.array(values, dtype="<i4").tobytes()


def _floats(values: list[float]) -> bytes:
    return np.array(values, dtype="<f4").tobytes()
