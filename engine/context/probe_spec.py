"""What a bench of context methods is asked, and what it answers. No torch here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from engine.context.cache_names import CACHES
from engine.context.method_names import USUAL, check_method
from engine.errors import BadSpec
from engine.evaluation.spec import Provenance
from engine.jobs.spec import FILES_LANE, Spec
from engine.models.reference import AttentionChoice, ModelRef
from engine.prompting.elements import Language
from engine.text_source import TextSource

DEFAULT_METHODS: Final = USUAL
DEFAULT_LENGTHS: Final = ("1x", "2x", "4x", "8x")
LEAST_TOKENS: Final = 32
LEAST_CHUNK: Final = 16
SHOWN_CHARS: Final = 24
"""Of what was typed, in a sentence about it."""
IMPLEMENTATIONS: Final[tuple[AttentionChoice, ...]] = (
    "sdpa",
    "eager",
    "flex_attention",
    "flash_attention_2",
)
"""Implementations of attention that can be chosen and timed."""


@dataclass(frozen=True)
class ProbeSpec(Spec):
    """Measure which method still works at which length.

    Each finished row is on disk before it is published: a stopped probe keeps what it has
    measured, and the same spec submitted again measures only the rest.

    Attributes:
        model: Which model.
        methods: Names as `engine.context.method_names` has them; parts are joined by ``+``.
        lengths: ``"4x"`` for four times the trained length, or a number of tokens.
        factor: How far every method stretches; 0 = each length's own factor.
        needles: Keys hidden in one text, evenly from its start to its end; they share what is
            read, so a text with all its questions costs little more than one question.
        most: Most keys asked for per method and length.
        width: A cell ends early once its 95 % interval is no wider than this; 0 = never.
        language: Of the texts.
        seed: Which keys and which filler.
        evaluation: Text whose perplexity is measured: lessons of the teaching world or a file.
        stride: Tokens scored per window.
        windows: Windows of perplexity; 0 = none.
        cache: Kind of cache that keys are looked up in, of `engine.context.cache_names`. Any but
            the full one is slower here: questions do not share what is read.
        long_factor: LongRoPE's divisors, one per pair of dimensions, where it is among `methods`.
        attention: Implementation of attention; ``"auto"`` = as the model was loaded. A rule of
            attention always runs in its own.
        chunk: Tokens per forward pass; 0 = all at once.
        timed: Implementations whose reading of a text of each length is timed.
        afresh: Measure again what is on disk.
    """

    kind: ClassVar[str] = "extend-probe"

    model: ModelRef = field(default_factory=ModelRef)
    methods: tuple[str, ...] = DEFAULT_METHODS
    lengths: tuple[str, ...] = DEFAULT_LENGTHS
    factor: float = 0.0
    needles: int = 8
    most: int = 48
    width: float = 0.25
    language: Language = "en"
    seed: int = 0
    evaluation: TextSource = field(default_factory=TextSource)
    stride: int = 128
    windows: int = 8
    cache: str = "full"
    long_factor: tuple[float, ...] = ()
    attention: AttentionChoice = "auto"
    chunk: int = 1024
    timed: tuple[AttentionChoice, ...] = ()
    afresh: bool = False

    def title(self) -> str:
        return f"Stretch {self.model.id}"

    def check(self) -> None:
        if not self.methods or not self.lengths:
            raise BadSpec("Nothing is to be measured.", "Name at least one method and one length.")
        for name in self.methods:
            check_method(name)
        for length in self.lengths:
            tokens_of(length, 1 << 20)
        if self.factor != 0 and not 1 <= self.factor < float("inf"):
            raise BadSpec(
                f"A context cannot be stretched by the factor {self.factor:g}.",
                "Choose a factor of 1 or more.",
            )
        if self.cache not in CACHES:
            raise BadSpec(f"There is no cache “{self.cache}”.", f"Choose of: {', '.join(CACHES)}.")
        if not 1 <= self.needles <= 16:
            raise BadSpec(
                f"{self.needles} keys cannot be hidden in one text.", "Choose between 1 and 16."
            )
        for name in (self.attention, *self.timed):
            if name not in ("auto", *IMPLEMENTATIONS):
                raise BadSpec(
                    f"There is no attention “{name}”.", f"Choose of: {', '.join(IMPLEMENTATIONS)}."
                )
        if self.chunk != 0 and self.chunk < LEAST_CHUNK:
            raise BadSpec(
                f"A forward pass of {self.chunk} tokens is too short.",
                f"Choose at least {LEAST_CHUNK} tokens, or 0 for the whole text.",
            )
        if self.most < 0 or self.windows < 0:
            raise BadSpec(
                f"{min(self.most, self.windows)} keys or windows cannot be measured.",
                "Choose a number of 0 or more.",
            )
        if self.stride < 1:
            raise BadSpec("A window scores no token.", "Score at least 1 token per window.")
        if not 0 <= self.width < 1:
            raise BadSpec(
                f"No interval of keys found is {self.width:g} wide.",
                "Choose a width between 0 and 1; 0 asks for every key.",
            )


def tokens_of(length: str, trained: int) -> int:
    """Tokens of a length such as ``"4x"`` or ``"1536"``.

    Raises:
        BadSpec: It is neither.
    """
    text = length.strip().lower().replace("×", "x")
    times = re.fullmatch(r"(\d+(?:\.\d+)?)x", text)
    if times:
        tokens = round(float(times[1]) * trained)
    elif text.isdecimal():
        tokens = int(text)
    else:
        shown = length if len(length) <= SHOWN_CHARS else f"{length[:SHOWN_CHARS]}…"
        raise BadSpec(f"“{shown}” is no length.", "Write 4x or a number of tokens.")
    if tokens < LEAST_TOKENS:
        raise BadSpec(
            f"A text of {tokens} tokens hides no key.", f"Choose at least {LEAST_TOKENS} tokens."
        )
    return tokens


@dataclass(frozen=True)
class DepthCell:
    """The keys at one depth.

    Attributes:
        depth: Where they were hidden, 0 = start, 1 = end.
        n: How many were asked for.
        right: How many were found.
        nll: Mean negative log-likelihood of their digits, nats per token.
    """

    depth: float
    n: int
    right: int
    nll: float


@dataclass(frozen=True)
class ProbeRow:
    """One method at one length, so far or to the end.

    Attributes:
        method: Its name.
        length: As asked, such as ``"4x"``.
        tokens: The same in tokens.
        factor: Stretch that the method was given.
        n: Keys asked for.
        right: Keys whose every digit was the likeliest token, the digits before it given.
        passkey: right / n.
        low, high: Wilson's 95 % interval of it.
        perplexity: Of the scored tokens with this much context, or None.
        scored: Tokens behind the perplexity.
        depths: By depth.
        complete: False while more is to come.
        stopped_early: The interval was narrow enough before all keys were asked for.
        seconds: Spent on the keys of this row.
        kv_bytes: Keys and values in the cache at this length.
        forecast_bytes: The same as forecast.
        same_as: A method with the very same frequencies at this length, whose figures these are.
        peak_bytes: Most bytes of tensors besides the weights while one text was read and asked
            about, the cache included.
        problem: Why there are no figures; empty = there are.
        hint: What to do instead.
        stored: The figures were on disk.
        longest: Longest text of its probe that perplexity was measured at: it decides which tokens
            are scored, so perplexities of rows are comparable where it is the same; 0 = unknown.
    """

    method: str
    length: str
    tokens: int
    factor: float
    n: int
    right: int
    passkey: float
    low: float
    high: float
    perplexity: float | None
    scored: int
    depths: tuple[DepthCell, ...]
    complete: bool
    stopped_early: bool = False
    seconds: float = 0.0
    kv_bytes: int = 0
    forecast_bytes: int = 0
    same_as: str = ""
    peak_bytes: int = 0
    problem: str = ""
    hint: str = ""
    stored: bool = False
    longest: int = 0


@dataclass(frozen=True)
class AttentionTime:
    """One implementation of attention reading one text.

    Attributes:
        name: Of `IMPLEMENTATIONS`.
        tokens: Length of the text.
        ms: Median milliseconds; None where it cannot run.
        peak_bytes: Most bytes of tensors besides the weights, the cache included.
        problem: Why it cannot run here; empty = it can.
        hint: What to do instead.
    """

    name: str
    tokens: int
    ms: float | None
    peak_bytes: int = 0
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, eq=False)
class MethodReport:
    """What a method did to this model.

    Attributes:
        name: Its name.
        title: As people call it.
        problem: Why it does not apply; empty = it does.
        hint: What to do instead.
        factor: Stretch of the frequencies shown.
        inv_freq: Frequencies in force, read back from the live module, float64 ``[pairs]``.
        attention: Factor on cos and sin in force.
        parameters: Of the rules of attention, in words.
        cache_gap: Largest difference of a logit between one pass over a text and the same text
            read over a cache, to its end token by token, beyond the trained length.
        keeps_cache: False for a method whose cached keys go stale as the text grows.
        swap_ms: Milliseconds to put it in force and back.
        trained: Trained length of the model; 0 = unknown.
    """

    name: str
    title: str
    problem: str = ""
    hint: str = ""
    factor: float = 1.0
    inv_freq: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    attention: float = 1.0
    parameters: str = ""
    cache_gap: float | None = None
    keeps_cache: bool = True
    swap_ms: float = 0.0
    trained: int = 0


@dataclass(frozen=True, eq=False)
class ProbeResult:
    """A bench of methods and lengths.

    Attributes:
        model: Its name.
        trained: Trained length.
        inv_freq: The model's own frequencies, float64 ``[pairs]``; empty without rotation.
        rows: Length by length, in the order of the methods.
        methods: What each did, those that do not apply included.
        seconds: Of the whole job, loading included.
        provenance: Where the figures come from.
        attention: Timings of implementations, where they were asked for.
    """

    model: str
    trained: int
    inv_freq: NDArray[np.float64]
    rows: tuple[ProbeRow, ...]
    methods: tuple[MethodReport, ...]
    seconds: float
    provenance: Provenance
    attention: tuple[AttentionTime, ...] = ()


def comparable(rows: Iterable[ProbeRow]) -> tuple[ProbeRow, ...]:
    """Rows of one question, without the perplexities that are of other tokens than the newest.

    Args:
        rows: In the order in which they were measured; the last one with a text is the newest.
    """
    found = tuple(rows)
    longest = next((row.longest for row in reversed(found) if row.longest), 0)
    return tuple(
        row if row.longest == longest else replace(row, perplexity=None, scored=0) for row in found
    )


@dataclass(frozen=True)
class KeptProbeSpec(Spec):
    """Which rows of a probe are on disk; nothing is loaded. The result is a `KeptProbe`."""

    kind: ClassVar[str] = "extend-probe-kept"
    lane: ClassVar[str] = FILES_LANE

    probe: ProbeSpec = field(default_factory=ProbeSpec)

    def title(self) -> str:
        return f"Look for measured rows of {self.probe.model.id}"


@dataclass(frozen=True)
class KeptProbe:
    """Rows from the disk, in the order in which they were measured.

    Attributes:
        rows: Of the spec's methods and lengths.
        trained: Trained length; 0 = nothing was kept.
    """

    rows: tuple[ProbeRow, ...] = ()
    trained: int = 0
