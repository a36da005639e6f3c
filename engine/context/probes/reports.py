"""What each method does to a model before any key is asked for: frequencies, cache, swap."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.context.caches import make_cache
from engine.context.method_names import TITLES, parts_of
from engine.context.methods import Method, applied, refusal
from engine.context.probe_spec import MethodReport
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.context.attention.rule import Rule
    from engine.models.loaded import LoadedModel

SWAPS: Final = 5
"""Repetitions of a swap whose median is reported."""


def title_of(name: str) -> str:
    """A method as people call it: ``"ReRoPE + log n"``."""
    return " + ".join(TITLES[part] for part in parts_of(name))


def _parameters(rule: Rule) -> str:
    """``"window 96, group 8"``"""
    return ", ".join(f"{one.name} {getattr(rule, one.name)}" for one in fields(rule))


def refused(name: str, error: EngineError) -> MethodReport:
    """The report of a method that cannot be measured."""
    return MethodReport(name, title_of(name), problem=error.message, hint=error.hint)


def report(
    loaded: LoadedModel,
    method: Method,
    factor: float,
    tokens: int,
    cache: str,
    gap: Callable[[Method], float | None],
) -> MethodReport:
    """Put a method in force, read back what it changed, and take it off again.

    Args:
        loaded: The model.
        method: Which.
        factor: Stretch whose frequencies are told.
        tokens: Length of the text that they are for.
        cache: Kind of cache that will be used; one that cannot work is a problem of the method.
        gap: Measures what a cache changes, see `engine.context.probes.gap`.

    Returns:
        The report; with a `problem` where the method does not apply, whatever the reason.
    """
    model = loaded.model
    error = refusal(model, method)
    if error is not None:
        return refused(method.name, error)
    times = []
    try:
        for _ in range(SWAPS):
            began = time.perf_counter()
            with applied(model, method, factor, tokens) as state:
                after, rules = state.after, state.rules
            times.append((time.perf_counter() - began) * 1000)
        with applied(model, method, factor, tokens) as state:
            make_cache(cache, model, state)
        difference = gap(method)
    except EngineError as problem:  # LongRoPE without its list, a cache that forgets too much
        return refused(method.name, problem)
    return MethodReport(
        name=method.name,
        title=title_of(method.name),
        factor=factor,
        inv_freq=after.inv_freq if after else np.zeros(0),
        attention=after.attention if after else 1.0,
        parameters=" + ".join(_parameters(rule) for rule in rules),
        cache_gap=difference,
        keeps_cache=method.keeps_cache,
        swap_ms=sorted(times)[SWAPS // 2],
    )
