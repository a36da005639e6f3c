"""Web pages: the text that a reader sees, headings as Markdown's."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from engine.context.documents.reading.document import Content
from engine.context.documents.reading.plain import decoded, unified
from engine.errors import DataError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

UNSEEN: Final = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe"})
BLOCKS: Final = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer "
    "form header hr li main nav ol p pre section summary table tr ul".split()
)
CELLS: Final = frozenset({"td", "th"})
CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
SEARCHED: Final = 4096
DEEPEST: Final = 400
"""Elements inside elements that are followed; real pages stay far below."""


def read_html(data: bytes, name: str) -> Content:
    """The visible text of a page.

    Raises:
        DataError: It cannot be decoded, or holds no page.
    """
    from lxml import etree, html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _decoded(data, name))
    try:
        root = html.document_fromstring(text)
    except (etree.LxmlError, ValueError) as error:
        raise DataError(
            f"The file “{name}” holds no page.", "Choose another file.", str(error)
        ) from error
    pieces: list[str] = []
    title = root.findtext(".//title")
    if title and title.strip() and root.find(".//h1") is None:
        pieces.append(f"# {' '.join(title.split())}\n\n")
    _walk(root, pieces)
    return Content(_tidied("".join(pieces)))


def _decoded(data: bytes, name: str) -> str:
    """By the encoding that the page declares, or as a text file."""
    declared = CHARSET.search(data[:SEARCHED])
    if declared and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE)):
        encoding = declared[1].decode("ascii").lower()
        # Pages that say gb2312 use characters of its successors.
        encoding = "gb18030" if encoding in ("gb2312", "gbk") else encoding
        try:
            return unified(data.decode(encoding))
        except (LookupError, UnicodeDecodeError):
            return unified(decoded(data, name))
    return unified(decoded(data, name))


def _walk(node: HtmlElement, pieces: list[str], depth: int = 0) -> None:
    """Adds the text of an element and of everything in it."""
    tag = node.tag
    if not isinstance(tag, str) or tag in UNSEEN or depth > DEEPEST:  # comments have no name
        return
    heading = re.fullmatch(r"h([1-6])", tag)
    if heading:
        words = " ".join(node.text_content().split())
        pieces.append(f"\n\n{'#' * int(heading[1])} {words}\n\n" if words else "")
        return
    if tag == "br":
        pieces.append("\n")
    elif tag in BLOCKS:
        pieces.append("\n\n- " if tag == "li" else "\n" if tag == "tr" else "\n\n")
    pieces.append(_words(node.text, tag))
    for child in node:
        _walk(child, pieces, depth + 1)
        pieces.append(_words(child.tail, tag))
    if tag in CELLS:
        pieces.append(" | ")
    elif tag in BLOCKS:
        pieces.append("\n" if tag == "tr" else "\n\n")


def _words(text: str | None, tag: str) -> str:
    """A text with its blanks as a page shows them."""
    return (text or "") if tag == "pre" else re.sub(r"\s+", " ", text or "")


def _tidied(text: str) -> str:
    """Without blanks at line ends and without more than one blank line."""
    lines = [line.strip().removesuffix("|").rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
