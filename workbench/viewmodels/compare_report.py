"""The columns on screen as one comparison, for reports and for "copy as command"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.evaluation.external import knowledge_of
from engine.evaluation.spec import (
    CellKey,
    CellResult,
    CompareResult,
    CompareSpec,
    Variant,
)
from engine.evaluation.summary import summarise, votes_of
from engine.models.reference import ModelRef
from engine.prompting.elements import Item
from workbench.viewmodels.compare_column import Column


def report_of(columns: Sequence[Column]) -> tuple[CompareSpec, CompareResult] | None:
    """Columns of one or several runs as one spec and one result; None when none is finished.

    A variant asked with another prompt than the first column's carries that prompt; two columns
    of the same name get numbers.
    """
    done = [column for column in columns if column.result is not None]
    if not done:
        return None
    base = done[0].spec
    models: list[ModelRef] = []
    variants: list[Variant] = []
    items: list[Item] = []
    cells: list[CellResult] = []
    for column in done:
        model = _place(models, column.spec.models[column.key.model])
        item = _item_place(items, column.spec.items[column.key.item])
        variant = _variant_place(variants, _variant(column, base, item), cells, model, item)
        for cell in column.cells():
            key = CellKey(model, variant, item, cell.key.sample if column.voting else 0)
            label = variants[variant].label
            cells.append(replace(cell, key=key, variant=label, item_id=items[item].id))
    spec = replace(
        base,
        models=tuple(models),
        variants=tuple(variants),
        items=tuple(items),
        only=(),
        branch=None,
        batch_size=None,
    )
    cells.sort(key=lambda cell: (*place_of(cell), cell.key.sample))
    seconds = max((c.generation.total_ms for c in cells if c.generation), default=0.0) / 1000.0
    votes = votes_of(spec, cells)
    result = CompareResult(
        run_id="",
        cells=tuple(cells),
        summaries=summarise(spec, cells, votes),
        seconds=seconds,
        votes=votes,
    )
    return spec, result


def place_of(cell: CellResult) -> tuple[int, int, int]:
    """Model, variant and item of a cell."""
    return cell.key.model, cell.key.variant, cell.key.item


def _variant(column: Column, base: CompareSpec, item: int) -> Variant:
    variant = column.variant
    if column.branch is not None:
        name = f"{variant.label} (branch at {len(column.branch.prefix)})"
        variant = replace(variant, name=name)
    knowledge = knowledge_of(column.spec, variant)
    if item or knowledge != base.knowledge:
        variant = replace(variant, knowledge=knowledge.at_item(column.key.item, item))
    if variant.prompt is None and column.spec.prompt != base.prompt:
        variant = replace(variant, prompt=column.spec.prompt)
    return variant


def _variant_place(
    variants: list[Variant], wanted: Variant, cells: list[CellResult], model: int, item: int
) -> int:
    """Where the variant stands; a second one of the same name and cell gets a number."""
    taken = set(map(place_of, cells))
    if wanted in variants:
        place = variants.index(wanted)
        if (model, place, item) not in taken:
            return place
    label, number = wanted.label, 2
    while any(variant.label == wanted.label for variant in variants):
        wanted = replace(wanted, name=f"{label} #{number}")
        number += 1
    variants.append(wanted)
    return len(variants) - 1


def _item_place(items: list[Item], wanted: Item) -> int:
    for place, item in enumerate(items):
        if replace(item, id="") == replace(wanted, id=""):
            return place
    items.append(replace(wanted, id=str(len(items))))
    return len(items) - 1


def _place(models: list[ModelRef], wanted: ModelRef) -> int:
    if wanted not in models:
        models.append(wanted)
    return models.index(wanted)
