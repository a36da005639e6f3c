"""The methods' names and the methods behind them are the same."""

from __future__ import annotations

from engine.pruning.live_spec import LivePruneSpec
from engine.pruning.methods.registry import BUILDERS, method_of
from engine.pruning.methods.scored import Scored
from engine.pruning.prune_spec import METHODS, OWN, PruneSpec, stand_in
from engine.pruning.recipe import Pattern


def test_every_name_has_its_method() -> None:
    assert tuple(BUILDERS) == OWN
    for name in METHODS:
        method = method_of(name, PruneSpec(method=name).scored_by(), Pattern())
        assert isinstance(method, Scored) == (name not in OWN)


def test_the_slider_shows_what_a_method_is_planned_by() -> None:
    for name in METHODS:
        shown = LivePruneSpec(method=stand_in(name))
        shown.check()
        assert shown.scored_by() == PruneSpec(method=name).scored_by()
        assert (stand_in(name) == name) == (name not in OWN)
