"""Which column is what: guessed from names and contents with a reason, and applied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from engine.errors import DataError
from engine.evaluation.datasets.columns import (
    EXPECTED_NAMES,
    ID_NAMES,
    INPUT_NAMES,
    STEPS_NAMES,
)
from engine.evaluation.datasets.dataset import INPUT, Mapping, Record
from engine.evaluation.datasets.shapes.base import Roles
from engine.prompting.elements import Item
from engine.prompting.examples import GSM8K_MARK

LOOKED_AT: Final = 200


def guess(
    columns: Sequence[str], records: Sequence[Record], roles: Roles
) -> tuple[Mapping, dict[str, str]]:
    """A mapping and, for each of its roles, the reason.

    Args:
        columns: Every column.
        records: All records; ids must differ.
        roles: What the file's shape knows already.
    """
    reasons: dict[str, str] = {}
    looked_at = records[:LOOKED_AT]

    def choose(role: str, known: str, names: Sequence[str]) -> str:
        if known:
            reasons[role] = _known_reason()
            return known
        found = _named(free, names)
        if found:
            reasons[role] = _name_reason(found)
        return found

    free = [column for column in columns if column not in roles.variables.values()]
    expected = choose("expected", roles.expected, EXPECTED_NAMES)
    free = [column for column in free if column != expected]
    steps = choose("steps", roles.steps, STEPS_NAMES)
    if steps and not roles.steps and not _is_prose(looked_at, steps):
        del reasons["steps"]
        steps = ""
    free = [column for column in free if column != steps]
    name = choose("id", roles.id, ID_NAMES)
    if name and not _all_differ(records, name):
        del reasons["id"]
        name = ""
    asked = choose("input", roles.variables.get(INPUT, ""), INPUT_NAMES)
    if not asked:
        asked, reasons["input"] = _longest([column for column in free if column != name], looked_at)
    variables = {INPUT: asked} if asked else {}
    variables |= roles.variables
    return Mapping(_with_own_names(variables, columns, expected, steps), expected, name, steps), (
        reasons
    )


def with_roles(mapping: Mapping, changes: dict[str, str], columns: Sequence[str]) -> Mapping:
    """The mapping with some roles given by the person (`--map expected=golden`).

    Args:
        mapping: What was guessed.
        changes: Role or variable → column; an empty column takes the role away.
        columns: Every column that there is.

    Raises:
        DataError: There is no such column.
    """
    variables = dict(mapping.variables)
    roles: dict[str, str] = {}
    for role, column in changes.items():
        if column and column not in columns:
            raise DataError(
                f"There is no column “{column}”.", f"Choose one of: {', '.join(columns)}."
            )
        if role in ("expected", "id", "steps"):
            roles[role] = column
        elif column:
            variables[role] = column
        else:
            variables.pop(role, None)
    expected = roles.get("expected", mapping.expected)
    steps = roles.get("steps", mapping.steps)
    kept = {
        name: column
        for name, column in variables.items()
        if name in changes or name == INPUT or column not in (expected, steps)
    }
    removed = frozenset(name for name, column in changes.items() if not column)
    named = _with_own_names(kept, columns, expected, steps)
    return Mapping(
        {name: column for name, column in named.items() if name not in removed},
        expected,
        roles.get("id", mapping.id),
        steps,
    )


def _with_own_names(
    variables: dict[str, str], columns: Sequence[str], expected: str, steps: str
) -> dict[str, str]:
    """The variables, and every column under its own name, too; what gives the answer away is none.

    So a prompt written for the set may say {{question}} where Lathe's own say {{input}}.
    """
    named = dict(variables)
    for column in columns:
        if column not in (expected, steps):
            named.setdefault(variable_name(column), column)
    return named


def items_of(
    records: Sequence[Record], mapping: Mapping, name: str
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Items and the steps towards their answers.

    Raises:
        DataError: Two items have the same id; names the line.
    """
    items: list[Item] = []
    steps: list[str] = []
    seen: set[str] = set()
    for number, record in enumerate(records, start=1):
        values = record.values
        item_id = values.get(mapping.id, "").strip() or str(number)
        if item_id in seen:
            raise DataError(
                f"Line {record.line} of “{name}” repeats the id “{item_id}”.",
                "Give every item an id of its own, or let Lathe number them.",
            )
        seen.add(item_id)
        truth = values.get(mapping.expected, "")
        if GSM8K_MARK in truth:
            truth = truth.rsplit(GSM8K_MARK, 1)[-1]
        variables = {key: values.get(column, "") for key, column in mapping.variables.items()}
        items.append(Item(item_id, variables, truth.strip() or None))
        steps.append(values.get(mapping.steps, "").strip())
    return tuple(items), tuple(steps)


def variable_name(column: str) -> str:
    """A column's name as a template can say it."""
    name = re.sub(r"\W+", "_", column.strip()).strip("_") or "column"
    return f"column_{name}" if name[0].isdigit() else name


def _known_reason() -> str:
    return "known from the format"


def _name_reason(column: str) -> str:
    return f"called “{column}”"


def _named(columns: Sequence[str], names: Sequence[str]) -> str:
    """The column that has one of the names, the first name first."""
    by_name = {column.strip().casefold(): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), "")


def _longest(columns: Sequence[str], records: Sequence[Record]) -> tuple[str, str]:
    """The column with the longest texts, and why."""
    if not columns:
        return "", "no column is left"
    if len(columns) == 1:
        return columns[0], "the only column left"

    def length(column: str) -> int:
        return sum(len(record.values.get(column, "")) for record in records)

    return max(columns, key=length), "the column with the longest texts"


def _is_prose(records: Sequence[Record], column: str) -> bool:
    """Whether a column holds sentences, not a count of steps."""
    texts = [record.values.get(column, "") for record in records]
    return sum(len(text) > 6 and not text.isdecimal() for text in texts) * 2 >= len(texts)


def _all_differ(records: Sequence[Record], column: str) -> bool:
    seen = {record.values.get(column, "").strip() for record in records}
    return len(seen) == len(records) and "" not in seen
