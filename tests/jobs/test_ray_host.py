"""The same specs on a Ray cluster (a local one; skipped where Ray is not installed)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.api import Engine
from engine.errors import JobCancelled
from engine.jobs.events import Event, Finished, Partial, Queued, Started
from engine.jobs.job import JobFailed
from engine.jobs.ray_host import RayLane
from engine.paths import Paths
from tests.jobs import kinds_for_tests as kinds

ray = pytest.importorskip("ray")
MODULE = "tests.jobs.kinds_for_tests"


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    root = str(Path(__file__).resolve().parents[2])
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": root}},
    )
    yield
    ray.shutdown()


@pytest.fixture
def engine(cluster: None, tmp_path: Path) -> Iterator[Engine]:
    made = Engine(Paths.below(tmp_path / "here"))
    targets = {
        "test-count": (f"{MODULE}:CountSpec", f"{MODULE}:count"),
        "test-forever": (f"{MODULE}:ForeverSpec", f"{MODULE}:forever"),
    }
    made.use_lane(
        RayLane("model", made.resources, actor_root=str(tmp_path / "there"), kinds=targets)
    )
    yield made
    made.close(20)


def test_events_cross_the_cluster_in_order(engine: Engine) -> None:
    events: list[Event] = []
    job = engine.submit(kinds.CountSpec(steps=4), events.append)
    assert job.result(120) == 6
    assert [type(e) for e in events[:2]] == [Queued, Started]
    assert [e.value for e in events if isinstance(e, Partial)] == [0, 1, 2, 3]
    assert isinstance(events[-1], Finished)
    assert {e.job_id for e in events} == {job.id}


def test_a_stop_reaches_the_worker(engine: Engine) -> None:
    running = threading.Event()
    spec = kinds.ForeverSpec()
    job = engine.submit(spec, lambda e: running.set() if isinstance(e, Partial) else None)
    assert running.wait(120)
    job.cancel()
    with pytest.raises(JobCancelled):
        job.result(60)
    with pytest.raises(JobFailed, match="no job of kind"):
        engine.submit(kinds.UnknownThereSpec()).result(60)
    assert engine.submit(kinds.CountSpec()).result(60) == 3  # the lane is usable
