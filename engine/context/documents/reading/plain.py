"""Text files: UTF-8, UTF-16 with its mark, or GB18030."""

from __future__ import annotations

import codecs

from engine.context.documents.reading.document import Content
from engine.errors import DataError
from engine.prompting.encoding import decode_text

MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_plain(data: bytes, name: str) -> Content:
    """The text of a .txt or .md file.

    Raises:
        DataError: It is binary, or in an unknown encoding.
    """
    return Content(unified(decoded(data, name)))


def decoded(data: bytes, name: str) -> str:
    """Bytes as text.

    Raises:
        DataError: They are no text, or in an unknown encoding; names the line.
    """
    if b"\x00" in data and not data.startswith(MARKS):
        raise DataError(
            f"The file “{name}” is no text: it holds zero bytes.",
            "Choose a .txt, .md, .html, .pdf or .docx file.",
        )
    try:
        return decode_text(data, name)
    except DataError as error:
        raise DataError(error.message, "Save it as UTF-8 and add it again.") from error


def unified(text: str) -> str:
    """Line ends as ``\\n``, without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
