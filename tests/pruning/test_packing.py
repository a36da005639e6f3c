"""Weights in 4 and 8 bits: dequantise, prune, requantise; the packed model comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec
from engine.jobs.job import JobFailed
from engine.models.reference import LoadOptions, ModelRef, Quantization
from engine.paths import Paths
from engine.pruning.live_spec import PRUNED, LivePruneSpec
from engine.pruning.packing import Packing
from engine.pruning.prune_spec import PruneResult, PruneSpec
from engine.pruning.sweep_spec import SweepPruneSpec, SweepResult
from engine.pruning.targets import targets
from engine.pruning.tune_spec import TuneResult, TuneSpec

pytest.importorskip("bitsandbytes")
IDS = torch.tensor([[5, 6, 7, 8, 9, 10, 11, 12]])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Paths.below(Path(tmp_path_factory.mktemp("packing"))))
    yield engine
    engine.close()


def ref(kind: Quantization) -> ModelRef:
    return ModelRef("teach-rope", options=LoadOptions(device="cpu", quantization=kind))


@pytest.mark.parametrize("kind", ["nf4", "int8"])
@torch.no_grad()
def test_unpacked_and_packed_again_is_the_same_model(engine: Engine, kind: Quantization) -> None:
    with engine.resources.residency.lease(ref(kind)) as loaded:
        model = loaded.model
        before = model(input_ids=IDS).logits
        modules = dict(model.named_modules())
        packing = Packing(model)
        assert packing.packed
        with packing.unpacked():
            found = targets(model)
            assert len(found) == 28
            assert all(target.weight.is_floating_point() for target in found)
            packing.repack()
            assert torch.equal(model(input_ids=IDS).logits, before)
        assert torch.equal(model(input_ids=IDS).logits, before)
        assert dict(model.named_modules()) == modules


@pytest.mark.parametrize("kind", ["nf4", "int8"])
@torch.no_grad()
def test_zeros_stay_zeros_when_packed(engine: Engine, kind: Quantization) -> None:
    with engine.resources.residency.lease(ref(kind)) as loaded:
        packing = Packing(loaded.model)
        with packing.unpacked():
            gone = []
            for target in targets(loaded.model):
                gone.append(target.weight.abs() < target.weight.abs().median())
                target.weight.masked_fill_(gone[-1], 0)
            packing.repack()
            again = Packing(loaded.model)
            with again.unpacked():
                for target, mask in zip(targets(loaded.model), gone, strict=True):
                    assert bool((target.weight[mask] == 0).all())
                    assert float((target.weight == 0).float().mean()) < 0.8


def test_the_job_prunes_packed_weights(engine: Engine) -> None:
    spec = PruneSpec(model=ref("nf4"), windows=4, length=96, measured=8, ratio=0.7)
    heavy = engine.submit(spec).result(300)
    none = engine.submit(replace(spec, ratio=0.0)).result(300)
    assert isinstance(heavy, PruneResult)
    assert isinstance(none, PruneResult)
    assert heavy.dense == none.dense == none.pruned
    assert heavy.ratio == pytest.approx(0.7, abs=0.01)
    assert heavy.pruned is not None
    assert heavy.dense is not None
    assert heavy.pruned.nll > heavy.dense.nll
    with pytest.raises(BadSpec):
        replace(spec, bitmask=True).check()


@pytest.mark.parametrize("kind", ["nf4", "int8"])
def test_cells_of_a_sweep_are_measured_packed(engine: Engine, kind: Quantization) -> None:
    """As the job measures them; by magnitude, for it alone does not depend on the pass."""
    texts = {"windows": 4, "length": 96, "measured": 8}
    job = PruneSpec(model=ref(kind), method="magnitude", ratio=0.6, **texts)
    alone = engine.submit(job).result(300)
    assert isinstance(alone, PruneResult)
    sweep = SweepPruneSpec(model=ref(kind), methods=("magnitude",), ratios=(0.3, 0.6), **texts)
    found = engine.submit(sweep).result(300)
    assert isinstance(found, SweepResult)
    assert found.dense.loss == alone.dense
    assert found.cells[1].loss == alone.pruned
    assert found.cells[0].loss != found.cells[1].loss
    whole = replace(sweep, model=ModelRef("teach-rope", options=LoadOptions(device="cpu")))
    plain = engine.submit(whole).result(300)
    assert isinstance(plain, SweepResult)
    assert plain.dense.loss != found.dense.loss  # cells of packed weights are no cells of these


def test_scores_of_packed_weights_are_tuned_packed(engine: Engine) -> None:
    spec = TuneSpec(
        model=ref("nf4"), windows=4, length=96, measured=8, ratio=0.6, activations=(0.5,),
    )  # fmt: skip
    found = engine.submit(spec).result(300)
    assert isinstance(found, TuneResult)
    with engine.resources.residency.lease(ref("nf4")) as loaded:
        assert Packing(loaded.model).packed
    assert found.best.chosen.nll == min(one.chosen.nll for one in found.candidates)


def test_a_slider_refuses_packed_weights_and_says_what_to_do(engine: Engine) -> None:
    options = LoadOptions(device="cpu", quantization="nf4", state=PRUNED)
    with pytest.raises(JobFailed, match="as a job, a sweep or a tuning"):
        engine.submit(LivePruneSpec(model=ModelRef("teach-rope", options=options))).result(300)
