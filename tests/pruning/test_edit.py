"""An edit's name can be read back."""

from __future__ import annotations

import pytest

from engine.pruning.edit import PruneEdit, read_edit
from engine.pruning.recipe import PRESETS, Recipe


@pytest.mark.parametrize("recipe", [*PRESETS.values(), Recipe("row+col", 0.25, 1.5, "row")])
def test_a_name_is_read_back(recipe: Recipe) -> None:
    made = PruneEdit(0.496, recipe)
    assert made.name.startswith("pruned 49.6%")
    read = read_edit(made.name)
    assert read is not None
    assert read.share == pytest.approx(0.496)
    assert read.recipe == recipe


@pytest.mark.parametrize(
    "name",
    [
        "",
        "rope scaled by 2",
        "pruned 49.6%",
        "pruned 4.9.6% (mode none, u 1, a 1, per row)",
        "pruned 49.6% (mode no, u 1, a 1, per row)",
    ],
)
def test_another_edit_is_none_of_pruning(name: str) -> None:
    assert read_edit(name) is None
