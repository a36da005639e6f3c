"""Any document by its name, with an error that says what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.context.documents.reading.document import Content, Document
from engine.context.documents.reading.docx import read_docx
from engine.context.documents.reading.html import read_html
from engine.context.documents.reading.pdf import read_pdf
from engine.context.documents.reading.plain import read_plain, unified
from engine.errors import DataError
from engine.prompting.encoding import cannot_read

READERS: Final[dict[str, Callable[[bytes, str], Content]]] = {
    ".txt": read_plain,
    ".md": read_plain,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
REFUSED: Final = frozenset({".doc", ".odt", ".rtf", ".epub", ".ppt", ".pptx", ".xls", ".xlsx"})


Known = Callable[[str, Callable[[], Content]], Content]
"""Gives the content of a file with this SHA-256: a kept one, or the one it makes."""


def _anew(_sha: str, make: Callable[[], Content]) -> Content:
    return make()


def read_document(path: Path, known: Known = _anew) -> Document:
    """Read a file by the ending of its name; an unknown ending is read as text.

    Args:
        path: The file.
        known: Asked before the file is taken apart.

    Raises:
        DataError: It is missing, empty, damaged, locked, in an unknown encoding, or of a kind
            that cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise cannot_read(path, error) from error
    suffix = path.suffix.lower()
    if suffix in REFUSED:
        raise DataError(
            f"Files like “{path.name}” cannot be read.",
            "Save it as .docx, .pdf, .html, .md or .txt.",
        )
    if not data.strip():
        raise _empty(path.name)
    reader = READERS.get(suffix, read_plain)
    sha = hashlib.sha256(data).hexdigest()
    content = known(f"{sha}{suffix}", lambda: reader(data, path.name))
    if not content.text.strip():
        raise _empty(path.name)
    return Document(path.name, str(path), sha, content)


def text_document(name: str, text: str) -> Document:
    """A text that is no file, as a document.

    Raises:
        DataError: It is empty.
    """
    if not text.strip():
        raise _empty(name)
    sha = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(name, "", sha, Content(unified(text)))


def _empty(name: str) -> DataError:
    return DataError(f"The document “{name}” is empty.", "Choose one with a text.")
