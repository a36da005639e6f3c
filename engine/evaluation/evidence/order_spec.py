"""The order and choice of examples as a question: what spread does it cause? Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import ClassVar, Literal

from engine.errors import BadSpec
from engine.evaluation.evidence.spec import EvidenceSpec, Figure
from engine.evaluation.plan import prompt_of, technique_of
from engine.evaluation.spec import Provenance
from engine.prompting.strategies.composed import Composed

SweepKind = Literal["order", "subset", "leave-one-out"]


@dataclass(frozen=True)
class OrderSpec(EvidenceSpec):
    """Try the examples of one column in other orders, or fewer of them.

    Attributes:
        variant: The column; it must show examples.
        sweep: ``"order"`` permutes all shown examples, ``"subset"`` takes `size` of them in their
            order, ``"leave-one-out"`` leaves each out once.
        size: Examples per subset.
        most: Most arrangements to try; when there are more, a seeded sample with the original
            order among them.
        seed: Of that sample.
    """

    kind: ClassVar[str] = "why-order"

    variant: int = 0
    sweep: SweepKind = "order"
    size: int = 2
    most: int = 24
    seed: int = 0

    def shown(self) -> int:
        """How many examples the column shows."""
        column = self.compare.variants[self.variant]
        technique = technique_of(self.compare, column)
        elements = prompt_of(self.compare, column)
        if isinstance(technique, Composed):
            technique = technique.built_on(elements)
        return len(elements.examples[: column.shots]) if technique.uses_examples else 0

    def meant(self) -> tuple[int, ...]:
        return (self.variant,)

    def title(self) -> str:
        return f"Sweep the examples of {self.compare.variants[self.variant].label}"

    def check(self) -> None:
        super().check()
        self.check_variant(self.variant)
        column = self.compare.variants[self.variant]
        if self.shown() < 2:
            raise BadSpec(
                f"The column “{column.label}” shows fewer than two examples.",
                "Choose a few-shot column with at least two examples.",
            )
        self.check_answers(self.variant)
        if self.sweep == "subset" and not 1 <= self.size <= self.shown():
            raise BadSpec(
                f"There are no subsets of {self.size} examples.",
                f"Choose 1 to {self.shown()}.",
            )
        if self.most < 2:
            raise BadSpec("A sweep needs at least two arrangements.", "Choose 2 or more.")


@dataclass(frozen=True)
class Arrangement:
    """One order or choice of examples.

    Attributes:
        order: Numbers of the examples (0-based), in the order in which they are shown.
        logprob: Mean log-probability of the answers, in nats per token, over the questions.
        likeliest: Share of questions whose answer is the likeliest token at each of its places:
            greedy decoding begins with exactly it.
        per_item: Mean log-probability per question.
    """

    order: tuple[int, ...]
    logprob: Figure
    likeliest: float
    per_item: tuple[float, ...]


@dataclass(frozen=True)
class OrderResult:
    """All arrangements, in the order in which they were tried (the original first).

    Attributes:
        model: Name of the model.
        variant: Name of the column.
        sweep: What was varied.
        arrangements: At least one.
        possible: How many arrangements there are; more than were tried means a sample.
        items: Numbers of the questions.
        provenance: Where the figures come from.
        prompt_tokens, reused_tokens: Of all prompts read, and how many came from shared
            beginnings.
    """

    model: str
    variant: str
    sweep: SweepKind
    arrangements: tuple[Arrangement, ...]
    possible: int
    items: tuple[int, ...]
    provenance: Provenance
    prompt_tokens: int = 0
    reused_tokens: int = 0

    @property
    def best(self) -> Arrangement:
        return max(self.arrangements, key=_logprob)

    @property
    def worst(self) -> Arrangement:
        return min(self.arrangements, key=_logprob)

    @property
    def middle(self) -> float:
        """Median log-probability, in nats per token."""
        return median(one.logprob.mean for one in self.arrangements)


def _logprob(arrangement: Arrangement) -> float:
    return arrangement.logprob.mean
