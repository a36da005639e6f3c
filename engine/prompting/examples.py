"""Examples and items out of tables, and back.

Columns are recognised by their usual names in both languages; a table without a header is read
as input, (steps,) output. GSM8K answers (``steps #### 18``) are taken apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from engine.errors import DataError
from engine.prompting.elements import Example, Item
from engine.prompting.tables import (
    Row,
    Table,
    delimited,
    delimiter_of,
    read_table,
    write_table,
)

INPUT_NAMES: Final = ("input", "question", "prompt", "text", "x", "输入", "问题", "题目", "文本")
OUTPUT_NAMES: Final = (
    "output", "answer", "target", "completion", "expected", "ideal", "label", "__expected", "y",
    "输出", "答案", "标签", "期望",
)  # fmt: skip
REASONING_NAMES: Final = (
    "reasoning", "steps", "rationale", "cot", "explanation", "步骤", "推理", "解释",
)  # fmt: skip
ID_NAMES: Final = ("id", "编号")
HEADERS: Final = frozenset((*INPUT_NAMES, *OUTPUT_NAMES, *REASONING_NAMES, *ID_NAMES))
GSM8K_MARK: Final = "#### "


def read_examples(path: Path) -> tuple[Example, ...]:
    """Examples from a CSV, TSV, JSON or JSON-lines file.

    Raises:
        DataError: The file cannot be read, or lacks an input or output column.
    """
    return _examples(read_table(path, HEADERS), path.name)


def parse_examples(text: str, name: str = "clipboard") -> tuple[Example, ...]:
    """Examples from pasted cells or lines: input, (steps,) output, with or without a header.

    Raises:
        DataError: The text is empty or ragged, or a line lacks its output.
    """
    delimiter = "\t" if "\t" in text else delimiter_of(text)
    return _examples(delimited(text.replace("\r\n", "\n"), delimiter, name, HEADERS), name)


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write examples as a table with the columns input, reasoning, output.

    Raises:
        DataError: The suffix names no format.
        StoreError: The file cannot be written.
    """
    rows = [
        {"input": one.input, "reasoning": one.reasoning, "output": one.output} for one in examples
    ]
    write_table(path, ("input", "reasoning", "output"), rows)


def read_items(path: Path) -> tuple[Item, ...]:
    """Items from a table: one column of expected answers, one of ids, the others variables.

    Raises:
        DataError: The file cannot be read, or two items have the same id.
    """
    table = read_table(path, frozenset())
    expected = _column(table, OUTPUT_NAMES)
    named = _column(table, ID_NAMES)
    items = []
    for number, row in enumerate(table.rows):
        variables = {
            _variable(name, table): value
            for name, value in row.values.items()
            if name not in (expected, named)
        }
        truth = row.values.get(expected, "") if expected is not None else ""
        items.append(
            Item(
                id=row.values.get(named, "") or str(number) if named is not None else str(number),
                variables=variables,
                expected=truth.rsplit(GSM8K_MARK, 1)[-1].strip() or None,
            )
        )
        if items[-1].id in {item.id for item in items[:-1]}:
            raise DataError(
                f"Line {row.line} of “{path.name}” repeats the id “{items[-1].id}”.",
                "Give every item an id of its own, or leave the column out.",
            )
    return tuple(items)


def write_items(path: Path, items: Sequence[Item]) -> None:
    """Write items as a table: id, the variables, expected.

    Raises:
        DataError: The suffix names no format.
        StoreError: The file cannot be written.
    """
    names = tuple(dict.fromkeys(name for item in items for name in item.variables))
    columns = ("id", *names, "expected")
    rows = [
        {
            "id": item.id,
            **{name: item.variables.get(name, "") for name in names},
            "expected": item.expected or "",
        }
        for item in items
    ]
    write_table(path, columns, rows)


def _examples(table: Table, name: str) -> tuple[Example, ...]:
    columns = _example_columns(table, name)
    return tuple(_example(row, columns, name) for row in table.rows)


def _example_columns(table: Table, name: str) -> tuple[str, str, str | None]:
    """The columns of input, output and steps."""
    if table.columns == ("1", "2"):
        return "1", "2", None
    if table.columns == ("1", "2", "3"):
        return "1", "3", "2"
    wanted, answer = _column(table, INPUT_NAMES), _column(table, OUTPUT_NAMES)
    if wanted is None or answer is None:
        missing = "input" if wanted is None else "output"
        raise DataError(
            f"“{name}” has no column for the {missing}; its columns are "
            f"{', '.join(table.columns)}.",
            f"Name one column “{missing}”.",
        )
    return wanted, answer, _column(table, REASONING_NAMES)


def _example(row: Row, columns: tuple[str, str, str | None], name: str) -> Example:
    wanted, answer, steps = columns
    missing = [column for column in (wanted, answer) if column not in row.values]
    if missing:
        raise DataError(
            f"Line {row.line} of “{name}” lacks “{missing[0]}”.",
            "Give every record the same fields.",
        )
    output = row.values[answer]
    reasoning = row.values.get(steps, "") if steps is not None else ""
    if not reasoning and GSM8K_MARK in output:
        reasoning, output = (part.strip() for part in output.rsplit(GSM8K_MARK, 1))
    return Example(input=row.values[wanted], output=output, reasoning=reasoning)


def _column(table: Table, names: Sequence[str]) -> str | None:
    """The table's column that has one of the names, the first of them that fits."""
    by_lower = {column.lower(): column for column in reversed(table.columns)}
    return next((by_lower[name] for name in names if name in by_lower), None)


def _variable(column: str, table: Table) -> str:
    """A variable's name for a column: the only question-like column is called ``input``."""
    if column.lower() in INPUT_NAMES and column == _column(table, INPUT_NAMES):
        return "input" if "input" not in table.columns or column == "input" else column
    return column.strip().replace(" ", "_").replace("-", "_")
