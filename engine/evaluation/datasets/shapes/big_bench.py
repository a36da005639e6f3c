"""BIG-Bench (Hard): ``{"canary": …, "examples": [{"input", "target"}]}`` (Suzgun et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape


class BigBench(Shape):
    """A document of examples with an input and a target."""

    id: ClassVar[str] = "big-bench"

    def fits(self, sample: Sample) -> str:
        if sample.shell.place == "examples" and sample.every("input", "target"):
            return "an object whose “examples” have input and target"
        return ""

    def roles(self, columns: Sequence[str]) -> Roles:
        return Roles({"input": "input"}, "target")
