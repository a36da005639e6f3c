"""Word files, through python-docx: paragraphs and tables in order, headings as Markdown's."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from engine.context.documents.reading.document import Content
from engine.context.documents.reading.plain import unified
from engine.errors import DataError

HEADING: Final = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
MOST_BYTES: Final = 1 << 30
"""Unpacked; a larger one is a trap, not a text."""


def read_docx(data: bytes, name: str) -> Content:
    """The text of a .docx file.

    Raises:
        DataError: It is damaged, or no Word file of this kind.
    """
    from docx import Document
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_BYTES:
                raise DataError(
                    f"The file “{name}” unpacks to more than 1 GB.", "Choose a smaller file."
                )
        parts = []
        for block in Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(block, Table):
                parts.append(
                    "\n".join(_row([cell.text for cell in row.cells]) for row in block.rows)
                )
                continue
            style = block.style.name if block.style is not None else ""
            parts.append(_paragraph(block.text, style or ""))
    except (OpcError, zipfile.BadZipFile, LxmlError, KeyError, ValueError) as error:
        raise DataError(
            f"The file “{name}” is no .docx that can be read.",
            "Open it in a word processor and save it as .docx again.",
            f"{type(error).__name__}: {error}",
        ) from error
    return Content(unified("\n\n".join(part for part in parts if part.strip())))


def _paragraph(text: str, style: str) -> str:
    heading = HEADING.match(style)
    if heading and text.strip():
        return f"{'#' * min(6, int(heading[1]))} {' '.join(text.split())}"
    if style == "Title" and text.strip():
        return f"# {' '.join(text.split())}"
    return text.strip()


def _row(cells: list[str]) -> str:
    """Cells of a row; one that spans several columns stands once."""
    shown: list[str] = []
    for cell in cells:
        words = " ".join(cell.split())
        if not shown or shown[-1] != words:
            shown.append(words)
    return " | ".join(shown)
