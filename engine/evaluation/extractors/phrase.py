"""The sentence that states an answer: ``The answer is X.`` / ``答案是X。``"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.evaluation.extractors.base import Found
from engine.evaluation.extractors.normalise import bare, canonical, narrow

LEAD = (
    r"(?:\banswers?\b(?:\s+\([^()\n]{1,40}\))?\s*(?:is|are|was|=|:)\s*:?"
    r"|答案\s*(?:应该|应当|就)?\s*(?:是|为|:|=)\s*:?)"
)
_STATED = re.compile(
    LEAD + r"[ \t]*(?P<value>\S(?:[^\n。]*?))(?=。|\.(?!\d)(?:\s|\*|$|\"|')|\n|$)",
    re.IGNORECASE,
)


def stated_answers(text: str) -> Iterator[Found]:
    """Every stated answer, in order, with the span of its value."""
    shadow = narrow(text)
    place = 0
    while match := _STATED.search(shadow, place):
        raw = text[match.start("value") : match.end("value")]
        inner = re.search(LEAD, narrow(raw), re.IGNORECASE)
        if inner is not None:
            place = match.start("value") + inner.start()
            continue
        place = max(match.end("value"), match.start() + 1)
        kept = bare(raw)
        if kept:
            start = match.start("value") + raw.find(kept)
            yield Found(canonical(kept), start, start + len(kept))
