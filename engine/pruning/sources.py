"""Where a text for calibration or measurement comes from: a file, a data set, or given words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.errors import BadSpec
from engine.pruning.prune_spec import TextSource
from engine.text_file import read_text_file

DATA_SETS: Final = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".yaml", ".yml"})
"""Files of these kinds are records, not running text."""
BETWEEN: Final = "\n\n"
"""Between records, as WikiText's lines are joined for perplexity."""


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
