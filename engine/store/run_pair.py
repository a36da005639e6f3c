"""Two stored comparisons side by side: figures on common items, and what was asked differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from engine.errors import BadSpec
from engine.evaluation.spec import CellResult, CompareSpec, Variant, Vote
from engine.evaluation.statistics.comparison import Pair, pair_of
from engine.evaluation.statistics.holm import holm
from engine.evaluation.statistics.outcomes import Column, columns
from engine.evaluation.statistics.words import verdict
from engine.prompting.diff import ElementDiff, prompt_diff
from engine.prompting.elements import Item
from engine.store.project import Project
from engine.store.runs import RunInfo


@dataclass(frozen=True)
class Setting:
    """A setting that differs; an empty text means that the run does not have it."""

    name: str
    first: str
    second: str


@dataclass(frozen=True)
class RunPair:
    """The comparison of two runs.

    Attributes:
        first, second: Their rows in the list.
        common: Items that both asked: equal variables and expected answer, whatever their ids.
        only_first, only_second: Items that one of them asked.
        pairs: Columns of the same name, else of the same place, tested on the common items;
            differences are second − first, p-values are Holm's when there are several.
        prompt: What changed in the prompt, element by element.
        settings: What else was set differently.
    """

    first: RunInfo
    second: RunInfo
    common: int
    only_first: int
    only_second: int
    pairs: tuple[Pair, ...]
    prompt: tuple[ElementDiff, ...]
    settings: tuple[Setting, ...]


def compare_runs(project: Project, first: str, second: str) -> RunPair:
    """Compare two stored comparisons. Imports scipy on first use.

    Raises:
        BadSpec: One of them is of another kind, or was saved by a newer version.
        StoreError: One of them is missing or cannot be read.
    """
    one, other = _Side(project, first), _Side(project, second)
    places = dict(_common(one.spec.items, other.spec.items))
    return RunPair(
        first=one.info,
        second=other.info,
        common=len(places),
        only_first=len(one.spec.items) - len(places),
        only_second=len(other.spec.items) - len(places),
        pairs=_tested(one, other, places),
        prompt=tuple(
            part for part in prompt_diff(one.spec.prompt, other.spec.prompt) if part.changed
        ),
        settings=tuple(settings_changed(one.spec, other.spec)),
    )


class _Side:
    """One of the two runs."""

    def __init__(self, project: Project, run_id: str) -> None:
        self.info = project.run(run_id)
        spec, cells = project.load_run(run_id, tokens=False)
        if not isinstance(spec, CompareSpec):
            raise BadSpec(f"The run “{run_id}” is no comparison.", "Choose a comparison.")
        self.spec: CompareSpec = spec
        self.cells: tuple[CellResult, ...] = cells
        self.votes: tuple[Vote, ...] = project.votes(run_id)
        self.columns: tuple[Column, ...] = columns(spec, cells, self.votes)


def _common(first: tuple[Item, ...], second: tuple[Item, ...]) -> Iterator[tuple[int, int]]:
    """Places of equal questions in both; a question asked twice is paired in order."""
    known: dict[bytes, list[int]] = {}
    for place, item in enumerate(second):
        known.setdefault(_content(item), []).append(place)
    for place, item in enumerate(first):
        others = known.get(_content(item))
        if others:
            yield place, others.pop(0)


def _content(item: Item) -> bytes:
    variables = sorted(item.variables.items())
    return msgspec.json.encode((variables, item.expected))


def _tested(one: _Side, other: _Side, places: dict[int, int]) -> tuple[Pair, ...]:
    found = []
    for left, right in _matched(one.columns, other.columns):
        shared = [
            (mine, theirs)
            for mine, theirs in places.items()
            if mine in left.values and theirs in right.values
        ]
        if shared:
            pair = pair_of(
                [one.spec.items[mine].id for mine, _ in shared],
                [left.values[mine] for mine, _ in shared],
                [right.values[theirs] for _, theirs in shared],
                (left.label, right.label),
            )
            found.append(
                replace(pair, first=one.columns.index(left), second=other.columns.index(right))
            )
    adjusted = holm([pair.p for pair in found])
    corrected = [replace(pair, holm_p=p) for pair, p in zip(found, adjusted, strict=True)]
    return tuple(replace(pair, sentence=_said(pair, len(found))) for pair in corrected)


def _said(pair: Pair, pairs: int) -> str:
    """The verdict, with the runs told apart: both may call the column the same."""
    named = replace(
        pair, first_label=f"{pair.first_label} (A)", second_label=f"{pair.second_label} (B)"
    )
    return verdict(named, pairs)


def _matched(
    first: tuple[Column, ...], second: tuple[Column, ...]
) -> Iterator[tuple[Column, Column]]:
    """Columns of the same name; those without a namesake by their place."""
    names = Counter(column.label for column in second)
    named = {column.label: column for column in second if names[column.label] == 1}
    taken = {column.label for column in first if column.label in named}
    left = [column for column in second if column.label not in taken]
    for column in first:
        if column.label in taken:
            yield column, named[column.label]
        elif left:
            yield column, left.pop(0)


def settings_changed(first: CompareSpec, second: CompareSpec) -> Iterator[Setting]:
    """What two comparisons set differently, prompt and items left out."""
    sides = dict(_settings(first)), dict(_settings(second))
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        values = sides[0].get(name, ""), sides[1].get(name, "")
        if values[0] != values[1]:
            yield Setting(name, *values)


def _settings(spec: CompareSpec) -> Iterator[tuple[str, str]]:
    yield "models", ", ".join(ref.id for ref in spec.models)
    for name, value in _fields(spec.models[0].options):
        yield f"load: {name}", value
    yield "techniques", ", ".join(variant.label for variant in spec.variants)
    for variant in spec.variants:
        for name, value in _fields(replace(variant, name="", prompt=None)):
            if value != dict(_fields(Variant(variant.technique))).get(name):
                yield f"{variant.label}: {name}", value
    for name, value in _fields(spec.sampling):
        yield name, value
    yield "extraction", ", ".join(spec.extraction)
    yield "batch_size", "" if spec.batch_size is None else str(spec.batch_size)


def _fields(value: object) -> Iterator[tuple[str, str]]:
    """A flat dataclass as names and texts."""
    plain: dict[str, object] = msgspec.to_builtins(value)
    for name, content in plain.items():
        yield name, "" if content is None else _text(content)


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return msgspec.json.encode(content).decode()
