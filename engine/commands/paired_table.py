"""Reads the table of `lathe stats`: an item, and what it counts on either side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import DataError
from engine.prompting.tables import Row, Table, read_table

ITEM: Final = "item"
_WORDS: Final = {"true": 1.0, "false": 0.0, "right": 1.0, "wrong": 0.0, "yes": 1.0, "no": 0.0}


@dataclass(frozen=True)
class PairedTable:
    """Ids and values, row by row.

    Attributes:
        items: Ids; the number of the row when the table has no such column.
        first, second: Values between 0 and 1.
    """

    items: tuple[str, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]


def read_paired(path: Path, item: str, first: str, second: str) -> PairedTable:
    """Read the three columns.

    Raises:
        DataError: No such file or column, a value that is no number from 0 to 1, an item twice.
    """
    table = read_table(path)
    for name in (first, second) if item == ITEM else (item, first, second):
        _require(table, name, path.name)
    if first == second:
        raise DataError(f"Both sides are the column “{first}”.", "Name two columns: --a and --b.")
    if not table.rows:
        raise DataError(f"“{path.name}” has a header and no rows.", "Choose a table with rows.")
    named = item in table.columns
    ids = tuple(
        row.values.get(item, "").strip() if named else str(number)
        for number, row in enumerate(table.rows, start=1)
    )
    seen: dict[str, int] = {}
    for row, one in zip(table.rows, ids, strict=True):
        if one in seen:
            raise DataError(
                f"Line {row.line} of “{path.name}” has the item “{one}” of line {seen[one]} again.",
                "Give each item one line; average its samples first.",
            )
        seen[one] = row.line
    return PairedTable(
        ids,
        tuple(_value(row, first, path.name) for row in table.rows),
        tuple(_value(row, second, path.name) for row in table.rows),
    )


def _require(table: Table, column: str, name: str) -> None:
    if column not in table.columns:
        raise DataError(
            f"“{name}” has no column “{column}”; it has {', '.join(table.columns)}.",
            "Name the columns with --item, --a and --b.",
        )


def _value(row: Row, column: str, name: str) -> float:
    text = row.values.get(column, "").strip()
    try:
        value = _WORDS[text.lower()] if text.lower() in _WORDS else float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise DataError(
            f"Line {row.line} of “{name}”: “{text}” in column “{column}” is no number from 0 to 1.",
            "Write 0 for wrong, 1 for right, or a share between them.",
        )
    return value
