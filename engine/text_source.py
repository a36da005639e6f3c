"""Where a text that a model reads comes from: a file, a data set, given words, or the lessons."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import BadSpec
from engine.text_file import read_text_file

TEACHING: Final = "teaching"
DATA_SETS: Final = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".yaml", ".yml"})
"""Files of these kinds are records, not running text."""
LOOKED_AT: Final = 1 << 16
"""Bytes of a file that are read before a model is loaded."""
BETWEEN: Final = "\n\n"
"""Between records, as WikiText's lines are joined for perplexity."""


@dataclass(frozen=True)
class TextSource:
    """A text for calibration or measurement.

    Attributes:
        path: A UTF-8 text file, a data set (JSON lines, JSON, CSV, TSV, YAML), or `TEACHING` for
            lessons of the teaching world.
        text: The text itself, instead of a file: an open prompt, for example.
        column: The data set's column that is read; empty = its questions and answers.
    """

    path: str = TEACHING
    text: str = ""
    column: str = ""


def check_sources(*sources: TextSource) -> None:
    """Say before a model is loaded that a file cannot be read; its first bytes are looked at.

    Raises:
        BadSpec: There is no such file, it is a folder, or it is no text.
    """
    for source in sources:
        if not source.text and source.path not in ("", TEACHING):
            _check_file(Path(source.path))


def _check_file(file: Path) -> None:
    if not file.exists():
        raise BadSpec(f"There is no file “{file.name}”.", "Correct its name or choose another.")
    try:
        with file.open("rb") as opened:
            start = opened.read(LOOKED_AT)
        if file.suffix.lower() not in DATA_SETS:  # a data set may be in another encoding
            codecs.getincrementaldecoder("utf-8")().decode(start)
    except (OSError, UnicodeDecodeError) as error:
        raise BadSpec(
            f"The text {file.name} cannot be read.", "Choose a text file in UTF-8.", str(error)
        ) from error


def text_of(source: TextSource) -> tuple[str, str]:
    """The running text of a source and its name in words.

    Raises:
        BadSpec: The file cannot be read as text, or the data set has no such column.
        DataError: The data set cannot be read.
    """
    if source.text or not source.path:
        return source.text, "the text"
    file = Path(source.path)
    if file.suffix.lower() in DATA_SETS:
        return BETWEEN.join(_records(file, source.column)), file.name
    return read_text_file(file), file.name


def _records(file: Path, column: str) -> list[str]:
    """One text per record: a column of it, or its question and its answer."""
    from engine.evaluation.datasets.reading import open_dataset

    data = open_dataset(file)
    if column:
        if column not in data.columns:
            raise BadSpec(
                f"The data set {file.name} has no column “{column}”.",
                f"Choose of: {', '.join(data.columns)}.",
            )
        return [record.values.get(column, "") for record in data.records]
    mapping = data.mapping
    columns = dict.fromkeys([*mapping.variables.values(), mapping.steps, mapping.expected])
    return [
        "\n".join(record.values[one] for one in columns if record.values.get(one))
        for record in data.records
    ]
