"""Where the time of a job goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

from engine.pruning.prune_spec import Seconds

Part = Literal["load", "calibrate", "score", "measure", "write"]


class Stopwatch:
    """Adds up what the parts of a job take.

    Attributes:
        seconds: So far.
    """

    def __init__(self) -> None:
        self.seconds = Seconds()
        self._started = time.monotonic()

    def loaded(self) -> None:
        """The model is there: all until now was loading it."""
        self.add("load", time.monotonic() - self._started)

    @contextmanager
    def timed(self, part: Part) -> Iterator[None]:
        """Time what is done inside as this part, also when it fails."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.add(part, time.monotonic() - started)

    def move(self, seconds: float, source: Part, target: Part) -> None:
        """Count seconds that were timed as one part as another."""
        self.add(source, -seconds)
        self.add(target, seconds)

    def add(self, part: Part, seconds: float) -> None:
        """Count seconds as this part."""
        spent: float = getattr(self.seconds, part)
        self.seconds = replace(self.seconds, **{part: spent + seconds})
