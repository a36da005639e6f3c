"""Parts in writing."""

from __future__ import annotations

import pytest

from engine.errors import BadSpec
from engine.inspection.ablation_spec import Unit
from engine.inspection.unit_names import unit_name, unit_of


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("2.3", Unit(2, 3)),
        ("mlp:11", Unit(11, 0, "mlp")),
        ("attention:0", Unit(0, 0, "attention")),
        ("cross/1.15", Unit(1, 15, "head", "cross")),
        ("encoder/mlp:4", Unit(4, 0, "mlp", "encoder")),
    ],
)
def test_a_part_reads_back_what_it_writes(text: str, unit: Unit):
    assert unit_of(text) == unit
    assert unit_name(unit) == text


@pytest.mark.parametrize("text", ["", "2", "mlp:2.3", "head 2", "2.3.4", "mlp", "-1.0"])
def test_other_words_are_refused(text: str):
    with pytest.raises(BadSpec, match="no part"):
        unit_of(text)
