"""What every extraction rule is: a way to find the answer's span in a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found.

    Attributes:
        value: The answer, normalised.
        start, end: Where it stands in the text (characters, end exclusive).
    """

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Extractor(ABC):
    """Base of the rules; a subclass sets `id` and writes `find`."""

    id: ClassVar[str]

    @abstractmethod
    def find(self, text: str) -> Found | None:
        """The answer in `text`, or None when the rule finds none (the answer is invalid).

        Raises:
            BadSpec: The rule itself cannot be applied (a broken or endless pattern).
        """
