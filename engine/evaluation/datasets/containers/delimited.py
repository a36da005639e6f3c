"""CSV, TSV and tables divided by semicolons, with a header row or without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from engine.errors import DataError
from engine.evaluation.datasets.columns import KNOWN_COLUMNS
from engine.evaluation.datasets.containers.base import Container, Opened, Raw
from engine.evaluation.datasets.dataset import Record, Shell
from engine.evaluation.datasets.source import Source
from engine.prompting.tables import Cells, cells_of, delimiter_of, ragged, same_names

LONGEST_TITLE: Final = 40


class Delimited(Container):
    """One record per row; a quoted cell may hold line breaks."""

    id: ClassVar[str] = "delimited"

    def claims(self, source: Source) -> bool:
        return True

    def open(self, source: Source) -> Opened:
        delimiter = "\t" if source.suffix == ".tsv" else delimiter_of(source.head())
        rows = cells_of(source.lines(newline=""), delimiter, source.name)
        first = next(rows, None)
        if first is None:
            raise DataError(f"“{source.name}” is empty.", "Choose a table with rows.")
        headed = _is_header(first.fields)
        columns = tuple(
            title.strip() if headed else str(place)
            for place, title in enumerate(first.fields, start=1)
        )
        if len(set(columns)) < len(columns):
            raise same_names(source.name)

        def records() -> Iterator[Raw]:
            if not headed:
                yield _raw(first, columns, source.name)
            for row in rows:
                yield _raw(row, columns, source.name)

        return Opened(Shell(first.raw if headed else "", delimiter), records())

    def write(self, shell: Shell, records: Sequence[Record]) -> str:
        return joined(shell.head, records)


def joined(head: str, records: Sequence[Record]) -> str:
    """The records' own texts, one below the other; the last line of a file may lack its end."""
    texts = [text for text in (head, *(record.raw for record in records)) if text]
    closed = [text if text.endswith(("\n", "\r")) else text + "\n" for text in texts[:-1]]
    return "".join((*closed, *texts[-1:]))


def _is_header(cells: list[str]) -> bool:
    """Whether a first row names columns: a known name, or short different words, no numbers."""
    titles = [cell.strip() for cell in cells]
    if any(title.casefold() in KNOWN_COLUMNS or title.startswith("__") for title in titles):
        return True
    return len(set(titles)) == len(titles) and all(
        title and len(title) <= LONGEST_TITLE and not title[0].isdigit() and "\n" not in title
        for title in titles
    )


def _raw(row: Cells, columns: tuple[str, ...], name: str) -> Raw:
    if len(row.fields) != len(columns):
        raise ragged(row.line, name, len(row.fields), len(columns))
    return Raw(row.line, dict(zip(columns, row.fields, strict=True)), row.raw)
