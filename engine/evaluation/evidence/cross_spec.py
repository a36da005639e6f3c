"""Cross-scoring as a value: every answer read under every prompt of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.decoding.records import TokenRecord
from engine.errors import BadSpec
from engine.evaluation.evidence.spec import AnswerSource, EvidenceSpec, Figure
from engine.evaluation.spec import Provenance


@dataclass(frozen=True)
class CrossSpec(EvidenceSpec):
    """Read the answer of each column under the prompt of each column.

    Attributes:
        variants: Which columns; empty = all. With an expected answer there is one answer, and the
            first of them is what the others are measured against.
        answer: Here ``"auto"`` means the answers that the columns gave.
    """

    kind: ClassVar[str] = "why-cross"

    variants: tuple[int, ...] = ()

    def columns(self) -> tuple[int, ...]:
        """The columns meant, in their order; without a choice all that have answers."""
        every = range(len(self.compare.variants))
        return self.variants or tuple(column for column in every if self.answered(column))

    def meant(self) -> tuple[int, ...]:
        return self.variants or tuple(range(len(self.compare.variants)))

    def source(self) -> AnswerSource:
        return "expected" if self.answer == "expected" else "given"

    def title(self) -> str:
        return f"Swap prompts and answers of {len(self.columns())} columns"

    def check(self) -> None:
        super().check()
        for variant in self.columns():
            self.check_variant(variant)
        self.check_answers(*self.columns())
        if len(self.columns()) < 2:
            for lost in self.left_out(*self.meant()):
                self.check_variant(lost.variant)
                self.check_answers(lost.variant)
            raise BadSpec(
                "One column has nothing to be swapped with.", "Choose at least two columns."
            )


@dataclass(frozen=True)
class CrossCell:
    """One answer under one prompt.

    Attributes:
        prompt: Column whose prompt it is.
        answer: Column whose answer it is.
        tokens: The answer's tokens as this prompt predicts them, each with the five likeliest.
        delta: Per token, log-probability under this prompt minus under the answer's own, in nats.
        kl: Per position, KL(own prompt's distribution ‖ this prompt's) in nats, over the full
            vocabulary.
        divergence: First position at which the two prompts' likeliest tokens differ, or None.
    """

    prompt: int
    answer: int
    tokens: tuple[TokenRecord, ...]
    delta: tuple[float, ...]
    kl: tuple[float, ...]
    divergence: int | None

    @property
    def mean_delta(self) -> float:
        """Nats per token."""
        return sum(self.delta) / len(self.delta)

    @property
    def mean_kl(self) -> float:
        """Nats per token."""
        return sum(self.kl) / len(self.kl)

    @property
    def logprob(self) -> float:
        """Mean log-probability of the answer under this prompt, in nats per token."""
        return sum(token.logprob for token in self.tokens) / len(self.tokens)


@dataclass(frozen=True)
class CrossItem:
    """One question's matrix.

    Attributes:
        item: Number of the question.
        item_id: Its name.
        answers: Columns whose answers these are; with an expected answer only the first column.
        cells: Answer by answer, under every prompt.
    """

    item: int
    item_id: str
    answers: tuple[int, ...]
    cells: tuple[CrossCell, ...]

    def cell(self, prompt: int, answer: int) -> CrossCell:
        """The cell of one prompt and one answer."""
        return next(one for one in self.cells if (one.prompt, one.answer) == (prompt, answer))


@dataclass(frozen=True)
class CrossMean:
    """One prompt and one answer over all questions: Δ log p and KL in nats per token."""

    prompt: int
    answer: int
    delta: Figure
    kl: Figure


@dataclass(frozen=True)
class CrossResult:
    """Answers × prompts.

    Attributes:
        model: Name of the model.
        variants: Names of all columns of the comparison.
        columns: Which of them were read.
        expected: Whether the answer read is the expected one.
        items: One matrix per question.
        means: Over the questions, answer by answer.
        provenance: Where the figures come from.
        prompt_tokens, reused_tokens: Of all prompts read, and how many came from shared
            beginnings.
    """

    model: str
    variants: tuple[str, ...]
    columns: tuple[int, ...]
    expected: bool
    items: tuple[CrossItem, ...]
    means: tuple[CrossMean, ...]
    provenance: Provenance
    prompt_tokens: int = 0
    reused_tokens: int = 0

    def mean(self, prompt: int, answer: int) -> CrossMean:
        """The mean of one prompt and one answer."""
        return next(one for one in self.means if (one.prompt, one.answer) == (prompt, answer))
