"""Which encoding a text file is in: UTF-8, UTF-16 with its mark, or GB18030."""

from __future__ import annotations

import codecs
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import DataError

CHINESE_SHARE: Final = 0.9
PIECE: Final = 1 << 20
SAVE_AS_UTF8: Final = "Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import it again."


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text.

    Attributes:
        name: ``"utf-8"``, ``"utf-8-sig"`` (with its mark), ``"utf-16"`` or ``"gb18030"``.
        sha256: Of all its bytes.
    """

    name: str
    sha256: str


def encoding_of(path: Path) -> Encoding:
    """A file's encoding and checksum, read in pieces so that a large one needs no memory.

    Raises:
        DataError: The file is missing or in an unknown encoding.
    """

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    try:
        name = _encoding(pieces, path.name)
        checksum = hashlib.sha256()
        for piece in pieces():
            checksum.update(piece)
    except OSError as error:
        raise cannot_read(path, error) from error
    return Encoding(name, checksum.hexdigest())


def cannot_read(path: Path, error: OSError) -> DataError:
    """The error for a file that cannot be opened."""
    return DataError(
        f"The file “{path.name}” cannot be read: {error.strerror or error}.",
        "Choose a file that exists and that you may read.",
    )


def decode_text(data: bytes, name: str) -> str:
    """Bytes as text: UTF-8 (with or without mark), UTF-16 with its mark, or GB18030.

    GB18030 would also decode much of Western 8-bit text into rare characters, so it is accepted
    only when nearly all of the result are everyday Chinese ones.

    Raises:
        DataError: None of these; names the line.
    """
    return data.decode(_encoding(lambda: iter((data,)), name))


def _encoding(pieces: Callable[[], Iterator[bytes]], name: str) -> str:
    """Which encoding reads all the pieces; `decode_text` tells the rules."""
    first = next(pieces(), b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            for _ in _refuse_zeros(_decoded(pieces(), "utf-16"), name):
                pass
        except UnicodeDecodeError as error:
            raise DataError(
                f"The file “{name}” is damaged: its utf-16 text ends in the middle.", SAVE_AS_UTF8
            ) from error
        return "utf-16"
    line = 1
    try:
        for text in _refuse_zeros(_decoded(pieces(), "utf-8"), name):
            line += text.count("\n")
    except UnicodeDecodeError as error:
        line += error.object.count(b"\n", 0, error.start)
        if _is_chinese(pieces()):
            return "gb18030"
        raise DataError(
            f"The file “{name}” is neither UTF-8 nor GB18030; line {line} cannot be read.",
            SAVE_AS_UTF8,
        ) from error
    return "utf-8-sig" if first.startswith(codecs.BOM_UTF8) else "utf-8"


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", True)


def _refuse_zeros(texts: Iterable[str], name: str) -> Iterator[str]:
    """The texts themselves; raises where one holds a zero byte."""
    line = 1
    for text in texts:
        if "\x00" in text:
            line += text.count("\n", 0, text.index("\x00"))
            raise DataError(
                f"The file “{name}” is no text file; line {line} holds a zero byte.",
                "Export the table as CSV or JSON lines.",
            )
        line += text.count("\n")
        yield text


def _is_chinese(pieces: Iterable[bytes]) -> bool:
    """Whether the bytes are GB18030 that reads like Chinese."""
    foreign: Counter[str] = Counter()
    try:
        for text in _decoded(pieces, "gb18030"):
            foreign.update(character for character in text if ord(character) > 127)
    except UnicodeDecodeError:
        return False
    usual = sum(count for character, count in foreign.items() if _in_gb2312(character))
    return usual >= CHINESE_SHARE * foreign.total()


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
