"""promptfoo's CSV: columns are variables; ``__expected``, ``__expected1``, … hold checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from engine.evaluation.datasets.asserts import from_line
from engine.evaluation.datasets.dataset import ASSERTS, Shell
from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape
from engine.evaluation.datasets.shapes.promptfoo import answer_column
from engine.prompting.tables import shown

CHECK: Final = re.compile(r"__expected\d*$")
META: Final = re.compile(r"__metadata:(?P<key>[^\[]+)(\[\])?$")
LISTED: Final = ("__prefix", "__suffix", "__provider", "__providerOutput")


class PromptfooTable(Shape):
    """``contains: x`` in a cell is a check, a bare text must be met exactly."""

    id: ClassVar[str] = "promptfoo-table"

    def fits(self, sample: Sample) -> str:
        if any(CHECK.match(key) for one in sample.fields[:1] for key in one):
            return "a column is called “__expected”"
        return ""

    def rows(self, fields: dict[str, object], shell: Shell) -> Iterable[dict[str, str]]:
        texts = {key: shown(value) for key, value in fields.items()}
        checks = tuple(one for text in _checks(texts) if (one := from_line(text)) is not None)
        row = {key: text for key, text in texts.items() if not key.startswith("__")}
        row |= answer_column(checks, _number(texts.get("__threshold", "")))
        if texts.get("__description"):
            row["description"] = texts["__description"]
        for key, text in texts.items():
            if (found := META.match(key)) and text:
                row[found["key"]] = text
        yield row

    def roles(self, columns: Sequence[str]) -> Roles:
        own = [column for column in columns if column not in (ASSERTS, "description")]
        return Roles(
            {"input": own[0]} if len(own) == 1 else {}, ASSERTS if ASSERTS in columns else ""
        )

    def unsupported(self, fields: dict[str, object], shell: Shell) -> Iterable[str]:
        texts = {key: shown(value) for key, value in fields.items()}
        for text in _checks(texts):
            if from_line(text) is None:
                yield re.split(r"[:(]", text, maxsplit=1)[0].strip()
        yield from (key for key in LISTED if texts.get(key))
        yield from (key for key, text in texts.items() if key.startswith("__config:") and text)


def _checks(texts: dict[str, str]) -> list[str]:
    return [text for key, text in texts.items() if CHECK.match(key) and text.strip()]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
