"""Retrieved knowledge (Lewis et al. 2020; in-context as of Ram et al. 2023): passages found for
the question stand in the prompt's context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.prompting.elements import PromptElements
from engine.prompting.strategies.composed import Composed


@dataclass(frozen=True)
class RetrievedKnowledge(Composed):
    """The base's prompt; the comparison puts the passages into its context beforehand."""

    id: ClassVar[str] = "retrieved-knowledge"
    reads_documents: ClassVar[bool] = True

    def default_base(self, elements: PromptElements) -> str:
        return "zero-shot"
