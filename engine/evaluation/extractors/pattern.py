"""A regular expression of the person's own, with a time guard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import regex

from engine.errors import BadSpec
from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.normalise import canonical

TIME_LIMIT_S = 0.5
MOST_CHARACTERS = 100_000


@dataclass(frozen=True)
class Pattern(Extractor):
    """Last match of `pattern`; its first non-empty group, or all of it, is the answer.

    The `regex` package is used because its matcher can be stopped: a pattern such as ``(?:a|aa)+$``
    would otherwise hold the interpreter for hours.
    """

    id: ClassVar[str] = "regex"

    pattern: str = ""

    def find(self, text: str) -> Found | None:
        try:
            compiled = regex.compile(self.pattern)
        except regex.error as error:
            raise BadSpec(
                f"The extraction pattern “{self.pattern}” cannot be read: {error}.",
                "Correct the regular expression.",
            ) from error
        last = None
        try:
            matches = compiled.finditer(
                text[:MOST_CHARACTERS], timeout=TIME_LIMIT_S, concurrent=True
            )
            for last in matches:  # noqa: B007 - the last one is wanted
                pass
        except TimeoutError as error:
            raise BadSpec(
                f"The extraction pattern “{self.pattern}” took longer than {TIME_LIMIT_S} s.",
                "Avoid nested repetitions such as (a+)+.",
            ) from error
        if last is None:
            return None
        groups = range(1, len(last.groups()) + 1)
        group = next((index for index in groups if last.group(index)), 0)
        value = canonical(last.group(group))
        return Found(value, last.start(group), last.end(group)) if value else None
