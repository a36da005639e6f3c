"""The checks that an item of an imported set brings itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found


@dataclass(frozen=True)
class Asserts(Extractor):
    """The whole answer, letter by letter; it is right when it passes the checks that the item's
    expected answer holds (`engine.evaluation.datasets.asserts`)."""

    id: ClassVar[str] = "asserts"

    def find(self, text: str) -> Found | None:
        kept = text.strip()
        if not kept:
            return None
        start = text.find(kept)
        return Found(kept, start, start + len(kept))
