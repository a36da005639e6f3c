"""What every pruning job is told of its texts, and what none may be told."""

from __future__ import annotations

import pytest

from engine.errors import BadSpec
from engine.jobs.spec import decode
from engine.pruning.live_spec import LivePruneSpec
from engine.pruning.measured_spec import MeasuredSpec
from engine.pruning.outliers_spec import OutliersSpec
from engine.pruning.prune_spec import PruneSpec
from engine.pruning.structured_spec import StructuredSpec
from engine.pruning.sweep_spec import SweepPruneSpec
from engine.pruning.tune_spec import TuneSpec

EVERY = (LivePruneSpec, OutliersSpec, PruneSpec, StructuredSpec, SweepPruneSpec, TuneSpec)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("wrong", [{"windows": 0}, {"length": 7}, {"seed": -1}, {"measured": -1}])
def test_no_text_is_refused(kind: type[MeasuredSpec], wrong: dict[str, int]) -> None:
    kind().check()
    with pytest.raises(BadSpec):
        kind(**wrong).check()


def test_measuring_nothing_is_for_those_that_do_more() -> None:
    for kind in (LivePruneSpec, PruneSpec, StructuredSpec):
        kind(measured=0).check()
    for kind in (OutliersSpec, SweepPruneSpec, TuneSpec):
        with pytest.raises(BadSpec):
            kind(measured=0).check()


def test_saved_jobs_are_read_as_before() -> None:
    text = (
        '{"kind": "prune-live", "version": 1, "spec": {"model": {"id": "m", "options": '
        '{"state": "pruned"}}, "method": "ria", "ratio": 0.3, "fixed": {"w": 0.1}, '
        '"calibration": {"path": "a.txt"}, "windows": 4, "length": 64, "seed": 2, '
        '"evaluation": {"path": "b.txt"}, "measured": 6}}'
    )
    live = decode(text)
    assert isinstance(live, LivePruneSpec)
    assert (live.calibration.path, live.evaluation.path) == ("a.txt", "b.txt")
    assert (live.method, live.ratio, live.windows, live.measured) == ("ria", 0.3, 4, 6)
    first = decode('{"kind": "prune-live", "version": 1, "spec": {"ratio": 0.2}}')
    assert isinstance(first, LivePruneSpec)
    assert first.measured == 0  # only the threshold is moved
    assert first.model.options.state == "pruned"
    whole = decode('{"kind": "prune", "version": 1, "spec": {"method": "wanda", "seed": 3}}')
    assert isinstance(whole, PruneSpec)
    assert (whole.seed, whole.measured) == (3, 64)
    small = decode('{"kind": "prune-structured", "version": 1, "spec": {"blocks": 1}}')
    assert isinstance(small, StructuredSpec)
    assert (small.blocks, small.windows, small.tokens) == (1, 32, 16)
