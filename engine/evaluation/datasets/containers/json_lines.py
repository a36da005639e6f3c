"""JSON lines: one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import ClassVar

from engine.errors import DataError
from engine.evaluation.datasets.containers.base import Container, Opened, Raw
from engine.evaluation.datasets.containers.delimited import joined
from engine.evaluation.datasets.dataset import Record, Shell
from engine.evaluation.datasets.source import Source
from engine.prompting.tables import refuse_surrogates


class JsonLines(Container):
    """Blank lines are passed over; everything else must be an object."""

    id: ClassVar[str] = "json-lines"

    def claims(self, source: Source) -> bool:
        if source.suffix in (".jsonl", ".ndjson"):
            return True
        if source.suffix not in (".json", ".txt", ""):
            return False
        lines = [line for line in source.head().split("\n") if line.strip()]
        return len(lines) > 1 and lines[1].lstrip().startswith("{") and _is_object(lines[0])

    def open(self, source: Source) -> Opened:
        return Opened(Shell(), _records(source))

    def write(self, shell: Shell, records: Sequence[Record]) -> str:
        return joined("", records)


def _records(source: Source) -> Iterator[Raw]:
    for number, line in enumerate(source.lines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise DataError(
                f"Line {number} of “{source.name}” is no JSON: {error}.", "Correct that line."
            ) from error
        refuse_surrogates(line, value, number, source.name)
        if not isinstance(value, dict):
            raise DataError(
                f"Line {number} of “{source.name}” is no JSON object.",
                "Write each record as {…} on a line of its own.",
            )
        yield Raw(number, value, line)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
