"""Which part of a prompt made the answer: the question as a value, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.decoding.records import TokenRecord
from engine.errors import BadSpec, ErrorReport
from engine.evaluation.evidence.parts import PartId
from engine.evaluation.evidence.spec import EvidenceSpec, Figure
from engine.evaluation.spec import Provenance
from engine.prompting.render import SentPart

Method = Literal["leave-one-out", "attention", "rollout", "gradient"]
METHODS: tuple[Method, ...] = ("leave-one-out", "attention", "rollout", "gradient")


@dataclass(frozen=True)
class AttributeSpec(EvidenceSpec):
    """Attribute the answer of one column to the parts of its prompt.

    Attributes:
        variant: The column.
        methods: Which measures to take. Only leave-one-out is causal; attention is not an
            explanation, and gradient × input is a first-order guess.
    """

    kind: ClassVar[str] = "why-attribute"

    variant: int = 0
    methods: tuple[Method, ...] = METHODS

    def title(self) -> str:
        return f"Attribute {self.compare.variants[self.variant].label}"

    def meant(self) -> tuple[int, ...]:
        return (self.variant,)

    def check(self) -> None:
        super().check()
        self.check_variant(self.variant)
        self.check_answers(self.variant)
        if not self.methods:
            raise BadSpec("No measure is chosen.", "Choose at least one.")


@dataclass(frozen=True)
class PartEffect:
    """What one part did to one answer. A measure that was not taken is None.

    Attributes:
        part: Which part.
        text: As it was sent.
        tokens: Prompt tokens that belong to it.
        effect: Leave-one-out: mean log-probability of the answer's tokens with the part minus
            without it, in nats per token. Positive: the part helps; negative: it harms.
        per_token: The same difference for each token of the answer.
        attention: Share of the attention of the positions that predict the answer, mean of all
            heads and layers.
        rollout: The same share after attention roll-out (Abnar & Zuidema 2020).
        gradient: Gradient × input, summed over the part's tokens, in nats per answer token.
        error: Why the part cannot be left out, or None.
    """

    part: PartId
    text: str
    tokens: int
    effect: float | None = None
    per_token: tuple[float, ...] = ()
    attention: float | None = None
    rollout: float | None = None
    gradient: float | None = None
    error: ErrorReport | None = None

    def value(self, method: Method) -> float | None:
        """The figure of one method."""
        values: dict[Method, float | None] = {
            "leave-one-out": self.effect,
            "attention": self.attention,
            "rollout": self.rollout,
            "gradient": self.gradient,
        }
        return values[method]


@dataclass(frozen=True)
class ItemAttribution:
    """One question's answer attributed.

    Attributes:
        item: Number of the question.
        item_id: Its name.
        answer: The answer's tokens as read after the whole prompt.
        sent: The whole prompt in stretches.
        parts: In reading order.
    """

    item: int
    item_id: str
    answer: tuple[TokenRecord, ...]
    sent: tuple[SentPart, ...]
    parts: tuple[PartEffect, ...]

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.answer)

    @property
    def logprob(self) -> float:
        """Mean log-probability of the answer's tokens, in nats per token."""
        return sum(token.logprob for token in self.answer) / len(self.answer)


@dataclass(frozen=True)
class PartAverage:
    """A part's figures over all questions that have it; a missing measure is None."""

    part: PartId
    effect: Figure | None = None
    attention: Figure | None = None
    rollout: Figure | None = None
    gradient: Figure | None = None

    def value(self, method: Method) -> Figure | None:
        """The figure of one method."""
        values: dict[Method, Figure | None] = {
            "leave-one-out": self.effect,
            "attention": self.attention,
            "rollout": self.rollout,
            "gradient": self.gradient,
        }
        return values[method]


@dataclass(frozen=True)
class SkippedMethod:
    """A measure that this model does not allow, and why."""

    method: Method
    error: ErrorReport


@dataclass(frozen=True)
class Attribution:
    """The whole answer to "which part did it".

    Attributes:
        model: Name of the model.
        variant: Name of the column.
        items: One entry per question, in order.
        averages: One per part, in reading order.
        skipped: Measures that could not be taken.
        provenance: Where the figures come from.
        prompt_tokens: Of all prompts that were read for leave-one-out.
        reused_tokens: How many of them came from shared beginnings.
    """

    model: str
    variant: str
    items: tuple[ItemAttribution, ...]
    averages: tuple[PartAverage, ...]
    skipped: tuple[SkippedMethod, ...]
    provenance: Provenance
    prompt_tokens: int = 0
    reused_tokens: int = 0

    def most_harmful(self) -> PartAverage | None:
        """The example or element whose removal raises the answer's probability most."""
        harmful = [one for one in self.averages if one.effect is not None and one.effect.mean < 0]
        return min(harmful, key=_mean_effect, default=None)


def _mean_effect(average: PartAverage) -> float:
    assert average.effect is not None
    return average.effect.mean
