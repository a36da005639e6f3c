"""One cell of the bench, a method at a length: keys are asked for until enough is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.context.probe_spec import DepthCell
from engine.context.probes.passkey import Answered, Asked
from engine.evaluation.statistics.interval import Interval
from engine.evaluation.statistics.wilson import wilson


@dataclass
class Cell:
    """What is known so far.

    Attributes:
        most: Most keys to ask for.
        width: Width of the interval at which asking ends early; 0 = never.
        answers: All so far.
        kv_bytes: Of the cache at its longest.
        peak_bytes: Of all tensors besides the weights while one text was asked about.
        seconds: Spent.
    """

    most: int
    width: float
    answers: list[Answered] = field(default_factory=list)
    kv_bytes: int = 0
    peak_bytes: int = 0
    seconds: float = 0.0

    def add(self, asked: Asked, seconds: float) -> None:
        """Count one text with its questions."""
        self.answers += asked.answers
        self.kv_bytes = max(self.kv_bytes, asked.kv_bytes)
        self.seconds += seconds

    @property
    def n(self) -> int:
        return len(self.answers)

    @property
    def right(self) -> int:
        return sum(one.right for one in self.answers)

    @property
    def interval(self) -> Interval:
        """Wilson's, of all answers; the whole range before the first one."""
        return wilson(self.right, self.n) if self.n else Interval(0.0, 1.0, "Wilson")

    @property
    def narrow(self) -> bool:
        """Whether the interval is as narrow as was asked for.

        The rule looks at the width alone, which hardly depends on the share that comes out, so the
        interval after an early stop is nearly the one of a fixed number.
        """
        return bool(self.n) and self.interval.high - self.interval.low <= self.width

    @property
    def done(self) -> bool:
        return self.n >= self.most or self.narrow

    def depths(self) -> tuple[DepthCell, ...]:
        """Counts by depth, shallowest first."""
        found: dict[float, list[Answered]] = {}
        for one in self.answers:
            found.setdefault(one.depth, []).append(one)
        return tuple(
            DepthCell(
                depth,
                len(ones),
                sum(one.right for one in ones),
                sum(o.nll for o in ones) / len(ones),
            )
            for depth, ones in sorted(found.items())
        )
