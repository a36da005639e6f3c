"""Stopped at any moment, a pruning job leaves every weight as it was, bit for bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.api import Engine
from engine.errors import JobCancelled
from engine.jobs.job import Job, JobContext
from engine.jobs.registry import run_function
from engine.jobs.spec import Spec
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning.outliers_spec import OutliersSpec
from engine.pruning.prune_spec import PruneSpec
from engine.pruning.sweep_spec import SweepPruneSpec
from engine.pruning.tune_spec import TuneSpec

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
PRUNE = {"model": MODEL, "windows": 2, "length": 64, "measured": 2}
JOBS: list[tuple[Spec, int]] = [
    (PruneSpec(**PRUNE, method="wanda", allocation="water"), 12),
    (PruneSpec(**PRUNE, method="sparsegpt", pattern="2:4"), 10),
    (PruneSpec(**PRUNE, method="ria", passes=2), 8),
    (SweepPruneSpec(**PRUNE, methods=("ria", "sparsegpt"), ratios=(0.5,), afresh=True), 8),
    (TuneSpec(**PRUNE, activations=(0.5,)), 6),
    (OutliersSpec(**PRUNE, strengths=(0.0, 1.0), methods=("magnitude",)), 6),
]


class Stopping(JobContext):
    """Stops at the n-th cancellation point."""

    def __init__(self, spec: Spec, engine: Engine, moment: float) -> None:
        super().__init__(Job(spec), engine.resources)
        self.moment = moment
        self.passed = 0

    def check(self) -> None:
        self.passed += 1
        if self.passed >= self.moment:
            raise JobCancelled


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Paths.below(Path(tmp_path_factory.mktemp("cancel"))))
    yield engine
    engine.close()


def weights(engine: Engine) -> dict[str, bytes]:
    with engine.resources.residency.lease(MODEL) as loaded:
        state = loaded.model.state_dict()
        return {name: tensor.numpy().tobytes() for name, tensor in state.items()}


def hooks(engine: Engine) -> int:
    with engine.resources.residency.lease(MODEL) as loaded:
        return sum(
            len(module._forward_pre_hooks) + len(module._forward_hooks)
            for module in loaded.model.modules()
        )


@pytest.mark.parametrize(("spec", "times"), JOBS, ids=lambda one: getattr(one, "kind", ""))
def test_every_weight_comes_back(engine: Engine, spec: Spec, times: int) -> None:
    before = weights(engine)
    run = run_function(spec.kind)
    whole = Stopping(spec, engine, float("inf"))
    run(spec, whole)
    assert weights(engine) == before  # also when it is not stopped
    rng = random.Random(spec.kind)
    moments = rng.sample(range(1, whole.passed + 1), min(times, whole.passed))
    assert len(moments) == times
    for moment in moments:
        with pytest.raises(JobCancelled):
            run(spec, Stopping(spec, engine, moment))
        assert weights(engine) == before, f"{spec.kind} stopped at {moment} of {whole.passed}"
        assert hooks(engine) == 0


def test_fifty_moments_are_tried() -> None:
    assert sum(times for _spec, times in JOBS) == 50


def test_memory_that_runs_out_is_explained_and_nothing_is_lost(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = weights(engine)
    calls = 0

    def full(self: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return torch.mul(self, self)

    monkeypatch.setattr(torch.Tensor, "square", full)
    job = engine.submit(PruneSpec(**PRUNE))
    with pytest.raises(Exception, match="does not fit into the memory") as caught:
        job.result(120)
    assert "calibration" in getattr(caught.value, "hint", "")
    assert weights(engine) == before
