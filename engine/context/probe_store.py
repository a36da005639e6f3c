"""Rows of probes on disk: what is measured once is not measured again. No torch here.

One small JSON file per question (model, keys, text, cache, attention), rewritten whole after each
row, so that it is never half a file. It says under which conditions its rows were measured; where
the weights or the text are others now, it is begun anew.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from engine.context.method_names import parts_of
from engine.context.probe_spec import KeptProbe, KeptProbeSpec, ProbeRow, ProbeSpec, comparable
from engine.jobs.spec import Spec
from engine.store.atomic import write_bytes

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

log = logging.getLogger(__name__)
FOLDER: Final = "context-probes"
DIVIDED: Final = "longrope"
"""The one part of a method that has figures of its own beside the factor."""


@dataclass(frozen=True)
class StoredRow:
    """A row with what its figures depend on.

    Attributes:
        row: The row.
        long_factor: LongRoPE's divisors where its method has them.
    """

    row: ProbeRow
    long_factor: tuple[float, ...] = ()


@dataclass(frozen=True)
class StoredProbe:
    """A file.

    Attributes:
        conditions: Of the weights and texts, as one hash.
        trained: Trained length.
        rows: Finished ones.
        gaps: Of the cache, by method; None = not measured.
    """

    conditions: str
    trained: int
    rows: tuple[StoredRow, ...] = ()
    gaps: dict[str, float | None] = field(default_factory=dict)


class ProbeStore:
    """The rows measured so far of one question.

    Args:
        data: The user's data folder.
        spec: The question.
        conditions: All that a row depends on beside the spec: the weights, the text's tokens.
        trained: Trained length.
    """

    def __init__(
        self, data: Path, spec: ProbeSpec, conditions: dict[str, object], trained: int
    ) -> None:
        self.file = file_of(data, spec)
        text = msgspec.json.encode(conditions, order="deterministic")
        fresh = StoredProbe(hashlib.sha256(text).hexdigest(), trained)
        found = None if spec.afresh else read(self.file)
        self._kept = found if found and found.conditions == fresh.conditions else fresh
        self._divisors = tuple(spec.long_factor)

    def find(self, method: str, length: str, tokens: int, factor: float) -> ProbeRow | None:
        """A row that was measured before, marked as stored; else None."""
        asked = (method, tokens, self._own(method))
        for one in self._kept.rows:
            same = (one.row.method, one.row.tokens, one.long_factor) == asked
            if same and abs(one.row.factor - factor) < 1e-9:
                return replace(one.row, stored=True, length=length)
        return None

    def keep(self, row: ProbeRow) -> None:
        """Write a row, in place of one that answers the same.

        Raises:
            StoreError: The disk is full or the folder cannot be written.
        """
        one = StoredRow(replace(row, stored=False), self._own(row.method))
        others = tuple(kept for kept in self._kept.rows if _answers(kept) != _answers(one))
        self._write(replace(self._kept, rows=(*others, one)))

    def gap(self, method: str) -> tuple[bool, float | None]:
        """Whether the gap of a method's cache is known, and the gap."""
        return method in self._kept.gaps, self._kept.gaps.get(method)

    def keep_gap(self, method: str, gap: float | None) -> None:
        """Write a gap. Raises `StoreError` as `keep`."""
        self._write(replace(self._kept, gaps=self._kept.gaps | {method: gap}))

    def _own(self, method: str) -> tuple[float, ...]:
        return self._divisors if DIVIDED in parts_of(method) else ()

    def _write(self, kept: StoredProbe) -> None:
        self._kept = kept
        write_bytes(self.file, msgspec.json.encode(kept))


def _answers(one: StoredRow) -> tuple[object, ...]:
    return one.row.method, one.row.tokens, one.row.factor, one.long_factor


def kept(spec: Spec, ctx: JobContext) -> KeptProbe:
    """Run a `KeptProbeSpec`: the rows of its methods and lengths that are on disk.

    A perplexity of other tokens than the newest row's is left out, see `comparable`.
    """
    assert isinstance(spec, KeptProbeSpec)
    probe = spec.probe
    found = read(file_of(ctx.resources.paths.data, probe))
    if found is None:
        return KeptProbe()
    rows = [
        replace(one.row, stored=True)
        for one in found.rows
        if one.row.method in probe.methods and one.row.length in probe.lengths
        if DIVIDED not in parts_of(one.row.method) or one.long_factor == probe.long_factor
    ]
    return KeptProbe(comparable(rows), found.trained)


def file_of(data: Path, spec: ProbeSpec) -> Path:
    """Where the rows of a question are, whichever methods and lengths are asked for."""
    question = replace(
        spec, methods=("direct",), lengths=("1x",), long_factor=(), timed=(), afresh=False
    )
    text = msgspec.json.encode(question, order="deterministic")
    return data / FOLDER / f"{hashlib.sha256(text).hexdigest()[:32]}.json"


def read(file: Path) -> StoredProbe | None:
    """A file; None where there is none, or it cannot be read (which the log says)."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=StoredProbe)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("The probe %s cannot be read and is measured anew: %s", file, error)
        return None
