"""The sentence that states an answer: ``The answer is X.`` / ``答案是X。``"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.evaluation.extractors.base import Found
from engine.evaluation.extractors.normalise import bare, canonical, narrow, only_number

LEAD = (
    r"(?:\banswers?\b(?:\s+\([^()\n]{1,40}\))?\s*(?:is|are|was|(?:should|would|must)\s+be|=|:)\s*:?"
    r"|答案\s*(?:应该|应当|就)?\s*(?:是|为|选|:|=)\s*:?)"
)
_LEAD = re.compile(LEAD, re.IGNORECASE)
_VALUE = re.compile(
    r"(?:(?<=:)[ \t*_]*\n)?[ \t]*"
    r"(?:(?:about|approximately|around|probably|exactly)\s|大?约)?"
    r"(?P<value>[^\s:](?:[^\n。]*?))(?=。|\.(?!\d)(?:\s|\*|$|\"|')|\n|$)",
    re.IGNORECASE,
)


def stated_answers(text: str) -> Iterator[Found]:
    """Every stated answer, in order, with the span of its value.

    An announcement that runs into the next one (``the answer is: answer: 5``) states nothing
    itself. Looking no further than the next one also keeps the work linear in the text's length.
    """
    shadow = narrow(text)
    leads = list(_LEAD.finditer(shadow))
    ends = [*(lead.start() for lead in leads[1:]), len(shadow)]
    for lead, end in zip(leads, ends, strict=False):
        match = _VALUE.match(shadow, lead.end(), end)
        if match is None or match.end("value") == end < len(shadow):
            continue
        raw = text[match.start("value") : match.end("value")]
        kept = _result(bare(raw))
        if kept:
            start = match.start("value") + raw.rfind(kept)
            yield Found(canonical(kept), start, start + len(kept))


def _result(text: str) -> str:
    """Of a calculation, what it comes to: ``3 + 4 = 7`` states 7, ``x = 18`` states 18."""
    right = bare(text.rpartition("=")[2])
    return right if "=" in text and only_number(right) is not None else text
