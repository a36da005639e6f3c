"""What every question "why" shares: whose answer, under which prompts. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.errors import BadSpec
from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import Spec
from engine.prompting.strategies.registry import technique_class

AnswerSource = Literal["auto", "expected", "given"]


@dataclass(frozen=True)
class GivenAnswer:
    """An answer that a column gave in a comparison.

    Attributes:
        variant: The column.
        item: The question.
        text: What it says.
        ids: Its tokens, the stop token included; valid for the comparison's model only.
    """

    variant: int
    item: int
    text: str
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class EvidenceSpec(Spec):
    """Base of the questions.

    Attributes:
        compare: The comparison whose prompts and questions are meant.
        model: Which of its models.
        items: Which of its questions; empty = all.
        answer: Which answer is explained. ``"expected"`` is the right one, ``"given"`` what the
            model said; ``"auto"`` takes the right one where it is known.
        given: Answers that are known already; a missing one is asked for.
        form: How an expected answer is said, with ``{answer}`` in it; empty = as the comparison's
            first extraction rule reads it (`engine.evaluation.evidence.wording`).
    """

    compare: CompareSpec = field(default_factory=CompareSpec)
    model: int = 0
    items: tuple[int, ...] = ()
    answer: AnswerSource = "auto"
    given: tuple[GivenAnswer, ...] = ()
    form: str = ""

    def chosen(self) -> tuple[int, ...]:
        """The questions meant, in their order."""
        return self.items or tuple(range(len(self.compare.items)))

    def check(self) -> None:
        self.compare.check()
        if not 0 <= self.model < len(self.compare.models):
            raise BadSpec(
                f"The comparison has no model number {self.model}.",
                "Choose one of its models.",
            )
        if not all(0 <= item < len(self.compare.items) for item in self.items):
            raise BadSpec(
                "A chosen question is not part of the comparison.",
                "Choose questions that it asks.",
            )
        if self.form and "{answer}" not in self.form:
            raise BadSpec(
                f"The form “{self.form}” has no place for the answer.",
                "Write {answer} where it belongs.",
            )

    def check_variant(self, variant: int) -> None:
        """Raise `BadSpec` for a column that is not there or whose prompt is not the person's."""
        if not 0 <= variant < len(self.compare.variants):
            raise BadSpec(
                f"The comparison has no column number {variant}.", "Choose one of its columns."
            )
        if not self.readable(variant):
            raise BadSpec(
                f"The column “{self.compare.variants[variant].label}” answers with knowledge that "
                "the model stated itself, so its prompt alone cannot explain the answer.",
                "Choose another column.",
            )

    def readable(self, variant: int) -> bool:
        """Whether a column's answers follow on its prompt alone."""
        return technique_class(self.compare.variants[variant].technique).asks != "knowledge"


@dataclass(frozen=True)
class Figure:
    """A mean over questions with its interval.

    Attributes:
        mean: Over `n` questions.
        low, high: 95 % bootstrap interval over questions; below four questions their range.
        n: Questions that it was measured on.
    """

    mean: float
    low: float
    high: float
    n: int
