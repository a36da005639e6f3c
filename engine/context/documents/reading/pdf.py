"""PDF files, through pypdf: the text of each page, and where pages begin."""

from __future__ import annotations

import io
import logging

from engine.context.documents.reading.document import Content
from engine.context.documents.reading.plain import unified
from engine.errors import DataError

log = logging.getLogger(__name__)


def read_pdf(data: bytes, name: str) -> Content:
    """The text of a PDF.

    Raises:
        DataError: It is damaged, locked, or its pages hold no text.
    """
    pages = _pages(data, name)
    blank = [number for number, text in enumerate(pages, 1) if not text.strip()]
    if len(blank) == len(pages):
        raise DataError(
            f"The PDF “{name}” holds no text: its {len(pages)} pages are pictures.",
            "Run text recognition (OCR) over it and add the result.",
        )
    starts, whole = [], ""
    for text in pages:
        starts.append(len(whole))
        whole += text.strip() + "\n\n"
    note = f"{len(blank)} of {len(pages)} pages of “{name}” hold no text." if blank else ""
    return Content(whole.rstrip(), tuple(starts), note)


def _pages(data: bytes, name: str) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _locked(name)
        return [unified(page.extract_text()) for page in reader.pages]
    except (DependencyError, FileNotDecryptedError) as error:
        raise _locked(name) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # A broken file trips a parser in many ways; what it met is kept as the detail.
        raise DataError(
            f"The PDF “{name}” is damaged.",
            "Open it in a PDF reader and save it again.",
            f"{type(error).__name__}: {error}",
        ) from error


def _locked(name: str) -> DataError:
    return DataError(
        f"The PDF “{name}” is locked by a password.", "Save a copy without the password."
    )
