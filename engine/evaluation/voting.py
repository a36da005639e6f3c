"""Counting answers: which samples say the same, which answer wins, and when that is settled.

Self-consistency (Wang et al. 2022) marginalises over the paths: ``argmax_a Σ_i 1(a_i = a)``
(majority) or ``argmax_a Σ_i 1(a_i = a) · P_i`` with the length-normalised probability
``P_i = exp(1/K Σ_k log p(t_k))`` of path i (weighted). An invalid answer never wins.

Ties go to the larger weight (or count), then to the answer that the sample with the lowest
number gave: no tie depends on which sample happened to end first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.decoding.records import Generation
from engine.evaluation.extractors.exact import Exact
from engine.evaluation.extractors.normalise import (
    canonical,
    narrow,
    number,
    plain_number,
    spelled,
)
from engine.evaluation.extractors.yes_no import polarity
from engine.evaluation.scoring import judge
from engine.evaluation.spec import CellResult, Extraction, Vote, VoteRule


@dataclass(frozen=True)
class Ballot:
    """One sample's answer.

    Attributes:
        sample: Its number.
        value: The answer that the rule found; None = invalid.
        weight: Length-normalised probability of its path, 0…1.
    """

    sample: int
    value: str | None
    weight: float


@dataclass(frozen=True)
class Group:
    """Samples that gave the same answer.

    Attributes:
        answer: As the sample with the lowest number spelled it; numbers in their shortest form.
        samples: Their numbers, ascending.
        weight: Sum of their weights.
    """

    answer: str
    samples: tuple[int, ...]
    weight: float

    @property
    def count(self) -> int:
        return len(self.samples)


def weight_of(generation: Generation) -> float:
    """``exp`` of the mean log-probability of a chosen token; 0 for an answer without any."""
    mean = generation.mean_logprob
    return 0.0 if mean is None else math.exp(min(0.0, mean))


def ballot(cell: CellResult) -> Ballot:
    """A finished cell's vote by its primary rule."""
    value = cell.extractions[0].value if cell.extractions else None
    weight = weight_of(cell.generation) if cell.generation is not None else 0.0
    return Ballot(cell.key.sample, value, weight)


def same_as(rule: str, value: str) -> str:
    """The key that answers share when they mean the same.

    ``18``, ``$18``, ``18.00`` and ``18 apples`` are one number; yes and no are one word in both
    languages; other words count without case, width and punctuation. The rule ``exact`` compares
    the spelling. The key of an answer never depends on the other answers, or an early stop could
    be overtaken by two groups that turn out to be one.
    """
    if rule == Exact.id:
        return "spelled " + spelled(value)
    amount = number(value)
    if amount is not None and not _more_digits(value):
        return "number " + plain_number(amount)
    word = canonical(value)
    side = polarity(word)
    if side is not None:
        return "side " + side
    if len(word) == 3 and word[0] == "(" and word[2] == ")":
        word = word[1]
    return "word " + word


def _more_digits(value: str) -> bool:
    """Whether digits stand in more than one place: ``3 to 4`` is no single number."""
    runs = "".join(
        char if char.isdigit() or char in ".," else " " for char in narrow(value)
    ).split()
    return sum(any(char.isdigit() for char in run) for run in runs) > 1


def groups_of(ballots: Iterable[Ballot], rule: str) -> tuple[Group, ...]:
    """The valid answers in groups, in the order of their first samples."""
    members: dict[str, list[Ballot]] = {}
    for one in sorted(ballots, key=lambda one: one.sample):
        if one.value is not None:
            members.setdefault(same_as(rule, one.value), []).append(one)
    return tuple(
        Group(
            answer=_shown(key, own[0].value or ""),
            samples=tuple(one.sample for one in own),
            weight=sum(one.weight for one in own),
        )
        for key, own in members.items()
    )


def _shown(key: str, value: str) -> str:
    kind, _, rest = key.partition(" ")
    return rest if kind == "number" else value


def ranked(groups: Sequence[Group], by: VoteRule) -> tuple[Group, ...]:
    """The groups from the winner down."""

    def rank(group: Group) -> tuple[float, float, int]:
        first, second = (
            (group.count, group.weight) if by == "majority" else (group.weight, group.count)
        )
        return -first, -second, group.samples[0]

    return tuple(sorted(groups, key=rank))


def settled(groups: Sequence[Group], by: VoteRule, remaining: int) -> bool:
    """Whether `remaining` further samples cannot change the winner.

    Each of them adds one to a count and at most 1 to a weight, and all may go to one other
    answer, perhaps a new one. The lead must exceed that strictly, so that no tie is in play.
    """
    if remaining <= 0:
        return True
    order = ranked(groups, by)
    if not order:
        return False
    lead, second = order[0], order[1] if len(order) > 1 else None
    if by == "majority":
        return lead.count > (second.count if second else 0) + remaining
    return lead.weight > (second.weight if second else 0.0) + remaining


def vote_of(
    cell: CellResult,
    ballots: Sequence[Ballot],
    *,
    rule: str,
    by: VoteRule,
    planned: int,
    stopped_early: bool = False,
    final: bool = True,
) -> Vote:
    """The vote as it stands.

    Args:
        cell: Any cell of the item under the variant: names it and brings the expected answer.
        ballots: The samples that have ended.
        rule: Extraction rule of their values.
        by: What names the winner.
        planned: Samples that were asked for.
        stopped_early: Whether the others are left out.
        final: Whether the voting is over.
    """
    groups = groups_of(ballots, rule)
    order = ranked(groups, by)
    first = {way: next(iter(ranked(groups, way)), None) for way in ("majority", "weighted")}
    winner = order[0].answer if order else None
    return Vote(
        model=cell.key.model,
        variant=cell.key.variant,
        item=cell.key.item,
        label=cell.variant,
        item_id=cell.item_id,
        rule=rule,
        decided_by=by,
        winner=winner,
        counts={group.answer: group.count for group in order},
        weights={group.answer: group.weight for group in order},
        paths={group.answer: group.samples for group in order},
        majority=first["majority"].answer if first["majority"] else None,
        weighted=first["weighted"].answer if first["weighted"] else None,
        agreement=order[0].count / len(ballots) if order else 0.0,
        invalid=sum(one.value is None for one in ballots),
        samples=len(ballots),
        planned=planned,
        stopped_early=stopped_early,
        correct=judge(Extraction(rule, winner), cell.expected).correct,
        final=final,
    )
