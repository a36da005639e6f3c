"""lm-eval's `flexible-extract` for GSM8K, fragment trap included, to compare with its figures.

Its first alternative also matches pieces such as ``..``; after normalisation nothing is left of
them, so the answer counts as invalid. `last-number` is the rule without that trap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.normalise import canonical

_PATTERN = re.compile(r"(-?[$0-9.,]{2,})|(-?[0-9]+)")


@dataclass(frozen=True)
class Gsm8kFlexible(Extractor):
    """The last run of digits, dollars, dots and commas."""

    id: ClassVar[str] = "gsm8k-flexible"

    def find(self, text: str) -> Found | None:
        last = None
        for last in _PATTERN.finditer(text):  # noqa: B007 - the last one is wanted
            pass
        if last is None:
            return None
        value = canonical(last.group().replace(",", "").replace("$", "").rstrip("."))
        return Found(value, last.start(), last.end()) if value else None
