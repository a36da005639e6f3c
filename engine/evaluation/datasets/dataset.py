"""A test set as a value: the records as they were read, and the items that are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engine.prompting.elements import Item, PromptElements

ASSERTS: Final = "assert"
"""Name of the made column that holds an item's checks (`engine.evaluation.datasets.asserts`)."""
INPUT: Final = "input"
"""The variable that the question's column fills."""


@dataclass(frozen=True)
class Record:
    """One record of a file.

    Attributes:
        line: Number of its first line (of a document: its place in the list), from 1.
        fields: As it was read, with every key that Lathe does not know.
        values: Its columns as text: what can be mapped.
        raw: Its own text in the file, where the file has one record after the other.
    """

    line: int
    fields: dict[str, object]
    values: dict[str, str]
    raw: str = ""


@dataclass(frozen=True)
class Shell:
    """What a file holds around its records, so that it can be written back.

    Attributes:
        head: Text before the first record (the header row of a table).
        delimiter: Between the cells of a table.
        document: The document whose list the records are; None for files of lines.
        place: Key of that list in the document; empty = the document is the list.
    """

    head: str = ""
    delimiter: str = ""
    document: object = None
    place: str = ""


@dataclass(frozen=True)
class Mapping:
    """Which column is what.

    Attributes:
        variables: Variable of the prompt → column; `INPUT` is the question.
        expected: Column of the right answer; empty = none.
        id: Column of the names; empty = the items are numbered from 1.
        steps: Column of the steps towards the answer (for examples); empty = none.
    """

    variables: dict[str, str] = field(default_factory=dict)
    expected: str = ""
    id: str = ""
    steps: str = ""


@dataclass(frozen=True)
class Unsupported:
    """Something in the file that is listed and never executed.

    Attributes:
        what: Its name there, e.g. ``"javascript"``.
        count: In how many records.
        line: The first of them.
    """

    what: str
    count: int
    line: int


@dataclass(frozen=True)
class Dataset:
    """A test set.

    Attributes:
        name: The file's name without its suffix.
        source: The file's name.
        licence: As the file states it; empty = it does not.
        sha256: Of the file's bytes.
        encoding: As in `engine.prompting.encoding.Encoding`.
        container: Id of how the records are kept (`containers.registry`).
        shape: Id of what they mean (`shapes.registry`).
        reason: Why this shape, in a few words.
        columns: Every column of any record, in the file's order.
        records: The records.
        mapping: Which column is what.
        reasons: Why, by role: ``"input"``, ``"expected"``, ``"id"``, ``"steps"``.
        items: The questions as the mapping makes them, one per record.
        steps: The steps towards each item's answer; empty texts where there are none.
        prompt: The prompt that asks them when the person has no other.
        rules: Extraction rules that fit the expected answers, the first counts.
        unsupported: What the file asks for that Lathe does not do.
        shell: What stands around the records.
    """

    name: str
    source: str
    licence: str
    sha256: str
    encoding: str
    container: str
    shape: str
    reason: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    mapping: Mapping
    reasons: dict[str, str]
    items: tuple[Item, ...]
    steps: tuple[str, ...]
    prompt: PromptElements
    rules: tuple[str, ...]
    unsupported: tuple[Unsupported, ...] = ()
    shell: Shell = field(default_factory=Shell)
