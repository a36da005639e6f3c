"""Many methods at many ratios: cells equal the plain job, stay on disk, and are not redone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.api import Engine
from engine.errors import BadSpec, JobCancelled
from engine.jobs.events import Event, Partial
from engine.jobs.job import Job
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning.prune_spec import PruneResult, PruneSpec
from engine.pruning.sweep_spec import DENSE, SweepCell, SweepPruneSpec, SweepResult

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
SPEC = SweepPruneSpec(
    model=MODEL,
    methods=("magnitude", "wanda"),
    ratios=(0.3, 0.7),
    windows=6,
    length=96,
    measured=8,
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(Paths.below(tmp_path))
    yield engine
    engine.close()


def run(engine: Engine, spec: SweepPruneSpec) -> SweepResult:
    result = engine.submit(spec).result(300)
    assert isinstance(result, SweepResult)
    return result


def names(cells: tuple[SweepCell, ...]) -> list[tuple[str, float]]:
    return [(cell.method, cell.ratio) for cell in cells]


def test_cells_equal_the_plain_job_and_are_kept(engine: Engine) -> None:
    result = run(engine, SPEC)
    assert names(result.cells) == [(m, r) for m in SPEC.methods for r in SPEC.ratios]
    assert result.dense.method == DENSE
    assert result.calibrate_seconds > 0
    for ratio in SPEC.ratios[
        1:
    ]:  # magnitude does not read the inputs: both ways are the same model
        cell = next(c for c in result.cells if (c.method, c.ratio) == ("magnitude", ratio))
        plain = engine.submit(
            PruneSpec(
                model=MODEL, method="magnitude", ratio=ratio, windows=6, length=96, measured=8
            )
        ).result(300)
        assert isinstance(plain, PruneResult)
        assert (plain.dense, plain.pruned) == (result.dense.loss, cell.loss)
        assert cell.zeros == pytest.approx(plain.ratio)
    for method in SPEC.methods:
        curve = result.curve(method)
        assert curve[0].loss.nll < curve[-1].loss.nll

    wider = replace(SPEC, ratios=(0.3, 0.5, 0.7))
    again = run(engine, wider)
    fresh = {(cell.method, cell.ratio) for cell in again.cells if not cell.stored}
    assert fresh == {("magnitude", 0.5), ("wanda", 0.5)}
    assert again.dense.stored
    before = {(cell.method, cell.ratio): cell.loss for cell in result.cells}
    after = {(cell.method, cell.ratio): cell.loss for cell in again.cells}
    assert before.items() <= after.items()
    assert not any(cell.stored for cell in run(engine, replace(SPEC, afresh=True)).cells)
    assert not any(cell.stored for cell in run(engine, replace(SPEC, seed=3)).cells)


def test_a_stopped_sweep_goes_on_where_it_was(engine: Engine) -> None:
    heard: list[SweepCell] = []
    jobs: list[Job] = []

    def listen(event: Event) -> None:
        if isinstance(event, Partial) and isinstance(event.value, SweepCell):
            heard.append(event.value)
            if len(heard) == 3:
                jobs[0].cancel()

    jobs.append(Job(SPEC, listen))
    engine._lane(SPEC.lane).put(jobs[0])
    with pytest.raises(JobCancelled):
        jobs[0].result(300)
    assert [cell.method for cell in heard] == [DENSE, "magnitude", "magnitude"]
    result = run(engine, SPEC)
    assert [cell.stored for cell in result.cells] == [True, True, False, False]
    assert [cell.loss for cell in (result.dense, *result.cells[:2])] == [c.loss for c in heard]
    other = PruneSpec(model=MODEL, ratio=0.0, windows=6, length=96, measured=8)
    plain = engine.submit(other).result(300)
    assert isinstance(plain, PruneResult)
    assert plain.dense == result.dense.loss  # the model came back


def test_the_accuracy_of_a_task_has_an_interval(engine: Engine) -> None:
    spec = replace(SPEC, methods=("sparsegpt",), ratios=(0.95,), task="extraction", items=12)
    result = run(engine, spec)
    dense, cut = result.dense.accuracy, result.cells[0].accuracy
    assert dense is not None
    assert cut is not None
    assert dense.items == cut.items == 12
    assert cut.right < dense.right
    assert dense.low <= dense.share <= dense.high


@pytest.mark.parametrize(
    "change",
    [{"methods": ()}, {"methods": ("best",)}, {"ratios": ()}, {"ratios": (1.0,)}, {"task": "x"},
     {"task": "key", "items": 0}, {"allocation": "fair"}, {"measured": 0}],
)  # fmt: skip
def test_bad_sweeps_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadSpec):
        replace(SPEC, **change).check()  # type: ignore[arg-type]
