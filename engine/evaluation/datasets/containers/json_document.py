"""A JSON document: a list of objects, or an object that holds one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from engine.errors import DataError
from engine.evaluation.datasets.containers.base import Container, Opened
from engine.evaluation.datasets.containers.document import put_together, taken_apart
from engine.evaluation.datasets.dataset import Record, Shell
from engine.evaluation.datasets.source import Source
from engine.prompting.tables import refuse_surrogates


class JsonDocument(Container):
    """Read wholly: a document has no records that could be read one by one."""

    id: ClassVar[str] = "json"

    def claims(self, source: Source) -> bool:
        if source.suffix == ".json":
            return True
        return source.suffix in (".txt", "") and source.head().lstrip()[:1] in ("[", "{")

    def open(self, source: Source) -> Opened:
        try:
            text = source.text()
            document = json.loads(text)
            refuse_surrogates(text, document, 1, source.name)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            raise DataError(
                f"Line {line} of “{source.name}” is no JSON: {error}.", "Correct that line."
            ) from error
        except RecursionError as error:
            raise DataError(
                f"The file “{source.name}” nests its values too deep.", "Flatten its records."
            ) from error
        return taken_apart(document, source.name)

    def write(self, shell: Shell, records: Sequence[Record]) -> str:
        return json.dumps(put_together(shell, records), ensure_ascii=False, indent=1) + "\n"
