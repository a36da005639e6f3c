"""Documents that are no files: pasted texts, their names, and how much of them a session keeps."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Final

from engine.context.documents_spec import DocumentText

KEPT_CHARS: Final = 20_000
"""Characters of pasted texts, together, that the session file keeps: it is read at the start and
written again and again; what is longer belongs in a file."""


def with_text(texts: tuple[DocumentText, ...], name: str, text: str) -> tuple[DocumentText, ...]:
    """The texts with one more; a name that is taken gets a number."""
    names = {one.name for one in texts}
    numbered = (f"{name} {number}" for number in count(2))
    free = name if name not in names else next(one for one in numbered if one not in names)
    return (*texts, DocumentText(free, text.strip()))


def kept_texts(texts: Iterable[DocumentText]) -> tuple[DocumentText, ...]:
    """Those that the session file keeps: in order, while `KEPT_CHARS` has room for them."""
    kept, room = [], KEPT_CHARS
    for one in texts:
        if len(one.text) <= room:
            kept.append(one)
            room -= len(one.text)
    return tuple(kept)
