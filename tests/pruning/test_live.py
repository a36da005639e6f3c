"""The slider: ranks are kept, ratios are thresholds, and the way back is exact."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast
from weakref import ref

import numpy as np
import pytest

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.spec import CompareResult, CompareSpec, Variant
from engine.jobs.job import JobFailed
from engine.models.loaded import LoadedModel
from engine.models.reference import LoadOptions, ModelRef
from engine.models.spec import LoadedInfo
from engine.models.weights import WeightFiles
from engine.prompting.elements import PromptElements
from engine.pruning.live import live_of
from engine.pruning.live_spec import PRUNED, LivePruneSpec, LiveState
from engine.pruning.prune_spec import PruneResult, PruneSpec
from tests.support.tiny_models import tiny_model

OPTIONS = LoadOptions(device="cpu", dtype="float32")
DENSE = ModelRef("teach-rope", options=OPTIONS)
COPY = ModelRef("teach-rope", options=replace(OPTIONS, state=PRUNED))
SPEC = LivePruneSpec(model=COPY, windows=8, length=96, measured=12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


def run(engine: Engine, spec: LivePruneSpec) -> LiveState:
    state = engine.submit(spec).result(300)
    assert isinstance(state, LiveState)
    return state


def test_a_threshold_moves_without_a_second_calibration(engine: Engine) -> None:
    first = run(engine, SPEC)
    assert first.ratio == pytest.approx(0.5, abs=0.01)
    for ratio in (0.2, 0.8, 0.5):
        state = run(engine, replace(SPEC, ratio=ratio))
        assert not state.calibrated
        assert state.ratio == pytest.approx(ratio, abs=0.01)
    assert state.pruned == first.pruned  # the same ratio is the same model, whatever came between
    assert run(engine, replace(SPEC, method="magnitude")).calibrated


def test_ratio_zero_is_the_model_as_it_was_loaded(engine: Engine) -> None:
    run(engine, replace(SPEC, ratio=0.9))
    back = run(engine, replace(SPEC, ratio=0.0))
    assert back.dense is not None
    assert back.pruned == back.dense
    assert back.provenance.edits == ()
    plain = engine.submit(
        PruneSpec(model=DENSE, ratio=0.0, windows=8, length=96, measured=12)
    ).result(300)
    assert isinstance(plain, PruneResult)
    assert plain.dense == back.pruned


def test_more_zeros_lose_more_and_the_prediction_says_so(engine: Engine) -> None:
    light, heavy = (run(engine, replace(SPEC, ratio=ratio)) for ratio in (0.3, 0.8))
    assert light.pruned is not None
    assert heavy.pruned is not None
    assert light.pruned.nll < heavy.pruned.nll
    assert (light.predicted < heavy.predicted).all()
    assert (np.diff(heavy.curves, axis=1) >= 0).all()


def test_a_fixed_matrix_stays_and_the_others_take_its_share(engine: Engine) -> None:
    name = run(engine, SPEC).names[0]
    state = run(engine, replace(SPEC, fixed={name: 0.1}, allocation="water", measured=0))
    assert state.ratios[0] == pytest.approx(0.1, abs=0.01)
    assert state.ratio == pytest.approx(0.5, abs=0.01)
    assert state.pruned is None


def test_compare_asks_the_dense_and_the_pruned_copy_side_by_side(engine: Engine) -> None:
    run(engine, replace(SPEC, ratio=0.9, measured=0))
    spec = CompareSpec(
        models=(DENSE, COPY),
        prompt=PromptElements(input="12 + 7 ="),
        variants=(Variant("zero-shot"),),
        sampling=Sampling(max_new_tokens=4),
    )
    result = engine.submit(spec).result(300)
    assert isinstance(result, CompareResult)
    dense, pruned = result.cells
    assert dense.provenance is not None
    assert pruned.provenance is not None
    assert dense.provenance.edits == ()
    assert pruned.provenance.edits[0].startswith("pruned 89.6%")


def test_an_unloaded_model_takes_its_dense_weights_with_it() -> None:
    model, tokenizer = tiny_model("llama")
    nothing, unknown = cast(WeightFiles, None), cast(LoadedInfo, None)
    loaded = LoadedModel(model, tokenizer, ModelRef("llama"), Path(), nothing, unknown)
    dense = ref(live_of(loaded))
    assert loaded.kept.bytes == sum(target.weight.nbytes for target in live_of(loaded).found)
    assert loaded.kept.drop_spare() == 0
    gone = ref(loaded)
    del loaded
    gc.collect()
    assert gone() is None
    assert dense() is None


def test_bad_moves_are_refused(engine: Engine) -> None:
    with pytest.raises(BadSpec, match="pruned copy"):
        replace(SPEC, model=DENSE).check()
    with pytest.raises(BadSpec):
        replace(SPEC, ratio=1.0).check()
    with pytest.raises(JobFailed, match="no matrix"):
        run(engine, replace(SPEC, fixed={"nothing": 0.5}))
