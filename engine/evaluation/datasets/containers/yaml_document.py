"""A YAML document, read without making any object of its own (``safe_load``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import yaml

from engine.errors import DataError
from engine.evaluation.datasets.containers.base import Container, Opened
from engine.evaluation.datasets.containers.document import (
    MOST_WEIGHT,
    put_together,
    taken_apart,
)
from engine.evaluation.datasets.dataset import Record, Shell
from engine.evaluation.datasets.source import Source


class YamlDocument(Container):
    """Aliases that would multiply the text beyond bounds are refused."""

    id: ClassVar[str] = "yaml"

    def claims(self, source: Source) -> bool:
        return source.suffix in (".yaml", ".yml")

    def open(self, source: Source) -> Opened:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            document = yaml.load(source.text(), Loader=loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else 1
            raise DataError(
                f"Line {line} of “{source.name}” is no YAML.",
                "Correct the indentation or the quotes there.",
                detail=str(error),
            ) from error
        if _is_too_large(document):
            raise DataError(
                f"The aliases of “{source.name}” multiply its text without end.",
                "Write the values out, or remove the aliases.",
            )
        return taken_apart(document, source.name)

    def write(self, shell: Shell, records: Sequence[Record]) -> str:
        text: str = yaml.safe_dump(
            put_together(shell, records), allow_unicode=True, sort_keys=False, width=10_000
        )
        return text


def _is_too_large(document: object) -> bool:
    from engine.prompting.sandbox import weight

    try:
        return weight(document, MOST_WEIGHT) > MOST_WEIGHT
    except RecursionError:
        return True
