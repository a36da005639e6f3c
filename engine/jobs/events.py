"""What a job says while it runs: frozen values, in order, with exactly one terminal event."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from engine.errors import ErrorReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of every event. `at` is seconds of `time.monotonic`."""

    job_id: str
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(Event):
    """The job waits for its lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The lane took the job up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """How far the job is.

    Attributes:
        fraction: 0…1, or None when no total is known.
        text: The step in words, e.g. ``"prefill 3 of 6"``.
        remaining_s: Estimate of the seconds left, or None.
    """

    fraction: float | None
    text: str = ""
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial(Event):
    """A finished part of the result, e.g. one cell. Already in the store when it is emitted."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenChunk(Event):
    """New tokens of one stream. Chunks of the same `key` are concatenated by whoever is slow.

    Attributes:
        key: Whose tokens these are (for a comparison: its `CellKey`).
        records: `engine.decoding.records.TokenRecord` values, in order.
    """

    key: object
    records: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal(Event):
    """Base of the three ends. Every job emits exactly one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Terminal):
    """The job ended well."""

    result: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Terminal):
    """The job raised; the lane is usable again."""

    error: ErrorReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Terminal):
    """The job was stopped on request; what was finished before stays in the store."""
