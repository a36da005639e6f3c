"""``{"prompt", "completion"}``: the text to continue and its continuation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape


class PromptCompletion(Shape):
    """The prompt is the whole question."""

    id: ClassVar[str] = "prompt-completion"

    def fits(self, sample: Sample) -> str:
        if sample.every("prompt", "completion"):
            return "every record has “prompt” and “completion”"
        return ""

    def roles(self, columns: Sequence[str]) -> Roles:
        return Roles({"input": "prompt"}, "completion")
