"""The same answers under every extraction rule.

The rule often moves the accuracy more than the prompt does, so it must be seen beside it: how many
answers each rule cannot read, how many it calls right, and how often two rules read the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from engine.errors import BadSpec, ErrorReport
from engine.evaluation.extractors.asserts import Asserts
from engine.evaluation.extractors.registry import EXTRACTORS, extractor
from engine.evaluation.scoring import agree, judge
from engine.evaluation.spec import Extraction
from engine.evaluation.statistics.interval import Interval
from engine.evaluation.statistics.wilson import wilson

TEXT_RULES: Final = tuple(name for name in EXTRACTORS if name != Asserts.id)
"""Rules that any answer can be read by; `asserts` needs items that bring their own checks."""


@dataclass(frozen=True)
class RuleScore:
    """One rule over all answers.

    Attributes:
        rule: Its name.
        n: Answers.
        scored: Of them, those whose truth is known.
        correct: Of those, right ones.
        invalid: Answers in which the rule found nothing.
        interval: Wilson's, of the accuracy; None when nothing is scored.
        found: What was found in each answer, in order; empty when the rule failed.
        error: Why the rule could not be applied (a broken or endless pattern).
    """

    rule: str
    n: int
    scored: int = 0
    correct: int = 0
    invalid: int = 0
    interval: Interval | None = None
    found: tuple[Extraction, ...] = ()
    error: ErrorReport | None = None

    @property
    def accuracy(self) -> float | None:
        """Share of right answers among the scored ones."""
        return self.correct / self.scored if self.scored else None

    @property
    def invalid_rate(self) -> float | None:
        """Share of answers in which nothing was found."""
        return self.invalid / self.n if self.n and self.error is None else None


@dataclass(frozen=True)
class Agreement:
    """How often two rules read the same: equal answers, or none on both sides."""

    first: str
    second: str
    same: int
    n: int

    @property
    def share(self) -> float:
        return self.same / self.n


@dataclass(frozen=True)
class Sensitivity:
    """Every rule, and every pair of rules that could be applied."""

    rules: tuple[RuleScore, ...]
    agreements: tuple[Agreement, ...]

    @property
    def spread(self) -> float | None:
        """Best accuracy less worst; None when nothing is scored."""
        known = [rule.accuracy for rule in self.rules if rule.accuracy is not None]
        return max(known) - min(known) if known else None


def sensitivity(
    outputs: Sequence[str],
    expected: Sequence[str | None],
    rules: Sequence[str] = TEXT_RULES,
    check: Callable[[], None] | None = None,
) -> Sensitivity:
    """Read every output by every rule.

    Args:
        outputs: Answers as written.
        expected: The truth of each, or None.
        rules: Names as in `engine.evaluation.extractors.registry`, ``regex:…`` included.
        check: Called once per answer and rule; may raise to stop.

    Raises:
        BadSpec: A rule is unknown. (A pattern that is broken or too slow is that rule's `error`.)
        ValueError: Not as many truths as outputs.
    """
    if len(outputs) != len(expected):
        raise ValueError("there must be one expected answer, or None, per output")
    scores = tuple(_score(rule, outputs, expected, check) for rule in dict.fromkeys(rules))
    applied = [one for one in scores if one.error is None and one.n]
    agreements = tuple(
        Agreement(one.rule, other.rule, _same(one.found, other.found), len(outputs))
        for one, other in combinations(applied, 2)
    )
    return Sensitivity(scores, agreements)


def _score(
    rule: str,
    outputs: Sequence[str],
    expected: Sequence[str | None],
    check: Callable[[], None] | None,
) -> RuleScore:
    reader = extractor(rule)
    found: list[Extraction] = []
    try:
        for text, truth in zip(outputs, expected, strict=True):
            if check is not None:
                check()
            one = reader.find(text)
            raw = (
                Extraction(rule, None)
                if one is None
                else Extraction(rule, one.value, one.start, one.end)
            )
            found.append(judge(raw, truth))
    except BadSpec as error:
        return RuleScore(rule, len(outputs), error=error.report())
    verdicts = [one.correct for one in found if one.correct is not None]
    scored, correct = len(verdicts), sum(verdicts)
    return RuleScore(
        rule=rule,
        n=len(outputs),
        scored=scored,
        correct=correct,
        invalid=sum(one.value is None for one in found),
        interval=wilson(correct, scored) if scored else None,
        found=tuple(found),
    )


def _same(first: Sequence[Extraction], second: Sequence[Extraction]) -> int:
    return sum(
        a.value == b.value
        or (a.value is not None and b.value is not None and agree(a.value, b.value))
        for a, b in zip(first, second, strict=True)
    )
