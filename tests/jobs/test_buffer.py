"""The bounded buffer between a fast worker and a slow window."""

from __future__ import annotations

from engine.jobs.buffer import EventBuffer
from engine.jobs.events import Finished, Partial, Progress, TokenChunk


def test_a_flood_of_progress_and_tokens_stays_small_and_complete() -> None:
    buffer = EventBuffer()
    for step in range(1000):
        buffer.put(Progress(job_id="j", fraction=step / 1000))
        buffer.put(TokenChunk(job_id="j", key="left", records=(step,)))
        buffer.put(TokenChunk(job_id="j", key="right", records=(-step,)))
    drained = buffer.drain()
    assert len(drained) == 3
    progress, left, right = drained
    assert isinstance(progress, Progress)
    assert progress.fraction == 0.999
    assert isinstance(left, TokenChunk)
    assert left.records == tuple(range(1000))
    assert isinstance(right, TokenChunk)
    assert right.records == tuple(-n for n in range(1000))
    assert buffer.drain() == []


def test_results_are_never_joined_or_dropped() -> None:
    buffer = EventBuffer()
    for n in range(5):
        buffer.put(Partial(job_id="j", value=n))
    buffer.put(Finished(job_id="j", result="end"))
    drained = buffer.drain()
    assert [e.value for e in drained if isinstance(e, Partial)] == [0, 1, 2, 3, 4]
    assert isinstance(drained[-1], Finished)


def test_tokens_after_a_finished_cell_do_not_join_the_ones_before_it() -> None:
    """A cell that is re-run may not have its new tokens shown before its old end."""
    buffer = EventBuffer()
    buffer.put(TokenChunk(job_id="j", key="a", records=(1,)))
    buffer.put(Partial(job_id="j", value="cell a"))
    buffer.put(TokenChunk(job_id="j", key="a", records=(2,)))
    kinds = [type(e).__name__ for e in buffer.drain()]
    assert kinds == ["TokenChunk", "Partial", "TokenChunk"]
