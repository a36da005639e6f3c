"""Lanes, jobs and their events, seen through the engine's one door."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.api import Engine
from engine.errors import JobCancelled
from engine.jobs.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Partial,
    Progress,
    Queued,
    Started,
    Terminal,
)
from engine.jobs.job import JobFailed
from engine.jobs.registry import KINDS, Kind
from engine.paths import Paths
from tests.jobs import kinds_for_tests as kinds

MODULE = "tests.jobs.kinds_for_tests"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    for name, spec, run in (
        ("test-count", "CountSpec", "count"),
        ("test-gate", "GateSpec", "gate"),
        ("test-break", "BreakSpec", "fall"),
        ("test-rest", "RestSpec", "rest"),
    ):
        monkeypatch.setitem(KINDS, name, Kind(f"{MODULE}:{spec}", f"{MODULE}:{run}"))
    kinds.gates.clear()
    kinds.threads_seen.clear()
    made = Engine(Paths.below(tmp_path))
    yield made
    for gate in kinds.gates.values():
        gate.set()
    assert made.close(10)


def test_events_come_in_order_and_end_once(engine: Engine) -> None:
    events: list[Event] = []
    job = engine.submit(kinds.CountSpec(steps=4), events.append)
    assert job.result(10) == 6
    assert [type(e) for e in events[:2]] == [Queued, Started]
    assert [e.value for e in events if isinstance(e, Partial)] == [0, 1, 2, 3]
    assert sum(isinstance(e, Terminal) for e in events) == 1
    assert isinstance(events[-1], Finished)
    assert job.state == "finished"


def test_first_and_last_progress_always_pass(engine: Engine) -> None:
    events: list[Event] = []
    engine.submit(kinds.CountSpec(steps=50), events.append).result(10)
    fractions = [e.fraction for e in events if isinstance(e, Progress)]
    assert fractions[0] == pytest.approx(1 / 50)
    assert fractions[-1] == 1.0


def test_jobs_of_one_lane_run_one_after_the_other(engine: Engine) -> None:
    kinds.gates["a"] = threading.Event()
    order: list[tuple[str, str]] = []
    first = engine.submit(kinds.GateSpec(name="a"), lambda e: order.append(("a", type(e).__name__)))
    second = engine.submit(kinds.CountSpec(), lambda e: order.append(("b", type(e).__name__)))
    kinds.gates["a"].set()
    first.result(10)
    second.result(10)
    assert order.index(("a", "Finished")) < order.index(("b", "Started"))


def test_cancel_a_running_and_a_queued_job(engine: Engine) -> None:
    kinds.gates["never"] = threading.Event()
    running = threading.Event()
    ends: list[Event] = []

    def watch(event: Event) -> None:
        if isinstance(event, Partial):
            running.set()
        if isinstance(event, Terminal):
            ends.append(event)

    first = engine.submit(kinds.GateSpec(name="never"), watch)
    waiting = engine.submit(kinds.CountSpec(), watch)
    assert running.wait(10)
    waiting.cancel()
    with pytest.raises(JobCancelled):
        waiting.result(0)  # at once, although the lane is busy with the first
    assert waiting.state == "cancelled"
    assert first.state == "running"
    first.cancel()
    with pytest.raises(JobCancelled):
        first.result(10)
    with pytest.raises(JobCancelled):
        waiting.result(10)
    assert [type(e) for e in ends] == [Cancelled, Cancelled]
    assert kinds.threads_seen == []  # the queued one never ran
    assert engine.submit(kinds.CountSpec()).result(10) == 3  # the lane is usable


def test_a_failing_job_reports_and_leaves_the_lane_usable(engine: Engine) -> None:
    ends: list[Event] = []
    job = engine.submit(kinds.BreakSpec(), ends.append)
    with pytest.raises(JobFailed, match="a test asked for this"):
        job.result(10)
    assert isinstance(ends[-1], Failed)
    assert "ValueError" in ends[-1].error.detail
    assert engine.submit(kinds.CountSpec()).result(10) == 3


def test_out_of_memory_is_explained(engine: Engine) -> None:
    with pytest.raises(JobFailed) as caught:
        engine.submit(kinds.BreakSpec(how="memory")).result(10)
    assert caught.value.error.code == "out-of-memory"
    assert "smaller batch" in caught.value.error.hint


def test_a_listener_that_raises_is_logged_and_does_not_hang_the_owner(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: Event) -> None:
        if isinstance(event, Terminal):
            raise RuntimeError("listener")

    job = engine.submit(kinds.CountSpec(), broken)
    assert job.wait(10)
    assert engine.submit(kinds.CountSpec()).result(10) == 3
    assert "a listener of job" in caplog.text


def test_close_cancels_what_runs(engine: Engine) -> None:
    kinds.gates["shut"] = threading.Event()
    job = engine.submit(kinds.GateSpec(name="shut"))
    assert engine.close(10)
    with pytest.raises(JobCancelled):
        job.result(0)
    with pytest.raises(RuntimeError, match="closed"):
        engine.submit(kinds.CountSpec())


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="POSIX priorities only")
def test_the_lane_lowers_its_own_priority_only(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    seen: list[int] = []

    def read(event: Event) -> None:
        if isinstance(event, Started):
            seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    engine.submit(kinds.CountSpec(), read).result(10)
    assert seen[0] > before or seen[0] == 19
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_the_lane_is_free_while_the_rest_of_a_job_needs_no_model(engine: Engine) -> None:
    kinds.gates["slow"] = threading.Event()
    events: list[Event] = []
    slow = engine.submit(kinds.RestSpec(name="slow"), events.append)
    assert engine.submit(kinds.CountSpec(steps=2)).result(10) == 1
    assert not slow.wait(0)
    assert slow.state == "running"
    kinds.gates["slow"].set()
    assert slow.result(10) == "slow"
    assert [type(event) for event in events] == [Queued, Started, Progress, Finished]
    assert sorted(kinds.threads_seen) == ["lathe-model-0", "lathe-model-rest"]


def test_the_rest_of_a_job_stops_and_fails_as_any_other(engine: Engine) -> None:
    kinds.gates["slow"] = threading.Event()
    stopped = engine.submit(kinds.RestSpec(name="slow"))
    assert engine.submit(kinds.CountSpec(steps=2)).result(10) == 1
    stopped.cancel()
    with pytest.raises(JobCancelled):
        stopped.result(10)
    kinds.gates["slow"].set()
    with pytest.raises(JobFailed, match="a test asked for this"):
        engine.submit(kinds.RestSpec(name="slow", fails=True)).result(10)
