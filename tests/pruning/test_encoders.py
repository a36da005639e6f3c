"""Encoders and encoder-decoders are pruned too; only a loss and a speed they have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.api import Engine
from engine.models.reference import LoadOptions, ModelRef
from engine.pruning.prune_spec import PruneResult, PruneSpec
from engine.text_source import TextSource
from tests.support.tiny_models import save_tiny

TEXT = TextSource("", "the red house stands by the river and the old tree " * 20)


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("family", ["bert", "t5", "bart"])
def test_every_matrix_is_pruned(tmp_path: Path, family: str, passes: int) -> None:
    save_tiny(family, tmp_path / family)
    spec = PruneSpec(
        model=ModelRef(str(tmp_path / family), options=LoadOptions(dtype="float32")),
        ratio=0.5,
        calibration=TEXT,
        windows=2,
        length=32,
        measured=0,
        passes=passes,
        forecast=True,
        timed=4,
    )
    engine = Engine()
    result = engine.submit(spec).result(120)
    engine.close()
    assert isinstance(result, PruneResult)
    assert [row.ratio for row in result.rows] == [0.5] * len(result.rows)
    names = " ".join(row.name for row in result.rows)
    assert family == "bert" or ("encoder." in names and "decoder." in names)
    measured = {one.quantity: one.after for one in result.card.changes}
    assert measured["speed"] is None
    assert "perplexity" not in measured
