"""Tables in text files: CSV, TSV and JSON lines, in UTF-8 or GB18030.

Every complaint names the line and the next step, because the file was written by another program
and the person must find the place in it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from engine.errors import DataError
from engine.prompting.encoding import cannot_read, decode_text

DELIMITERS: Final = (",", "\t", ";")
LONGEST_FIELD: Final = 1 << 27
_LONE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""An escaped half without its other half."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        line: Number of its first line in the file, from 1.
        values: Column name → text.
    """

    line: int
    values: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A file's rows; `columns` in the file's order (empty for JSON lines of mixed keys)."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, headers: frozenset[str] = frozenset()) -> Table:
    """Read a table.

    Args:
        path: A `.csv`, `.tsv`, `.jsonl` or `.json` file.
        headers: Column names (lower case) that tell a header from a first row of data; a table
            that neither begins nor ends with one gets the names ``"1"``, ``"2"``, …. Empty = the
            first row is a header.

    Raises:
        DataError: The file is missing, in an unknown encoding, ragged or no table.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise cannot_read(path, error) from error
    text = decode_text(data, path.name)
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return _json_table(text, path)
    return _delimited(text, path, headers)


def write_table(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table in the format that the suffix names.

    Raises:
        DataError: The suffix names no format.
        StoreError: The file cannot be written.
    """
    from engine.store.atomic import write_text

    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        lines = [json.dumps(dict(row), ensure_ascii=False) for row in rows]
        write_text(path, "".join(line + "\n" for line in lines))
        return
    if suffix not in (".csv", ".tsv"):
        raise DataError(f"“{path.name}” names no table format.", "End it in .csv, .tsv or .jsonl.")
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, delimiter="\t" if suffix == ".tsv" else ",")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, buffer.getvalue(), "utf-8-sig" if suffix == ".csv" else "utf-8")


def _delimited(text: str, path: Path, headers: frozenset[str]) -> Table:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else delimiter_of(text)
    return delimited(text, delimiter, path.name, headers)


def delimited(text: str, delimiter: str, name: str, headers: frozenset[str]) -> Table:
    """A delimited text as a table; `headers` as for `read_table`.

    Raises:
        DataError: It is empty or ragged, or a quote is left open; names the line.
    """
    records = list(cells_of(io.StringIO(text, newline=""), delimiter, name))
    if not records:
        raise DataError(f"“{name}” is empty.", "Choose a table with rows.")
    first = records[0].fields
    ends = {title.strip().lower() for title in (first[0], first[-1])}
    has_header = bool(ends & headers) or not headers
    columns = tuple(
        title.strip() if has_header else str(number) for number, title in enumerate(first, start=1)
    )
    if len(set(columns)) < len(columns):
        raise same_names(name)
    rows = []
    for one in records[1 if has_header else 0 :]:
        if len(one.fields) != len(columns):
            raise ragged(one.line, name, len(one.fields), len(columns))
        rows.append(Row(one.line, dict(zip(columns, one.fields, strict=True))))
    return Table(columns, tuple(rows))


def delimiter_of(text: str) -> str:
    """The one that divides the first line most often."""
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


@dataclass(frozen=True)
class Cells:
    """One record of a delimited file: the number of its first line, its cells, its own text."""

    line: int
    fields: list[str]
    raw: str


def cells_of(lines: Iterable[str], delimiter: str, name: str) -> Iterator[Cells]:
    """Non-blank records of a delimited text, read line by line (line ends untranslated).

    Raises:
        DataError: A quote is left open; names the line.
    """
    taken: list[str] = []

    def taking() -> Iterator[str]:
        for text in lines:
            taken.append(text)
            yield text

    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(taking(), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            raw = "".join(taken)
            taken.clear()
            if any(field.strip() for field in fields):
                yield Cells(line, fields, raw)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"Line {line} of “{name}” cannot be read: {error}.",
            "Close the quotes of that record, and double quotes inside a quoted text.",
        ) from error


def ragged(line: int, name: str, found: int, wanted: int) -> DataError:
    """The error for a record that has not as many cells as the first."""
    return DataError(
        f"Line {line} of “{name}” has {found} fields where the first row has {wanted}.",
        "Correct that line; a text that holds a comma or a line break needs quotes.",
    )


def same_names(name: str) -> DataError:
    """The error for a header that names two columns alike."""
    return DataError(
        f"Two columns of “{name}” have the same name in line 1.", "Rename one of them."
    )


def _json_table(text: str, path: Path) -> Table:
    rows = []
    records: Iterable[tuple[int, object]]
    if path.suffix.lower() == ".json":
        records = enumerate(_json_array(text, path.name), start=1)
    else:
        records = (
            (line, _json_value(part, line, path.name))
            for line, part in enumerate(text.split("\n"), start=1)
            if part.strip()
        )
    for line, value in records:
        if not isinstance(value, dict):
            raise DataError(
                f"Record {line} of “{path.name}” is no JSON object.",
                'Write each record as {"input": …, "output": …}.',
            )
        rows.append(Row(line, {str(key): shown(field) for key, field in value.items()}))
    if not rows:
        raise DataError(f"The file “{path.name}” is empty.", "Choose a file with records.")
    columns = tuple(dict.fromkeys(key for row in rows for key in row.values))
    return Table(columns, tuple(rows))


def refuse_surrogates(text: str, value: object, line: int, name: str) -> None:
    """Refuse half a character: JSON can write one (``\\ud83d``), but no file can hold it.

    Args:
        text: The JSON text.
        value: What it holds.
        line: Number of the text's first line in the file.
        name: The file's name.

    Raises:
        DataError: There is one; names its line.
    """
    if "\\ud" not in text and "\\uD" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        at = next((n for n, part in enumerate(text.split("\n")) if _LONE.search(part)), 0)
        raise DataError(
            f"Line {line + at} of “{name}” holds half a character (a lone surrogate).",
            "Write both halves of it, such as \\ud83d\\ude00, or leave it out.",
        ) from error


def _json_value(text: str, line: int, name: str) -> object:
    try:
        value = cast(object, json.loads(text))
    except ValueError as error:
        raise DataError(
            f"Line {line} of “{name}” is no JSON: {error}.", "Correct that line."
        ) from error
    refuse_surrogates(text, value, line, name)
    return value


def _json_array(text: str, name: str) -> list[object]:
    value = _json_value(text, 1, name)
    if isinstance(value, dict):  # BIG-Bench: {"examples": [...]}
        value = value.get("examples", value)
    if not isinstance(value, list):
        raise DataError(
            f"The file “{name}” holds no list of records.", "Write a JSON array of objects."
        )
    return value


def shown(value: object) -> str:
    """A field as text; of several accepted answers the first."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return str(value[0])
    return json.dumps(value, ensure_ascii=False)
