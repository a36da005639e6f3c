"""One form for answers that mean the same: ``18``, ``$18``, ``18.00``, ``１８``, ``18.``.

Votes split and matches fail when the same number is written in several ways, so numbers are
compared as `Decimal` and words without case, width, quotes and closing punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from engine.evaluation.extractors.chinese_number import GROUPS, chinese_number

_WIDE = "０１２３４５６７８９，．－＋＄￥％＃（）：＝／"
_NARROW = "0123456789,.-+$¥%#():=/"
_TO_NARROW = str.maketrans(_WIDE + "−–", _NARROW + "--")

_CURRENCY = r"(?:(?:US|HK|NT|CA|AU)?\\?\$|[€£¥]|(?:USD|EUR|GBP|CNY|RMB)(?=[\s\d]))"
_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
NUMBER = rf"(?<![0-9A-Za-z_.])[-+]?{_CURRENCY}?\s?{_AMOUNT}(?:\.\d+)?[万亿]?"
"""A number in narrow text; a sign counts only where no word or number stands before it."""

_NUMBER_AT_START = re.compile(
    rf"\s*([-+]?)\s?{_CURRENCY}?\s?([-+]?)({_AMOUNT})(\.\d+)?(?!\.?\d)([万亿]?)"
)
_SIGN_BEHIND = re.compile(
    r"\s?(?:\\?%|\\?\$|[€£¥元]|美元|人民币|(?:USD|EUR|GBP|CNY|RMB|dollars?|euros?|yuan)\b)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:[个只元人天本支条块页次米年月日岁分斤辆棵张]|美元|人民币)$")
_GLUED_UNIT = re.compile(r"(?:[kcm]m|[km]g|m[lL]|km/h|min|USD|EUR|GBP|CNY|RMB)(?![A-Za-z])")
_WRAPPED = (
    re.compile(r"^\\boxed\{(.*)\}$", re.DOTALL),
    re.compile(r"^\\text\{(.*)\}$", re.DOTALL),
    re.compile(r"^\\\((.*)\\\)$", re.DOTALL),
    re.compile(r"^\\\[(.*)\\\]$", re.DOTALL),
    re.compile(r"^\$(?!\d)(.*)\$$", re.DOTALL),
    re.compile(r"^\(\s*([-+]?[$€£¥]?[\d.,]+\s?%?)\s*\)$"),
)
_DECIMAL_COMMA = re.compile(r",\d")
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

    ``"1,800 apples"`` is 1800, ``"1.5万"`` is 15000 and ``"十八"`` 18; ``"18/3"``, ``"3rd"``,
    ``"1,80"`` and the key ``"0042"`` are none.
    """
    kept = bare(text)
    match = _NUMBER_AT_START.match(narrow(kept))
    if match is None:
        return chinese_number(_COUNTED.sub("", kept))
    sign, inner, whole, fraction, group = match.groups(default="")
    rest = match.string[match.end() :]
    glued = rest[:1].isascii() and rest[:1].isalpha() and not _GLUED_UNIT.match(rest)
    if glued or rest.lstrip()[:1] in tuple("/:-+*^=") or _DECIMAL_COMMA.match(rest):
        return None
    if (sign and inner) or (len(whole) > 1 and whole[0] == "0"):
        return None  # 0042 is a key or a code, where every digit counts
    value = Decimal(sign + inner + whole.replace(",", "") + fraction)
    return value * GROUPS[group] if group else value


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
    """The number that `text` is, with nothing but a currency or a per cent sign, or None."""
    shown = _SIGN_BEHIND.sub("", narrow(bare(text))).strip()
    match = _NUMBER_AT_START.match(shown)
    if match is None:
        return chinese_number(shown)
    return number(shown) if match.end() == len(shown) else None


def spelled(text: str) -> str:
    """`text` letter by letter, punctuation kept; only width, case and spacing are evened out."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
