"""What a job's time went into."""

from __future__ import annotations

import pytest

from engine.pruning import stopwatch
from engine.pruning.prune_spec import Seconds
from engine.pruning.stopwatch import Stopwatch


def test_parts_add_up_also_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 5.0, 10.0, 11.0, 20.0, 22.0, 30.0, 33.0])
    monkeypatch.setattr(stopwatch.time, "monotonic", lambda: next(clock))
    watch = Stopwatch()
    watch.loaded()
    with watch.timed("measure"):
        pass
    with pytest.raises(KeyError), watch.timed("measure"):
        raise KeyError
    with watch.timed("calibrate"):
        pass
    watch.move(1.0, "calibrate", "score")
    assert watch.seconds == Seconds(load=5.0, calibrate=2.0, score=1.0, measure=3.0)
