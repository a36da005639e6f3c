"""The search for a score: candidates are what a plain measurement says, presets among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.api import Engine
from engine.errors import BadSpec
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning.loss import Losses
from engine.pruning.recipe import PRESETS, Recipe
from engine.pruning.sweep_spec import SweepPruneSpec, SweepResult
from engine.pruning.tune_spec import TuneResult, TuneSpec

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
SPEC = TuneSpec(
    model=MODEL, ratio=0.7, activations=(0.5, 1.0), modes=("none",), windows=6, measured=16,
    length=96,
)  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Paths.below(Path(tmp_path_factory.mktemp("tune"))))
    yield engine
    engine.close()


def test_the_best_is_no_worse_than_any_preset(engine: Engine) -> None:
    result = engine.submit(SPEC).result(300)
    assert isinstance(result, TuneResult)
    named = {one.name: one for one in result.candidates if one.name}
    assert set(named) == set(PRESETS)
    assert len(result.candidates) == len(PRESETS) + 3  # Wanda is one of the four tried
    assert all(result.best.chosen.nll <= one.chosen.nll for one in result.candidates)
    for one in result.candidates:
        difference = one.judged.nll - result.best.judged.nll
        assert one.behind == pytest.approx(difference, abs=1e-9)
        assert one.behind_error > 0 or one is result.best
        assert one.chosen.windows == one.judged.windows == 8
    assert result.dense.nll < result.best.judged.nll

    sweep = engine.submit(
        SweepPruneSpec(
            model=MODEL, methods=tuple(PRESETS), ratios=(0.7,), windows=6, measured=16, length=96
        )
    ).result(300)
    assert isinstance(sweep, SweepResult)
    for cell in sweep.cells:  # both halves together are the whole evaluation
        one = named[cell.method]
        tokens = one.chosen.tokens + one.judged.tokens
        both = one.chosen.nll * one.chosen.tokens + one.judged.nll * one.judged.tokens
        assert both / tokens == pytest.approx(cell.loss.nll, rel=1e-6)
        assert one.zeros == pytest.approx(cell.zeros)


def test_candidates_are_named_once() -> None:
    spec = TuneSpec(modes=("none", "row+col"), activations=(0.0, 0.5), magnitudes=(0.0, 1.0))
    recipes = [recipe for _name, recipe in spec.candidates()]
    assert len(recipes) == len(set(recipes))
    assert Recipe("none", 0.0, 0.0) not in recipes
    assert [name for name, _recipe in spec.candidates()[:4]] == list(PRESETS)


def test_the_error_of_a_difference_is_paired() -> None:
    one = Losses((3.0, 5.0, 8.0), (1, 2, 3))
    other = Losses((2.0, 3.0, 5.0), (1, 2, 3))
    assert one.above(other) == (pytest.approx(1.0), pytest.approx(0.0))  # always 1 per token
    assert one.mean().nll == pytest.approx(16 / 6)
    assert one.mean(slice(0, None, 2)).tokens == 4


@pytest.mark.parametrize("change", [{"measured": 1}, {"ratio": 1.0}, {"activations": (9.0,)}])
def test_bad_searches_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadSpec):
        replace(SPEC, **change).check()  # type: ignore[arg-type]
