"""Several states of a model on the same text, as a value. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.decoding.records import TokenRecord
from engine.errors import BadSpec, ErrorReport
from engine.evaluation.evidence.spec import AnswerSource, EvidenceSpec, Figure
from engine.evaluation.spec import Provenance
from engine.models.reference import ModelRef


@dataclass(frozen=True)
class StatesSpec(EvidenceSpec):
    """How far other states of a model (4-bit, 8-bit, pruned …) are from it, token by token.

    Attributes:
        variant: The column whose prompts are used.
        model: The reference; all other models of the comparison are measured against it. The
            answers are the reference's own (``"given"``, ``"auto"``) or the expected ones.
    """

    kind: ClassVar[str] = "why-states"

    variant: int = 0

    def read_models(self) -> tuple[ModelRef, ...]:
        return self.compare.models

    def others(self) -> tuple[int, ...]:
        """The states that are measured against the reference."""
        return tuple(n for n in range(len(self.compare.models)) if n != self.model)

    def title(self) -> str:
        return f"Compare {len(self.compare.models)} states of a model"

    def meant(self) -> tuple[int, ...]:
        return (self.variant,)

    def source(self) -> AnswerSource:
        return "expected" if self.answer == "expected" else "given"

    def check(self) -> None:
        super().check()
        self.check_variant(self.variant)
        self.check_answers(self.variant)
        if not self.others():
            raise BadSpec(
                "One model has no other state to be compared with.", "Choose at least two."
            )


def state_name(ref: ModelRef) -> str:
    """A model with what sets this load apart: ``"teach-rope · nf4"``."""
    options = ref.options
    own = (
        options.state, options.quantization, options.dtype, options.attention, options.device,
    )  # fmt: skip
    usual = ("", "none", "auto", "auto", "auto")
    said = [value for value, plain in zip(own, usual, strict=True) if value != plain]
    return " · ".join([ref.id, *said])


@dataclass(frozen=True)
class StateItem:
    """One question's answer under one state.

    Attributes:
        state: Number of the model in the comparison.
        item: Number of the question.
        item_id: Its name.
        reference: The answer's tokens as the reference predicts them.
        tokens: As this state predicts them.
        kl: Per position, KL(reference ‖ state) in nats over the full vocabulary.
        same_top: Positions at which both find the same token likeliest.
    """

    state: int
    item: int
    item_id: str
    reference: tuple[TokenRecord, ...]
    tokens: tuple[TokenRecord, ...]
    kl: tuple[float, ...]
    same_top: int

    @property
    def worst(self) -> int:
        """Position of the largest divergence."""
        return max(range(len(self.kl)), key=self.kl.__getitem__)


@dataclass(frozen=True)
class StateSummary:
    """One state over all questions.

    Attributes:
        state: Number of the model in the comparison.
        model: Its name.
        kl: Mean KL per token, interval over questions, in nats.
        max_kl: The largest of any token.
        max_item, max_place: Where it is: question and position.
        delta: Log-probability of the answers under the state minus under the reference, in nats
            per token.
        same_top: Share of positions with the same likeliest token.
        tokens: Positions measured.
        provenance: Where the figures come from; None for a state that failed.
        error: Why it could not be measured, or None.
    """

    state: int
    model: str
    kl: Figure | None = None
    max_kl: float = 0.0
    max_item: int = 0
    max_place: int = 0
    delta: Figure | None = None
    same_top: float = 0.0
    tokens: int = 0
    provenance: Provenance | None = None
    error: ErrorReport | None = None


@dataclass(frozen=True)
class StatesResult:
    """All states.

    Attributes:
        reference: Name of the reference.
        variant: Name of the column.
        states: One summary per other state, in order.
        items: One entry per state and question.
        provenance: Of the reference.
    """

    reference: str
    variant: str
    states: tuple[StateSummary, ...]
    items: tuple[StateItem, ...]
    provenance: Provenance

    def of(self, state: int) -> tuple[StateItem, ...]:
        """The entries of one state."""
        return tuple(one for one in self.items if one.state == state)
