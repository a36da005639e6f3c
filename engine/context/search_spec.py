"""A search for LongRoPE's divisors, as a value. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.context.scaling.base import Parameters
from engine.errors import BadSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language


@dataclass(frozen=True)
class SearchSpec(Spec):
    """Look for divisors under which keys are found at a length. The result is a `SearchResult`.

    Attributes:
        model: Which model.
        factor: Target length over trained length, above 1.
        evaluations: How many lists are tried.
        needles: Keys in the text that judges them.
        language: Of the text.
        seed: Which text and which lists.
    """

    kind: ClassVar[str] = "extend-search"

    model: ModelRef = field(default_factory=ModelRef)
    factor: float = 4.0
    evaluations: int = 24
    needles: int = 8
    language: Language = "en"
    seed: int = 0

    def title(self) -> str:
        return f"Search divisors for {self.model.id}"

    def check(self) -> None:
        if not 1 < self.factor <= 1024:
            raise BadSpec(
                f"Divisors cannot be searched for the factor {self.factor:g}.",
                "Choose a factor above 1, at most 1024.",
            )
        if not 1 <= self.evaluations <= 1000:
            raise BadSpec(
                f"{self.evaluations} lists cannot be tried.", "Choose between 1 and 1000 lists."
            )
        if not 1 <= self.needles <= 16:
            raise BadSpec(
                f"{self.needles} keys cannot be hidden in one text.", "Choose between 1 and 16."
            )


@dataclass(frozen=True)
class Tried:
    """One list.

    Attributes:
        power: p of the divisors exp(ln k · (m/(d/2))^p), m = 1 … d/2, which grow with the pair.
        stretch: k, the largest divisor.
        nll: Mean negative log-likelihood of the keys' digits under it, nats per token.
        found: Keys whose every digit was the likeliest token.
    """

    power: float
    stretch: float
    nll: float
    found: int


@dataclass(frozen=True)
class SearchResult:
    """What was found.

    Attributes:
        best: The list with the lowest negative log-likelihood.
        long_factor: Its divisors, one per pair of dimensions, never falling.
        tried: Every list in the order of trying.
        parameters: The list as `rope_parameters` of a model's configuration, which transformers
            and other engines load.
        tokens: Length of the text that judged.
        seconds: Of the search.
    """

    best: Tried
    long_factor: tuple[float, ...]
    tried: tuple[Tried, ...]
    parameters: Parameters
    tokens: int
    seconds: float
