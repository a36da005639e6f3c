"""The job "extend-probe": every method at every length, cells shown while they fill."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.context.attention.sinks import Sinks
from engine.context.attention.sliding import Sliding
from engine.context.caches import make_cache
from engine.context.memory import forecast_length
from engine.context.method_names import TITLES, parts_of
from engine.context.methods import Applied, Method, applied, method_of, refusal, trained_length
from engine.context.probe_spec import MethodReport, ProbeResult, ProbeRow, ProbeSpec, tokens_of
from engine.context.probes.cells import Cell
from engine.context.probes.gap import cache_gap
from engine.context.probes.haystack import Haystack, haystack
from engine.context.probes.passkey import Asked, ask
from engine.context.probes.perplexity import Scored, Stream, perplexity, stream
from engine.context.scaling.live import live_config, live_ropes
from engine.errors import BadSpec
from engine.evaluation.provenance import provenance_of
from engine.jobs.spec import Spec
from engine.models.anatomy import position_encoding_of
from engine.models.architecture import shape_of

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

SWAPS: Final = 5
"""Repetitions of a swap whose median is reported."""

_Same = tuple[bytes, float, tuple[object, ...], bool]


def run(spec: Spec, ctx: JobContext) -> ProbeResult:
    """Run a `ProbeSpec`; publishes each `MethodReport`, then a `ProbeRow` whenever one has
    learned more.

    Raises:
        BadSpec: A length is too short for its keys, a text cannot be read, or the model has no
            position for so long a text.
    """
    assert isinstance(spec, ProbeSpec)
    started = time.monotonic()
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        return _Probe(spec, loaded, ctx).run(started)


@dataclass(frozen=True)
class _Length:
    """A length as asked and in tokens."""

    name: str
    tokens: int


class _Probe:
    """One bench at work."""

    def __init__(self, spec: ProbeSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.loaded = loaded
        self.model = loaded.model
        self.ctx = ctx
        self.trained = trained_length(loaded.model)
        self.lengths = [_Length(one, tokens_of(one, self.trained)) for one in spec.lengths]
        self._check_table()
        self.methods = [method_of(name, spec.long_factor) for name in spec.methods]
        self.usable = [one for one in self.methods if refusal(self.model, one) is None]
        self.rows: list[ProbeRow] = []
        self.texts: dict[tuple[int, int], Haystack] = {}
        self.stream: Stream | None = None
        self.known: dict[tuple[int, _Same], ProbeRow] = {}

    def run(self, started: float) -> ProbeResult:
        """Reports of all methods, then length by length."""
        own = live_config(self.model).inv_freq if live_ropes(self.model) else np.zeros(0)
        reports = tuple(self._told(method) for method in self.methods)
        if self.spec.windows:
            self.stream = self._text()
        for length in self.lengths:
            for method in self.usable:
                self._say(method, length, 0.0)
                self.rows.append(self._row(method, length))
                self.ctx.partial(self.rows[-1])
        return ProbeResult(
            model=self.spec.model.id,
            trained=self.trained,
            inv_freq=own,
            rows=tuple(self.rows),
            methods=reports,
            seconds=time.monotonic() - started,
            provenance=provenance_of(
                self.loaded, batch_size=1, seed=self.spec.seed, temperature=0.0,
                check=self.ctx.check,
            ),
        )  # fmt: skip

    def _check_table(self) -> None:
        """A table of positions has no entry for a longer text."""
        positions = position_encoding_of(self.model.config, self.model)
        longest = max(one.tokens for one in self.lengths)
        if live_ropes(self.model) or positions.startswith("ALiBi") or longest <= self.trained:
            return
        raise BadSpec(
            f"The model “{self.spec.model.id}” has positions for {self.trained} tokens and none "
            "beyond.",
            "Choose lengths within, or a model with rotary positions or ALiBi.",
        )

    def _factor(self, length: _Length) -> float:
        return self.spec.factor or max(1.0, length.tokens / self.trained)

    def _text(self) -> Stream:
        spec = self.spec
        longest = max(one.tokens for one in self.lengths)
        wanted = longest + spec.stride * (spec.windows - 1)
        return stream(spec.evaluation, self.loaded.tokenizer, wanted, spec.seed)

    def _haystack(self, tokens: int, number: int) -> Haystack:
        """The number-th text of a length: the same for every method."""
        key = (tokens, number)
        if key not in self.texts:
            spec = self.spec
            self.texts[key] = haystack(
                self.loaded, tokens, spec.needles, spec.language, spec.seed * 1000 + number
            )
        return self.texts[key]

    def _row(self, method: Method, length: _Length) -> ProbeRow:
        factor = self._factor(length)
        with applied(self.model, method, factor, length.tokens) as state:
            same = (length.tokens, self._same(state, length))
            if same in self.known:
                former = self.known[same]
                return replace(former, method=method.name, seconds=0.0, same_as=former.method)
            cell = Cell(self.spec.most, self.spec.width)
            while not cell.done:
                text = self._haystack(length.tokens, len(cell.answers) // self.spec.needles)
                began = time.monotonic()
                asked = self._asked(state, text, length)
                cell.add(asked, time.monotonic() - began)
                self._say(method, length, cell.n / max(1, self.spec.most))
                if not cell.done:
                    self.ctx.partial(self._as_row(state, length, cell, None, False))
            scored = self._perplexity(method, length)
            row = self._as_row(state, length, cell, scored, True)
            self.known[same] = row
            return row

    def _say(self, method: Method, length: _Length, share: float) -> None:
        """How far the bench is, with `share` of the row at hand."""
        total = max(1, len(self.lengths) * len(self.usable))
        self.ctx.progress((len(self.rows) + share) / total, f"{length.name}: {method.name}")

    def _asked(self, state: Applied, text: Haystack, length: _Length) -> Asked:
        kind = self.spec.cache
        fresh = None if kind == "full" else partial(make_cache, kind, self.model, state)
        try:
            return ask(self.model, text, self._shares(state.method, length), self.ctx.check, fresh)
        finally:
            if state.running is not None:  # the next cache may keep everything
                state.running.key_positions = None

    def _shares(self, method: Method, length: _Length) -> bool:
        return method.keeps_cache or length.tokens <= self.trained

    def _perplexity(self, method: Method, length: _Length) -> Scored | None:
        if self.stream is None:
            return None
        fitting = [one.tokens for one in self.lengths if one.tokens <= len(self.stream.ids)]
        longest = max(fitting, default=0)
        if length.tokens > longest:  # a file may be shorter than the longest text
            return None
        ends = self.stream.ends(longest, self.spec.stride, self.spec.windows)
        shares = self._shares(method, length)
        return perplexity(
            self.model, self.stream, ends, length.tokens, self.spec.stride, shares, self.ctx.check
        )

    def _as_row(
        self,
        state: Applied,
        length: _Length,
        cell: Cell,
        scored: Scored | None,
        complete: bool,
    ) -> ProbeRow:
        interval = cell.interval
        return ProbeRow(
            method=state.method.name,
            length=length.name,
            tokens=length.tokens,
            factor=state.factor,
            n=cell.n,
            right=cell.right,
            passkey=cell.right / cell.n if cell.n else 0.0,
            low=interval.low,
            high=interval.high,
            perplexity=scored.perplexity if scored else None,
            scored=scored.tokens if scored else 0,
            depths=cell.depths(),
            complete=complete,
            stopped_early=complete and cell.n < cell.most,
            seconds=cell.seconds,
            kv_bytes=cell.kv_bytes,
            forecast_bytes=self._forecast(state, length),
        )

    def _forecast(self, state: Applied, length: _Length) -> int:
        """Bytes that the cache will hold."""
        kept = next((one.sinks + one.recent for one in state.rules if isinstance(one, Sinks)), 0)
        kept = next((one.window for one in state.rules if isinstance(one, Sliding)), kept)
        shape = shape_of(self.model.config)
        dtype = self.loaded.info.dtype
        return forecast_length(shape, length.tokens, dtype, self.spec.cache, kept).cache

    def _same(self, state: Applied, length: _Length) -> _Same:
        """Two methods with equal values here are the same method at this length."""
        after = state.after
        frequencies = after.inv_freq.tobytes() if after else b""
        attention = after.attention if after else 1.0
        return frequencies, attention, state.rules, self._shares(state.method, length)

    def _told(self, method: Method) -> MethodReport:
        report = self._report(method)
        self.ctx.partial(report)
        return report

    def _report(self, method: Method) -> MethodReport:
        title = " + ".join(TITLES[part] for part in parts_of(method.name))
        refused = refusal(self.model, method)
        if refused is not None:
            return MethodReport(method.name, title, problem=refused.message, hint=refused.hint)
        longest = max(self.lengths, key=lambda one: one.tokens)
        factor = self._factor(longest)
        times = []
        for _ in range(SWAPS):
            began = time.perf_counter()
            with applied(self.model, method, factor, longest.tokens) as state:
                after, rules = state.after, state.rules
            times.append((time.perf_counter() - began) * 1000)
        gap = cache_gap(self.loaded, method, self.trained, self.ctx.check)
        return MethodReport(
            name=method.name,
            title=title,
            factor=factor,
            inv_freq=after.inv_freq if after else np.zeros(0),
            attention=after.attention if after else 1.0,
            parameters=", ".join(str(rule) for rule in rules),
            cache_gap=gap,
            keeps_cache=method.keeps_cache,
            swap_ms=sorted(times)[SWAPS // 2],
        )
