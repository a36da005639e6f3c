"""The job "extend-probe": every method at every length, cells shown while they fill."""

from __future__ import annotations

import hashlib
import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.context.caches import make_cache
from engine.context.implementations import implemented, timed
from engine.context.memory import cache_bytes
from engine.context.methods import Applied, Method, applied, method_of, trained_length
from engine.context.probe_spec import (
    AttentionTime,
    MethodReport,
    ProbeResult,
    ProbeRow,
    ProbeSpec,
    tokens_of,
)
from engine.context.probe_store import ProbeStore
from engine.context.probes.cells import Cell
from engine.context.probes.gap import cache_gap
from engine.context.probes.haystack import Haystack, haystack
from engine.context.probes.passkey import Asked, ask
from engine.context.probes.peak import Peak, peak_of
from engine.context.probes.perplexity import Scored, Stream, perplexity, stream
from engine.context.probes.reports import report
from engine.context.scaling.live import live_config, live_ropes
from engine.devices import memory
from engine.errors import BadSpec, DoesNotFit, EngineError, StoreError, as_memory_error
from engine.evaluation.provenance import provenance_of
from engine.jobs.spec import Spec
from engine.models.anatomy import position_encoding_of
from engine.models.architecture import shape_of
from engine.models.forecast import gigabytes
from engine.text_source import TEACHING, check_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

log = logging.getLogger(__name__)
USABLE: Final = 0.8
"""Share of the free memory that a text's keys and values may take."""
_Same = tuple[bytes, float, tuple[object, ...], bool]


def run(spec: Spec, ctx: JobContext) -> ProbeResult:
    """Run a `ProbeSpec`; publishes each `MethodReport`, then a `ProbeRow` whenever one has
    learned more.

    A method that does not apply says so in its report, a row that fails says so itself, and the
    others go on.

    Raises:
        BadSpec: A text cannot be read, or the model has no position for so long a text.
        UnsupportedModel: The implementation of attention is not possible here.
    """
    assert isinstance(spec, ProbeSpec)
    if spec.windows:
        check_sources(spec.evaluation)  # before a model is loaded for nothing
    started = time.monotonic()
    with (
        ctx.resources.residency.lease(spec.model, ctx) as loaded,
        implemented(loaded, spec.attention),
    ):
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
        self.room = round(USABLE * memory(str(loaded.device)).free)
        fitting = [one.tokens for one in self.lengths if self._fits(one)]
        self.longest = max(fitting, default=self.trained)
        self._check_table()
        self.methods = [method_of(name, spec.long_factor) for name in spec.methods]
        self.usable = self.methods
        self.rows: list[ProbeRow] = []
        self.texts: dict[tuple[int, int], Haystack] = {}
        self.stream = self._text() if spec.windows else None
        self.scored = self._longest_scored()
        self.store = ProbeStore(
            ctx.resources.paths.data, spec, self._conditions(), self.trained
        )  # fmt: skip
        self.known: dict[tuple[int, _Same], ProbeRow] = {}

    def run(self, started: float) -> ProbeResult:
        """Reports of all methods, then length by length."""
        own = live_config(self.model).inv_freq if live_ropes(self.model) else np.zeros(0)
        reports = tuple(self._told(method) for method in self.methods)
        applicable = {one.name for one in reports if not one.problem}
        self.usable = [one for one in self.methods if one.name in applicable]
        times = tuple(self._timed())
        for length in self.lengths:
            for method in self.usable:
                self._say(method, length, 0.0)
                self.rows.append(self._found(method, length))
                self.ctx.partial(self.rows[-1])
        return ProbeResult(
            model=self.spec.model.id,
            trained=self.trained,
            inv_freq=own,
            rows=tuple(self.rows),
            methods=reports,
            seconds=time.monotonic() - started,
            provenance=replace(
                provenance_of(
                    self.loaded, batch_size=1, seed=self.spec.seed, temperature=0.0,
                    check=self.ctx.check,
                ),
                attention=self.model.config._attn_implementation,
            ),
            attention=times,
        )  # fmt: skip

    def _conditions(self) -> dict[str, object]:
        """All that a row depends on beside the spec, its method and its length."""
        source = self.spec.evaluation
        read = source.path not in ("", TEACHING) and self.stream is not None
        text = Path(source.path).read_bytes() if read else b""
        return {
            "weights": self.loaded.weights_sha(self.ctx.check),
            "edits": [str(one) for one in self.loaded.edits],
            "dtype": str(self.loaded.dtype),
            "device": self.loaded.device.type,
            "attention": self.model.config._attn_implementation,
            "text": hashlib.sha256(text).hexdigest(),
        }

    def _check_table(self) -> None:
        """A table of positions has no entry for a longer text."""
        positions = position_encoding_of(self.model.config, self.model)
        if live_ropes(self.model) or positions.startswith("ALiBi"):
            return
        if self.longest <= self.trained:
            return
        raise BadSpec(
            f"The model “{self.spec.model.id}” has positions for {self.trained} tokens and none "
            "beyond.",
            "Choose lengths within, or a model with rotary positions or ALiBi.",
        )

    def _fits(self, length: _Length) -> bool:
        """Whether there is room for what is kept of a text so long."""
        return self._cache_bytes(length.tokens) <= self.room

    def _check_room(self, length: _Length) -> None:
        """A text that cannot be kept is not even written."""
        if not self._fits(length):
            needed = gigabytes(self._cache_bytes(length.tokens))
            raise DoesNotFit(
                f"The keys and values of {length.tokens:,} tokens need {needed}; "
                f"{gigabytes(self.room)} may be used here.",
                "Choose a shorter length.",
            )

    def _cache_bytes(self, tokens: int) -> int:
        dtype = self.loaded.info.dtype
        return cache_bytes(shape_of(self.model.config), tokens, dtype, self.spec.cache)

    def _factor(self, length: _Length) -> float:
        return self.spec.factor or max(1.0, length.tokens / self.trained)

    def _text(self) -> Stream:
        spec = self.spec
        wanted = self.longest + spec.stride * (spec.windows - 1)
        found = stream(spec.evaluation, self.loaded.tokenizer, wanted, spec.seed)
        shortest = min((one.tokens for one in self.lengths if self._fits(one)), default=0)
        if len(found.ids) < shortest:
            raise BadSpec(
                f"The text has {len(found.ids)} tokens; no length that is measured fits into it.",
                "Choose a longer text or shorter lengths, or measure no perplexity.",
            )
        return found

    def _longest_scored(self) -> int:
        """The longest length that has a perplexity: a file may be shorter than the longest."""
        if self.stream is None:
            return 0
        most = min(self.longest, len(self.stream.ids))
        return max((one.tokens for one in self.lengths if one.tokens <= most), default=0)

    def _haystack(self, tokens: int, number: int) -> Haystack:
        """The number-th text of a length: the same for every method."""
        key = (tokens, number)
        if key not in self.texts:
            spec = self.spec
            self.texts[key] = haystack(
                self.loaded, tokens, spec.needles, spec.language, spec.seed * 1000 + number
            )
        return self.texts[key]

    def _found(self, method: Method, length: _Length) -> ProbeRow:
        """A row from the disk, or measured and put there; a failure is the row's own."""
        factor = self._factor(length)
        stored = self.store.find(method.name, length.name, length.tokens, factor)
        if stored is not None and (self.stream is None or stored.longest == self.scored):
            return stored
        try:
            self._check_room(length)
            row = self._row(method, length) if stored is None else self._scored(method, stored)
        except (EngineError, RuntimeError, MemoryError) as error:
            known = as_memory_error(error)
            if not isinstance(known, EngineError):
                raise
            return ProbeRow(
                method.name, length.name, length.tokens, factor, 0, 0, 0.0, 0.0, 1.0, None, 0, (),
                True, problem=known.message, hint=known.hint,
            )  # fmt: skip
        self._keep(row)
        return row

    def _scored(self, method: Method, row: ProbeRow) -> ProbeRow:
        """A stored row whose perplexity is of other tokens than this probe's."""
        length = _Length(row.length, row.tokens)
        with applied(self.model, method, row.factor, row.tokens):
            scored = self._perplexity(method, length)
        return replace(
            row,
            perplexity=scored.perplexity if scored else None,
            scored=scored.tokens if scored else 0,
            longest=self.scored,
        )

    def _keep(self, row: ProbeRow) -> None:
        if not row.n and not row.scored:
            return
        try:
            self.store.keep(row)
        except StoreError as error:  # a full disk ends no probe; why is said
            log.warning("A row of the probe is not stored: %s", error)
            self.ctx.partial(error.report())

    def _timed(self) -> Iterator[AttentionTime]:
        """Every implementation that was asked for at every length."""
        for length in filter(self._fits, self.lengths):
            for name in self.spec.timed:
                self.ctx.progress(0.0, f"{length.name}: {name}")
                found = timed(self.loaded, name, length.tokens, self.ctx.check, self.spec.chunk)
                self.ctx.partial(found)
                yield found

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
                watched = nullcontext(Peak()) if cell.n else peak_of(self.model)
                with watched as peak:
                    asked = self._asked(state, text, length)
                cell.add(asked, time.monotonic() - began)
                cell.peak_bytes = max(cell.peak_bytes, peak.bytes)
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
            return ask(
                self.model, text, self._shares(state.method, length), self.ctx.check, fresh,
                self.spec.chunk,
            )  # fmt: skip
        finally:
            if state.running is not None:  # the next cache may keep everything
                state.running.key_positions = None

    def _shares(self, method: Method, length: _Length) -> bool:
        return method.keeps_cache or length.tokens <= self.trained

    def _perplexity(self, method: Method, length: _Length) -> Scored | None:
        if self.stream is None:
            return None
        if length.tokens > self.scored:
            return None
        ends = self.stream.ends(self.scored, self.spec.stride, self.spec.windows)
        shares = self._shares(method, length)
        return perplexity(
            self.model, self.stream, ends, length.tokens, self.spec.stride, shares, self.ctx.check,
            self.spec.chunk,
        )  # fmt: skip

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
            peak_bytes=cell.peak_bytes,
            longest=self.scored,
        )

    def _forecast(self, state: Applied, length: _Length) -> int:
        """Bytes that the cache will hold."""
        kept = sum(state.keeps or ())
        shape = shape_of(self.model.config)
        dtype = self.loaded.info.dtype
        return cache_bytes(shape, length.tokens, dtype, self.spec.cache, kept)

    def _same(self, state: Applied, length: _Length) -> _Same:
        """Two methods with equal values here are the same method at this length."""
        after = state.after
        frequencies = after.inv_freq.tobytes() if after else b""
        attention = after.attention if after else 1.0
        return frequencies, attention, state.rules, self._shares(state.method, length)

    def _told(self, method: Method) -> MethodReport:
        longest = max(self.lengths, key=lambda one: one.tokens)
        factor = self._factor(longest)
        self._say(method, longest, 0.0)  # the cache is read token by token: that takes a while
        told = report(
            self.loaded, method, factor, longest.tokens, self.spec.cache, self._gap
        )  # fmt: skip
        found = replace(told, trained=self.trained)
        self.ctx.partial(found)
        return found

    def _gap(self, method: Method) -> float | None:
        """What a cache changes, measured once."""
        known, gap = self.store.gap(method.name)
        if known:
            return gap
        gap = cache_gap(self.loaded, method, self.trained, self.ctx.check)
        try:
            self.store.keep_gap(method.name, gap)
        except StoreError as error:
            log.warning("The gap of a cache is not stored: %s", error)
        return gap
