"""What JSON and YAML documents share: a list of records somewhere inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

from engine.errors import DataError
from engine.evaluation.datasets.containers.base import Opened, Raw
from engine.evaluation.datasets.dataset import Record, Shell

LISTS: Final = ("examples", "tests", "data", "items", "rows", "questions", "records")
MOST_WEIGHT: Final = 400_000_000


def taken_apart(document: object, name: str) -> Opened:
    """The records of a document.

    Raises:
        DataError: It holds no list of objects.
    """
    place, values = _list_in(document, name)
    return Opened(Shell(document=document, place=place), _records(values, name))


def put_together(shell: Shell, records: Sequence[Record]) -> object:
    """The document with these records in place of its own; everything else as it was."""
    kept: list[dict[str, object]] = []
    seen: set[int] = set()
    for record in records:  # one record may make several items
        if record.line not in seen:
            seen.add(record.line)
            kept.append(record.fields)
    if not shell.place:
        return kept
    return {**cast(dict[str, object], shell.document), shell.place: kept}


def _list_in(document: object, name: str) -> tuple[str, list[object]]:
    if isinstance(document, list):
        return "", document
    if isinstance(document, dict):
        for key in LISTS:
            found = document.get(key)
            if isinstance(found, list):
                return key, found
            if isinstance(found, str) and key == "tests":
                raise DataError(
                    f"The tests of “{name}” lie in another file: {found}.",
                    "Import that file itself.",
                )
    raise DataError(
        f"The file “{name}” holds no list of records.",
        f"Write a list of objects, or an object with one under: {', '.join(LISTS)}.",
    )


def _records(values: list[object], name: str) -> Iterator[Raw]:
    for number, value in enumerate(values, start=1):
        if not isinstance(value, dict):
            raise DataError(
                f"Record {number} of “{name}” is no JSON object.",
                'Write each record as {"input": …, "output": …}.',
            )
        yield Raw(number, {str(key): field for key, field in value.items()})
