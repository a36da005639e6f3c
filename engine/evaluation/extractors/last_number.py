"""The last number in the text, whatever stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.normalise import NUMBER, narrow, number, plain_number

_PATTERN = re.compile(NUMBER)


@dataclass(frozen=True)
class LastNumber(Extractor):
    """The last number; fragments such as ``..`` or ``$`` are none."""

    id: ClassVar[str] = "last-number"

    def find(self, text: str) -> Found | None:
        shadow = narrow(text)
        for match in reversed(list(_PATTERN.finditer(shadow))):
            value = number(match.group())
            if value is not None:
                return Found(plain_number(value), match.start(), match.end())
        return None
