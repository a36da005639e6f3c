"""Which cells run, how far the run is, and the figures of a column."""

from __future__ import annotations

import pytest

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.pace import Pace
from engine.evaluation.plan import alone, messages_for, planned_cells
from engine.evaluation.spec import Branch, CellKey, CompareSpec, Variant
from engine.models.reference import ModelRef
from engine.prompting.elements import Item, PromptElements

SPEC = CompareSpec(
    models=(ModelRef("a"), ModelRef("b")),
    prompt=PromptElements(input="{{x}}"),
    variants=(Variant("zero-shot"), Variant("zero-shot-cot")),
    items=(Item("p", {"x": "1"}), Item("q", {"x": "2"})),
    sampling=Sampling(samples=2),
)


def test_all_cells_in_key_order():
    cells = planned_cells(SPEC)
    assert len(cells) == len(set(cells)) == 2 * 2 * 2 * 2
    places = [(c.model, c.variant, c.item, c.sample) for c in cells]
    assert places == sorted(places)


def test_only_and_branch_narrow_the_plan():
    one = CellKey(1, 0, 1, 1)
    assert planned_cells(alone(SPEC, one)) == (one,)
    assert alone(SPEC, one).batch_size == 1
    branched = CompareSpec(items=SPEC.items, branch=Branch(CellKey(item=1), (5,)))
    assert planned_cells(branched) == (CellKey(item=1),)


def test_a_cell_outside_is_refused():
    with pytest.raises(BadSpec, match="no cell"):
        planned_cells(CompareSpec(only=(CellKey(model=3),)))


def test_a_column_may_have_a_prompt_of_its_own():
    own = CompareSpec(
        prompt=PromptElements(input="shared"),
        variants=(Variant(), Variant(name="own", prompt=PromptElements(input="mine"))),
    )
    assert messages_for(own, CellKey(variant=0))[0].content == "shared"
    assert messages_for(own, CellKey(variant=1))[0].content == "mine"


def test_the_share_done_never_falls_and_ends_at_one():
    pace = Pace(cells=3, max_new_tokens=100)
    seen = [pace.fraction()]
    for index, length in enumerate((10, 50, 5)):
        for _ in range(length):
            pace.tokens(index, 1)
            seen.append(pace.fraction())
        pace.finish(index)
        seen.append(pace.fraction())
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


def test_cells_that_fail_count_as_done():
    pace = Pace(cells=2, max_new_tokens=10)
    pace.fail(2)
    assert pace.done == 2
    assert pace.fraction() == 1
