"""A document as it was read: one text, whatever its file was."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Content:
    """What a reader of one kind of file gives.

    Attributes:
        text: With ``\\n`` at line ends; headings stand as Markdown's (``## …``) where the kind of
            file knows them.
        pages: Where each page of a PDF begins, in characters; else empty.
        note: What is worth knowing, in a sentence; empty = nothing.
    """

    text: str
    pages: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        name: Of the file.
        path: Where it is; empty for a text that is no file.
        sha: SHA-256 of its bytes.
        content: Its text.
    """

    name: str
    path: str
    sha: str
    content: Content

    @property
    def text(self) -> str:
        return self.content.text

    def page_of(self, character: int) -> int:
        """The page on which a character stands, counted from 1; 0 = it has no pages."""
        return bisect_right(self.content.pages, character)
