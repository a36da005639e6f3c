"""What every question "why" shares: whose answer, under which prompts. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, cast

from engine.errors import BadSpec
from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.strategies.registry import technique_class

AnswerSource = Literal["auto", "expected", "given"]
Reason = Literal["failed", "knowledge", "votes", "likelihood", "two-stage"]
"""Why a column has no answer to be explained: it failed, or its way of asking."""


@dataclass(frozen=True)
class GivenAnswer:
    """An answer that a column gave in a comparison.

    Attributes:
        variant: The column.
        item: The question.
        text: What it says.
        ids: Its tokens, the stop token included; valid for the comparison's model only.
        path, paths: Which of how many samples it is, from 1; 0 = the column gave one answer only.
    """

    variant: int
    item: int
    text: str
    ids: tuple[int, ...] = ()
    path: int = 0
    paths: int = 0


@dataclass(frozen=True)
class LeftOut:
    """A column without an answer to be explained.

    Attributes:
        variant: The column.
        reason: Why.
        items: Numbers of the questions that it lacks an answer to.
    """

    variant: int
    reason: Reason
    items: tuple[int, ...]


@dataclass(frozen=True)
class EvidenceSpec(Spec):
    """Base of the questions.

    Attributes:
        compare: The comparison whose prompts and questions are meant.
        model: Which of its models.
        items: Which of its questions; empty = all.
        answer: Which answer is explained. ``"expected"`` is the right one, ``"given"`` what the
            model said; ``"auto"`` takes the right one where it is known.
        given: Answers that are known already; a missing one is asked for where the technique
            answers from one prompt by plain decoding, and left out elsewhere.
        failed: (column, question) of the answers that the comparison failed to get.
        form: How an expected answer is said, with ``{answer}`` in it; empty = as the comparison's
            first extraction rule reads it (`engine.evaluation.evidence.wording`).
    """

    compare: CompareSpec = field(default_factory=CompareSpec)
    model: int = 0
    items: tuple[int, ...] = ()
    answer: AnswerSource = "auto"
    given: tuple[GivenAnswer, ...] = ()
    form: str = ""
    failed: tuple[tuple[int, int], ...] = ()

    def read_models(self) -> tuple[ModelRef, ...]:
        """The models that are read."""
        return (self.compare.models[self.model],)

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
        return self._asks(variant) != "knowledge"

    def source(self) -> AnswerSource:
        """Which answer is meant where the spec leaves it open."""
        return self.answer

    def lacking(self, variant: int) -> dict[int, Reason]:
        """Chosen questions to which a column has no answer and cannot be asked for one."""
        given = {one.item for one in self.given if one.variant == variant}
        found = {item: self._lack(variant, item, item in given) for item in self.chosen()}
        return {item: reason for item, reason in found.items() if reason is not None}

    def _lack(self, variant: int, item: int, given: bool) -> Reason | None:
        if not self.readable(variant):
            return "knowledge"
        known = self.compare.items[item].expected is not None
        if self.source() == "expected" or (self.source() == "auto" and known):
            return None
        if given:
            return None
        if (variant, item) in self.failed:
            return "failed"
        asks = self._asks(variant)
        return None if asks == "one-sample" else cast(Reason, asks)

    def answered(self, *variants: int) -> tuple[int, ...]:
        """The chosen questions to which each of these columns has an answer."""
        missing = {item for variant in variants for item in self.lacking(variant)}
        return tuple(item for item in self.chosen() if item not in missing)

    def left_out(self, *variants: int) -> tuple[LeftOut, ...]:
        """Those of the columns that lack an answer to a chosen question, with the first reason."""
        found = []
        for variant in variants:
            if missing := self.lacking(variant):
                found.append(LeftOut(variant, next(iter(missing.values())), tuple(missing)))
        return tuple(found)

    def meant(self) -> tuple[int, ...]:
        """The columns whose answers are explained, those that must be left out included."""
        return ()

    def check_answers(self, *variants: int) -> None:
        """Raise `BadSpec` when no chosen question has an answer of each of these columns."""
        if self.answered(*variants):
            return
        lost = self.left_out(*variants)[0]
        name = self.compare.variants[lost.variant].label
        if lost.reason == "failed":
            raise BadSpec(
                f"The column “{name}” failed, so it has no answer to be explained.",
                "Choose another column.",
            )
        raise BadSpec(
            f"The column “{name}” does not answer by plain decoding of one prompt, and no answer "
            "of it is given.",
            "Choose another column, or explain a comparison in which it answered.",
        )

    def _asks(self, variant: int) -> str:
        return technique_class(self.compare.variants[variant].technique).asks


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
