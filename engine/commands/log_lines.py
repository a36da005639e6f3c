"""Reads logs line by line, so that one of any size can be scored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DataError
from engine.prompting.encoding import encoding_of
from engine.prompting.tables import read_table, shown

STREAMED = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Line:
    """One record: its line in the file, from 1, and its fields."""

    number: int
    values: dict[str, object]


def log_lines(path: Path) -> Iterator[Line]:
    """Every record of a log: JSON lines one at a time, other tables at once.

    Raises:
        DataError: The file cannot be read, is empty, or a line is no JSON object.
    """
    if path.suffix.lower() not in STREAMED:
        rows = read_table(path).rows
        if not rows:
            raise DataError(f"“{path.name}” has a header and no rows.", "Choose a table with rows.")
        for row in rows:
            yield Line(row.line, dict(row.values))
        return
    encoding = encoding_of(path).name
    empty = True
    with path.open(encoding=encoding, newline="\n") as file:
        for number, text in enumerate(file, start=1):
            if text.strip():
                empty = False
                yield Line(number, _object(text, number, path.name))
    if empty:
        raise DataError(f"“{path.name}” is empty.", "Choose a log with one JSON object per line.")


def _object(text: str, number: int, name: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise DataError(
            f"Line {number} of “{name}” is no JSON: {error}.", "Correct that line."
        ) from error
    if not isinstance(value, dict):
        raise DataError(
            f"Line {number} of “{name}” is no JSON object.", 'Write each line as {"output": …}.'
        )
    return value


def field_text(line: Line, field: str, name: str) -> str:
    """A field as text; ``resps.0.0`` leads inside lists and objects, null is an empty text.

    Raises:
        DataError: The record has no such field.
    """
    if field in line.values:
        return _text(line.values[field])
    value: object = line.values
    for part in field.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise DataError(
                f"Line {line.number} of “{name}” has no field “{field}”; it has "
                f"{', '.join(line.values)}.",
                "Name the field with --field, the expected one with --expected.",
            )
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else shown(value)
