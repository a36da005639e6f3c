"""One form for answers that mean the same: ``18``, ``$18``, ``18.00``, ``１８``, ``18.``.

Votes split and matches fail when the same number is written in several ways, so numbers are
compared as `Decimal` and words without case, width, quotes and closing punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_WIDE = "０１２３４５６７８９，．－＋＄￥％＃（）：＝"
_NARROW = "0123456789,.-+$¥%#():="
_TO_NARROW = str.maketrans(_WIDE + "−", _NARROW + "-")

NUMBER = r"(?<![0-9A-Za-z_.])[-+]?[$€£¥]?\s?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
"""A number in narrow text; a sign counts only where no word or number stands before it."""

_NUMBER_AT_START = re.compile(
    r"\s*([-+]?)\s?[$€£¥]?\s?(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?(?!\.?\d)"
)
_WRAPPED = (
    re.compile(r"^\\boxed\{(.*)\}$", re.DOTALL),
    re.compile(r"^\\text\{(.*)\}$", re.DOTALL),
    re.compile(r"^\$(?!\d)(.*)\$$", re.DOTALL),
)
_EDGE = " \t\r\n\"'`*_“”‘’「」『』《》"
_CLOSING = ".。!！;；,，、"


def narrow(text: str) -> str:
    """Full-width digits and signs as ASCII, character for character, so that spans hold."""
    return text.translate(_TO_NARROW)


def bare(text: str) -> str:
    """`text` without the quotes, emphasis, LaTeX boxes and closing punctuation around it."""
    previous = None
    while previous != text:
        previous = text
        text = text.strip(_EDGE)
        text = text.rstrip(_CLOSING)
        for pattern in _WRAPPED:
            if match := pattern.match(text):
                text = match.group(1)
    return text


def number(text: str) -> Decimal | None:
    """The number that `text` starts with (a unit may follow), or None.

    ``"1,800 apples"`` is 1800; ``"18/3"``, ``"3rd"`` and the key ``"0042"`` are none.
    """
    match = _NUMBER_AT_START.match(narrow(bare(text)))
    if match is None:
        return None
    rest = match.string[match.end() :]
    glued = rest[:1].isascii() and rest[:1].isalpha()
    if glued or rest.lstrip()[:1] in tuple("/:-+*^="):
        return None
    if len(match.group(2)) > 1 and match.group(2)[0] == "0":
        return None  # a key or a code, where every digit counts
    try:
        return Decimal(match.group(1) + match.group(2).replace(",", "") + (match.group(3) or ""))
    except InvalidOperation:
        return None


def plain_number(value: Decimal) -> str:
    """A `Decimal` in its shortest form: no exponent, no zeros at the end, no negative zero."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def canonical(text: str) -> str:
    """The form in which two answers are compared and votes are counted."""
    value = only_number(text)
    if value is not None:
        return plain_number(value)
    folded = unicodedata.normalize("NFKC", bare(text)).casefold()
    return bare(" ".join(folded.split()))


def only_number(text: str) -> Decimal | None:
    """The number that `text` is, with nothing but a currency or per cent sign, or None."""
    shown = narrow(bare(text)).rstrip("%").strip()
    match = _NUMBER_AT_START.match(shown)
    return number(shown) if match is not None and match.end() == len(shown) else None


def spelled(text: str) -> str:
    """`text` letter by letter, punctuation kept; only width, case and spacing are evened out."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
