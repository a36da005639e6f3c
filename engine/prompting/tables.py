"""Tables in text files: CSV, TSV and JSON lines, in UTF-8 or GB18030.

Every complaint names the line and the next step, because the file was written by another program
and the person must find the place in it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from engine.errors import DataError

DELIMITERS: Final = (",", "\t", ";")
CHINESE_SHARE: Final = 0.9
SAVE_AS_UTF8: Final = "Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import it again."


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
        raise DataError(
            f"The file “{path.name}” cannot be read: {error.strerror or error}.",
            "Choose a file that exists and that you may read.",
        ) from error
    text = decode_text(data, path.name)
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return _json_table(text, path)
    return _delimited(text, path, headers)


def decode_text(data: bytes, name: str) -> str:
    """Bytes as text: UTF-8 (with or without mark), UTF-16 with its mark, or GB18030.

    GB18030 would also decode much of Western 8-bit text into rare characters, so it is accepted
    only when nearly all of the result are everyday Chinese ones.

    Raises:
        DataError: None of these; names the line.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16", name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _chinese(data)
        if not text:
            raise DataError(
                f"The file “{name}” is neither UTF-8 nor GB18030; line {line} cannot be read.",
                SAVE_AS_UTF8,
            ) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise DataError(
            f"The file “{name}” is no text file; line {line} holds a zero byte.",
            "Export the table as CSV or JSON lines.",
        )
    return text


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


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"The file “{name}” is damaged: its {encoding} text ends in the middle.", SAVE_AS_UTF8
        ) from error


def _chinese(data: bytes) -> str:
    """GB18030 text, or nothing when it does not read like Chinese."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    foreign = [character for character in text if ord(character) > 127]
    usual = sum(_in_gb2312(character) for character in foreign)
    return text if usual >= CHINESE_SHARE * len(foreign) else ""


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _delimited(text: str, path: Path, headers: frozenset[str]) -> Table:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else delimiter_of(text)
    return delimited(text, delimiter, path.name, headers)


def delimited(text: str, delimiter: str, name: str, headers: frozenset[str]) -> Table:
    """A delimited text as a table; `headers` as for `read_table`.

    Raises:
        DataError: It is empty or ragged, or a quote is left open; names the line.
    """
    records = list(_records(text, delimiter, name))
    if not records:
        raise DataError(f"“{name}” is empty.", "Choose a table with rows.")
    _, first = records[0]
    ends = {title.strip().lower() for title in (first[0], first[-1])}
    has_header = bool(ends & headers) or not headers
    columns = tuple(
        title.strip() if has_header else str(number) for number, title in enumerate(first, start=1)
    )
    if len(set(columns)) < len(columns):
        raise DataError(
            f"Two columns of “{name}” have the same name in line 1.", "Rename one of them."
        )
    rows = []
    for line, fields in records[1 if has_header else 0 :]:
        if len(fields) != len(columns):
            raise DataError(
                f"Line {line} of “{name}” has {len(fields)} fields where the first row has "
                f"{len(columns)}.",
                "Correct that line; a text that holds a comma or a line break needs quotes.",
            )
        rows.append(Row(line, dict(zip(columns, fields, strict=True))))
    return Table(columns, tuple(rows))


def delimiter_of(text: str) -> str:
    """The one that divides the first line most often."""
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _records(text: str, delimiter: str, name: str) -> Iterable[tuple[int, list[str]]]:
    """Non-blank records, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"Line {line} of “{name}” cannot be read: {error}.",
            "Close the quotes of that record, and double quotes inside a quoted text.",
        ) from error


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
        rows.append(Row(line, {str(key): _shown(field) for key, field in value.items()}))
    if not rows:
        raise DataError(f"The file “{path.name}” is empty.", "Choose a file with records.")
    columns = tuple(dict.fromkeys(key for row in rows for key in row.values))
    return Table(columns, tuple(rows))


def _json_value(text: str, line: int, name: str) -> object:
    try:
        return cast(object, json.loads(text))
    except ValueError as error:
        raise DataError(
            f"Line {line} of “{name}” is no JSON: {error}.", "Correct that line."
        ) from error


def _json_array(text: str, name: str) -> list[object]:
    value = _json_value(text, 1, name)
    if isinstance(value, dict):  # BIG-Bench: {"examples": [...]}
        value = value.get("examples", value)
    if not isinstance(value, list):
        raise DataError(
            f"The file “{name}” holds no list of records.", "Write a JSON array of objects."
        )
    return value


def _shown(value: object) -> str:
    """A field as text; of several accepted answers the first."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return str(value[0])
    return json.dumps(value, ensure_ascii=False)
