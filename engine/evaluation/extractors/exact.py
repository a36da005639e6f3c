"""The whole text is the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.normalise import spelled


@dataclass(frozen=True)
class Exact(Extractor):
    """Everything that was written; punctuation counts, case, width and spacing do not."""

    id: ClassVar[str] = "exact"

    def find(self, text: str) -> Found | None:
        kept = text.strip()
        value = spelled(kept)
        if not value:
            return None
        start = text.find(kept)
        return Found(value, start, start + len(kept))
