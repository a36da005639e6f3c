"""What is known of methods and lengths: rows that fill in live and stay after Stop."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.context.probe_spec import (
    AttentionTime,
    KeptProbe,
    KeptProbeSpec,
    MethodReport,
    ProbeResult,
    ProbeRow,
    ProbeSpec,
    comparable,
)
from engine.errors import ErrorReport
from engine.evaluation.spec import Provenance
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

HOLDS: Final = 0.8
"""Share of the keys from which a method counts as holding."""


class ProbeModel(QObject):
    """Keeps every row on screen, also those of a probe that was stopped.

    Attributes:
        rows: By method and length; of one question.
        reports: What each method did to the model, by name.
        inv_freq: The model's own frequencies, ``[pairs]``; empty until they were read.
        trained: Trained length; 0 until it is known.
        spec: What `rows` answer; None before the first probe.
        provenance: Where the figures come from; None until a probe went to its end.
        seconds: Of that probe.
        times: Timings of implementations of attention, by name and tokens.
        recalled: The rows are of an earlier start of the program.

    Signals:
        changed(): Rows or reports came or went.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.rows: dict[tuple[str, str], ProbeRow] = {}
        self.reports: dict[str, MethodReport] = {}
        self.inv_freq: NDArray[np.float64] = np.zeros(0)
        self.trained = 0
        self.spec: ProbeSpec | None = None
        self.provenance: Provenance | None = None
        self.seconds = 0.0
        self.times: dict[tuple[str, int], AttentionTime] = {}
        self.recalled = False
        self._look = JobSlot(jobs, self)
        self._look.found.connect(self._recall)
        self.job.part.connect(self._take)
        self.job.found.connect(self._found)

    def start(self, spec: ProbeSpec) -> bool:
        """Measure; rows that answer the same question stay on screen until they are replaced."""
        if self.spec is None or _question(spec) != _question(self.spec):
            self.rows, self.times = {}, {}
        self._look.forget()
        self.spec, self.provenance, self.recalled = spec, None, False
        self.reports = {name: one for name, one in self.reports.items() if not one.problem}
        self.changed.emit()
        return self.job.start(spec)

    def recall(self, spec: ProbeSpec) -> None:
        """Show what was measured of this before, while nothing newer is there."""
        if not self.rows and not self.job.running:
            self._look.start(KeptProbeSpec(probe=spec))

    def forget(self) -> None:
        """Another model: the rows are no longer of it."""
        self._look.forget()
        self.job.forget()
        self.rows, self.reports, self.spec, self.provenance = {}, {}, None, None
        self.times, self.recalled = {}, False
        self.inv_freq, self.trained = np.zeros(0), 0
        self.changed.emit()

    def methods(self) -> tuple[str, ...]:
        """Methods that were asked for, then those that have rows besides."""
        asked = self.spec.methods if self.spec is not None else ()
        return tuple(dict.fromkeys((*asked, *(name for name, _ in self.rows))))

    def lengths(self) -> tuple[str, ...]:
        """Lengths that were asked for, shortest first."""
        asked = self.spec.lengths if self.spec is not None else ()
        found = dict.fromkeys((*asked, *(length for _, length in self.rows)))
        known = {row.length: row.tokens for row in self.rows.values()}
        return tuple(sorted(found, key=lambda one: known.get(one, size_of(one))))

    def curve(self, method: str) -> tuple[ProbeRow, ...]:
        """A method's rows by length."""
        own = (row for (name, _), row in self.rows.items() if name == method)
        return tuple(sorted(own, key=lambda row: row.tokens))

    def refused(self, method: str) -> MethodReport | None:
        """The report of a method that does not apply; None when it does, or nothing is known."""
        report = self.reports.get(method)
        return report if report is not None and report.problem else None

    def best(self) -> ProbeRow | None:
        """The method that finds most keys at the longest length that any method holds."""
        done = [row for row in self.rows.values() if row.complete and row.n]
        held = [row for row in done if row.passkey >= HOLDS and row.tokens > self.trained]
        if not held:
            return None
        longest = max(row.tokens for row in held)
        return max((row for row in held if row.tokens == longest), key=lambda row: row.passkey)

    def left(self) -> int:
        """Rows that were asked for and are not complete."""
        if self.spec is None:
            return 0
        usable = [name for name in self.spec.methods if self.refused(name) is None]
        asked = {(name, length) for name in usable for length in self.spec.lengths}
        done = {place for place, row in self.rows.items() if row.complete}
        return len(asked - done)

    def _take(self, value: object) -> None:
        if isinstance(value, MethodReport):
            self.reports[value.name] = value
            self.trained = value.trained or self.trained
            if value.name == "direct" and not value.problem:
                self.inv_freq = value.inv_freq
        elif isinstance(value, AttentionTime):
            self.times[value.name, value.tokens] = value
        elif isinstance(value, ErrorReport):  # a full disk: the probe goes on without it
            self.job.refused.emit(value)
        elif isinstance(value, ProbeRow):
            self._put(value)
        else:
            return
        self.changed.emit()

    def _put(self, *rows: ProbeRow) -> None:
        """Newest rows; the perplexity of others goes where it is of other tokens."""
        newest = {(row.method, row.length): row for row in rows}
        older = {place: row for place, row in self.rows.items() if place not in newest}
        told = comparable((*older.values(), *newest.values()))
        known = {(row.method, row.length): row for row in told}
        order = dict.fromkeys((*self.rows, *newest))
        self.rows = {place: known[place] for place in order}

    def _found(self, result: object) -> None:
        if not isinstance(result, ProbeResult):
            return
        self.trained, self.inv_freq = result.trained, result.inv_freq
        self.reports.update({report.name: report for report in result.methods})
        self._put(*result.rows)
        self.times.update({(one.name, one.tokens): one for one in result.attention})
        self.provenance, self.seconds = result.provenance, result.seconds
        self.changed.emit()

    def _recall(self, found: object) -> None:
        spec = self._look.spec
        if not isinstance(found, KeptProbe) or not isinstance(spec, KeptProbeSpec):
            return
        if found.rows and not self.rows and not self.job.running:
            self.rows = {(row.method, row.length): row for row in found.rows}
            self.spec, self.trained, self.recalled = spec.probe, found.trained, True
            self.changed.emit()


def size_of(length: str) -> float:
    """A length for sorting while its tokens are unknown: multiples before tokens."""
    return float(length[:-1]) if length.endswith("x") else float(length)


def _question(spec: ProbeSpec) -> ProbeSpec:
    """A probe without what only adds rows."""
    return replace(spec, methods=("direct",), lengths=("1x",), long_factor=(), timed=())
