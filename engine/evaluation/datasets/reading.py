"""Open a file as a test set, change its mapping, choose from it, write it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Final

from engine.errors import DataError
from engine.evaluation.datasets.containers.base import Opened, Raw
from engine.evaluation.datasets.containers.registry import CONTAINERS, container_of
from engine.evaluation.datasets.dataset import (
    ASSERTS,
    INPUT,
    Dataset,
    Mapping,
    Record,
    Shell,
    Unsupported,
)
from engine.evaluation.datasets.mapping import guess, items_of, with_roles
from engine.evaluation.datasets.rules import fitting_rules
from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape
from engine.evaluation.datasets.shapes.promptfoo import EQUALS
from engine.evaluation.datasets.shapes.registry import shape_of
from engine.evaluation.datasets.source import Source
from engine.prompting.language import language_of

SAMPLED: Final = 50
LICENCE_KEYS: Final = ("license", "licence")
_EQUALS_LINE: Final = "equals: "


def open_dataset(
    path: Path,
    mapping: dict[str, str] | None = None,
    *,
    limit: int | None = None,
    check: Callable[[], None] | None = None,
) -> Dataset:
    """Read a test set.

    Args:
        path: A CSV, TSV, JSON, JSON-lines or YAML file.
        mapping: Role or variable → column, over what is guessed.
        limit: Read at most so many records.
        check: Called now and then; may raise to stop the reading.

    Raises:
        DataError: It cannot be read, or a mapped column is not there.
    """
    source = Source.open(path)
    container = container_of(source)
    opened = container.open(source)
    raws = list(islice(opened.records, SAMPLED))
    if not raws:
        raise DataError(f"The file “{source.name}” is empty.", "Choose a file with records.")
    sample = Sample(container.id, opened.shell, tuple(raw.fields for raw in raws))
    shape, reason = shape_of(sample)
    records, unsupported = _records(
        islice(chain(raws, opened.records), limit), shape, opened.shell, check
    )
    records = _plain_where_equal(records)
    columns = tuple(dict.fromkeys(key for record in records for key in record.values))
    roles = _present(shape.roles(columns), columns)
    guessed, reasons = guess(columns, records, roles)
    draft = Dataset(
        name=path.stem,
        source=path.name,
        licence=_licence(opened),
        sha256=source.sha256,
        encoding=source.encoding,
        container=container.id,
        shape=shape.id,
        reason=reason,
        columns=columns,
        records=records,
        mapping=guessed,
        reasons=reasons,
        items=(),
        steps=(),
        prompt=shape.prompt(columns, opened.shell, "en"),
        rules=(),
        unsupported=unsupported,
        shell=opened.shell,
    )
    return remapped(draft, with_roles(guessed, mapping or {}, columns))


def remapped(dataset: Dataset, mapping: Mapping) -> Dataset:
    """The set with its columns understood otherwise.

    Raises:
        DataError: Two items have the same id.
    """
    items, steps = items_of(dataset.records, mapping, dataset.source)
    language = language_of(item.variables.get(INPUT, "") for item in items[:SAMPLED])
    reasons = {
        role: reason
        for role, reason in dataset.reasons.items()
        if _column(dataset.mapping, role) == _column(mapping, role)
    }
    return replace(
        dataset,
        mapping=mapping,
        reasons=reasons,
        items=items,
        steps=steps,
        prompt=replace(dataset.prompt, language=language),
        rules=fitting_rules(mapping.expected, [item.expected for item in items]),
    )


def chosen(dataset: Dataset, places: Sequence[int]) -> Dataset:
    """The set with only these of its items (0-based), in this order."""
    return replace(
        dataset,
        records=tuple(dataset.records[place] for place in places),
        items=tuple(dataset.items[place] for place in places),
        steps=tuple(dataset.steps[place] for place in places),
    )


def write_dataset(path: Path, dataset: Dataset) -> None:
    """Write the records as they were read: same format, same encoding, unknown keys kept.

    Raises:
        StoreError: The file cannot be written.
    """
    from engine.store.atomic import write_text

    text = CONTAINERS[dataset.container].write(dataset.shell, dataset.records)
    write_text(path, text, dataset.encoding)


def _records(
    raws: Iterable[Raw], shape: Shape, shell: Shell, check: Callable[[], None] | None
) -> tuple[tuple[Record, ...], tuple[Unsupported, ...]]:
    """Records as rows of text, and what of them is not supported."""
    records: list[Record] = []
    counted: Counter[str] = Counter()
    first: dict[str, int] = {}
    for number, raw in enumerate(raws):
        if check is not None and number % 256 == 0:
            check()
        for row in shape.rows(raw.fields, shell):
            records.append(Record(raw.line, raw.fields, row, raw.raw))
        for what in dict.fromkeys(shape.unsupported(raw.fields, shell)):
            counted[what] += 1
            first.setdefault(what, raw.line)
    listed = tuple(Unsupported(what, count, first[what]) for what, count in counted.items())
    return tuple(records), listed


def _plain_where_equal(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Where each item has one `equals` check and nothing else, its text is the expected answer."""
    texts = [record.values[ASSERTS] for record in records if ASSERTS in record.values]
    simple = all(text.startswith(_EQUALS_LINE) and "\n" not in text for text in texts)
    if not texts or not simple:
        return records
    return tuple(
        replace(
            record,
            values={
                (EQUALS if key == ASSERTS else key): (
                    text.removeprefix(_EQUALS_LINE) if key == ASSERTS else text
                )
                for key, text in record.values.items()
            },
        )
        for record in records
    )


def _present(roles: Roles, columns: Sequence[str]) -> Roles:
    """Only those roles whose column is there."""
    return Roles(
        {name: column for name, column in roles.variables.items() if column in columns},
        roles.expected if roles.expected in columns else "",
        roles.id if roles.id in columns else "",
        roles.steps if roles.steps in columns else "",
    )


def _column(mapping: Mapping, role: str) -> str:
    if role == "input":
        return mapping.variables.get(INPUT, "")
    return {"expected": mapping.expected, "id": mapping.id, "steps": mapping.steps}[role]


def _licence(opened: Opened) -> str:
    document = opened.shell.document
    if not isinstance(document, dict):
        return ""
    found = next((document[key] for key in LICENCE_KEYS if document.get(key)), "")
    return found if isinstance(found, str) else ""
