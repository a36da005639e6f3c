"""The job "extend-search": a small search for LongRoPE's divisors on keys hidden in a long text.

LongRoPE searches a list of divisors with an evolution over thousands of readings (Ding et al.
2024, §3.3). Here the lists are those of NTK-mixed (Su 2023), monotone by construction, and only
their two numbers are searched: half of the tries are spread over the range, half close in on the
best so far. The judge is LongRoPE2's: the likelihood of what must be found, not of all the text.
"""

from __future__ import annotations

import random
import time
from math import exp, log
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.context.methods import applied, method_of, trained_length
from engine.context.probes.haystack import haystack
from engine.context.probes.passkey import ask
from engine.context.scaling.live import live_config
from engine.context.scaling.longrope import LongRope
from engine.context.search_spec import SearchResult, SearchSpec, Tried
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

POWERS: Final = (0.15, 2.5)
STRETCHES: Final = (0.75, 2.0)
"""Range of the largest divisor, as shares of the factor."""
FIRST: Final = ((0.625, 1.0), (1.0, 1.0), (0.3, 1.0))
"""Su's own power, NTK-fixed, and one nearer to interpolation, before anything is drawn."""
NARROWING: Final = 0.25
"""Width of the later draws, as a share of the range."""


def run(spec: Spec, ctx: JobContext) -> SearchResult:
    """Run a `SearchSpec`; publishes each `Tried`.

    Raises:
        BadSpec: The model has no rotation, or the text has no room for its keys.
    """
    assert isinstance(spec, SearchSpec)
    began = time.monotonic()
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        config = live_config(loaded.model)
        tokens = round(spec.factor * trained_length(loaded.model))
        text = haystack(loaded, tokens, spec.needles, spec.language, spec.seed)
        rng = random.Random(f"divisors|{spec.seed}")
        tried: list[Tried] = []
        for number in range(spec.evaluations):
            ctx.progress(number / spec.evaluations, f"{number + 1} / {spec.evaluations}")
            power, share = _next(rng, number, spec, tried)
            stretch = max(1.0, share * spec.factor)
            method = method_of("longrope", divisors_of(config.pairs, power, stretch))
            # in one pass each: LongRoPE's list switches as a cache grows past the trained length
            with applied(loaded.model, method, spec.factor, tokens):
                answers = ask(loaded.model, text, False, ctx.check).answers
            nll = sum(one.nll for one in answers) / len(answers)
            tried.append(Tried(power, stretch, nll, sum(one.right for one in answers)))
            ctx.partial(tried[-1])
        best = min(tried, key=lambda one: one.nll)
        divisors = divisors_of(config.pairs, best.power, best.stretch)
        preset = LongRope(long_factor=divisors, short_factor=(1.0,) * config.pairs)
        return SearchResult(
            best=best, long_factor=divisors, tried=tuple(tried),
            parameters=preset.parameters(config, spec.factor, tokens), tokens=tokens,
            seconds=time.monotonic() - began,
        )  # fmt: skip


def divisors_of(pairs: int, power: float, stretch: float) -> tuple[float, ...]:
    """exp(ln k · (m / pairs)^p) for m = 1 … pairs: 1 at the fast end, k at the slow one."""
    place = np.arange(1, pairs + 1) / pairs
    return tuple(float(one) for one in np.exp(log(stretch) * place**power))


def _next(
    rng: random.Random, number: int, spec: SearchSpec, tried: list[Tried]
) -> tuple[float, float]:
    """Power and share of the factor to try."""
    if number < len(FIRST):
        return FIRST[number]
    if number < len(FIRST) + (spec.evaluations - len(FIRST)) // 2:
        return _between(rng, *POWERS), _between(rng, *STRETCHES)
    best = min(tried, key=lambda one: one.nll)
    return (
        _near(rng, best.power, *POWERS),
        _near(rng, best.stretch / spec.factor, *STRETCHES),
    )


def _between(rng: random.Random, low: float, high: float) -> float:
    return exp(rng.uniform(log(low), log(high)))


def _near(rng: random.Random, value: float, low: float, high: float) -> float:
    width = NARROWING * log(high / low)
    return min(high, max(low, value * exp(rng.uniform(-width, width))))
