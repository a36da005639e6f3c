"""GSM8K's own convention, as lm-eval's `strict-match` reads it: the first ``#### 18``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.normalise import canonical

_PATTERN = re.compile(r"#### (-?[0-9.,]+)")


@dataclass(frozen=True)
class Gsm8kStrict(Extractor):
    """``#### `` and a number, first match."""

    id: ClassVar[str] = "gsm8k-strict"

    def find(self, text: str) -> Found | None:
        match = _PATTERN.search(text)
        value = canonical(match.group(1)) if match else ""
        return Found(value, match.start(1), match.end(1)) if match and value else None
