"""Numbers in Chinese characters: ``十八``, ``一百零五``, ``两万三千``, ``三点五``, ``壹佰``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_DIGITS: Final = {
    character: value
    for value, characters in enumerate(
        ("零〇", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
GROUPS: Final = {"万": 10_000, "亿": 100_000_000}
_CHARACTERS: Final = "".join((*_DIGITS, *_UNITS, *GROUPS))
_NUMBER: Final = re.compile(rf"(负?)([{_CHARACTERS}]+)(?:点([{''.join(_DIGITS)}]+))?")


def chinese_number(text: str) -> Decimal | None:
    """The value of a text that is a number in Chinese characters and nothing else, or None.

    A row of digits is read digit by digit (``二零二四`` is 2024).
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, fraction = match.groups()
    value = _whole(whole)
    if value is None:
        return None
    if fraction:
        digits = "".join(str(_DIGITS[one]) for one in fraction)
        return Decimal(f"{'-' if sign else ''}{value}.{digits}")
    return Decimal(-value if sign else value)


def _whole(text: str) -> int | None:
    """Groups of 亿 and 万 from the left; each holds thousands, hundreds, tens and ones."""
    if all(one in _DIGITS for one in text):
        return int("".join(str(_DIGITS[one]) for one in text))
    for name in ("亿", "万"):
        if name in text:
            high, _, low = text.rpartition(name)
            above, below = _whole(high) if high else None, _whole(low) if low else 0
            if above is None or below is None:
                return None
            return above * GROUPS[name] + below
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    """``一百零五`` → 105; ``十八`` → 18; ``一百二`` is left alone (120 or 102)."""
    total, digit, last = 0, None, 10_000
    for character in text:
        if character in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
            continue
        unit = _UNITS[character]
        if unit >= last or (digit is None and unit != 10) or digit == 0:
            return None
        total += (1 if digit is None else digit) * unit
        digit, last = None, unit
    if digit is not None and last > 10 and total and "零" not in text and "〇" not in text:
        return None
    return total + (digit or 0)
