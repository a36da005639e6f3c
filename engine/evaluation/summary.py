"""A column's figures: accuracy, votes, how stable repeated answers are, invalid ones, tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from engine.evaluation.plan import sampling_of
from engine.evaluation.spec import CellResult, CompareSpec, VariantSummary, Vote
from engine.evaluation.voting import Group, ballot, groups_of, vote_of
from engine.prompting.strategies.registry import TECHNIQUES

Place = tuple[int, int, int]


def votes_of(spec: CompareSpec, cells: Iterable[CellResult]) -> tuple[Vote, ...]:
    """The final votes that finished cells amount to, in key order.

    An item has one when its technique votes, all its planned samples are there (dropped ones
    included) and none of them failed.
    """
    votes = []
    for place, own in sorted(_by_item(cells).items()):
        variant = spec.variants[place[1]]
        technique = TECHNIQUES.get(variant.technique)
        planned = sampling_of(spec, variant).samples
        complete = len(own) == planned and all(cell.error is None for cell in own)
        if technique is None or technique.asks != "votes" or not complete:
            continue
        votes.append(
            vote_of(
                own[0],
                [ballot(cell) for cell in own if not cell.dropped],
                rule=spec.rule,
                by=variant.vote,
                planned=planned,
                stopped_early=any(cell.dropped for cell in own),
            )
        )
    return tuple(votes)


def repeats_of(spec: CompareSpec, cells: Iterable[CellResult]) -> dict[Place, tuple[Group, ...]]:
    """Equal answers of an item collapsed into one with its samples, the most frequent first.

    Only items with more than one answer that ended by itself; invalid answers are left out.
    """
    found = {}
    for place, own in sorted(_by_item(cells).items()):
        ended = _ended(own)
        if len(ended) > 1:
            groups = groups_of(map(ballot, ended), spec.rule)
            found[place] = tuple(sorted(groups, key=lambda one: (-one.count, one.samples[0])))
    return found


def summarise(
    spec: CompareSpec, cells: Iterable[CellResult], votes: Sequence[Vote] | None = None
) -> tuple[VariantSummary, ...]:
    """One summary per model × variant that has a cell, in key order.

    Args:
        spec: The comparison.
        cells: Its finished cells.
        votes: Their final votes; None = worked out from the cells.
    """
    cells = tuple(cells)
    votes = votes_of(spec, cells) if votes is None else votes
    groups: dict[tuple[int, int], list[CellResult]] = {}
    for cell in cells:
        groups.setdefault((cell.key.model, cell.key.variant), []).append(cell)
    return tuple(
        _summary(
            spec,
            groups[model, variant],
            [vote for vote in votes if (vote.model, vote.variant) == (model, variant)],
        )
        for model, variant in sorted(groups)
    )


def _summary(
    spec: CompareSpec, cells: Sequence[CellResult], votes: Sequence[Vote]
) -> VariantSummary:
    key = cells[0].key
    generations = [cell.generation for cell in cells if cell.generation is not None]
    new_tokens = sum(len(generation.chosen) for generation in generations)
    logprob = sum(generation.logprob for generation in generations)
    primary = [
        cell.extractions[0] for cell in cells if cell.generation is not None and cell.extractions
    ]
    scored = sum(found.correct is not None for found in primary)
    correct = sum(found.correct is True for found in primary)
    invalid = sum(found.value is None for found in primary)
    shares, kinds = _repeated(spec, cells)
    return VariantSummary(
        model=spec.models[key.model].id,
        variant=spec.variants[key.variant].label,
        n=len(cells),
        scored=sum(vote.correct is not None for vote in votes) if votes else scored,
        correct=sum(vote.correct is True for vote in votes) if votes else correct,
        invalid=sum(vote.winner is None for vote in votes) if votes else invalid,
        failed=sum(cell.error is not None for cell in cells),
        mean_logprob=logprob / new_tokens if new_tokens else 0.0,
        new_tokens=new_tokens,
        prompt_tokens=sum(generation.prompt_tokens for generation in generations),
        reused_tokens=sum(generation.reused_tokens for generation in generations),
        dropped=sum(cell.dropped for cell in cells),
        votes=len(votes),
        sample_scored=scored,
        sample_correct=correct,
        items=len(shares),
        stability=fmean(shares) if shares else None,
        distinct=fmean(kinds) if kinds else None,
    )


def _repeated(spec: CompareSpec, cells: Sequence[CellResult]) -> tuple[list[float], list[int]]:
    """Per item with repeats: the modal answer's share of its samples, and its distinct answers."""
    repeats = repeats_of(spec, cells)
    items = _by_item(cells)
    shares = [
        max((group.count for group in groups), default=0) / len(_ended(items[place]))
        for place, groups in repeats.items()
    ]
    return shares, [len(groups) for groups in repeats.values()]


def _by_item(cells: Iterable[CellResult]) -> dict[Place, list[CellResult]]:
    found: dict[Place, list[CellResult]] = {}
    for cell in sorted(cells, key=lambda cell: cell.key.sample):
        key = cell.key
        found.setdefault((key.model, key.variant, key.item), []).append(cell)
    return found


def _ended(cells: Sequence[CellResult]) -> list[CellResult]:
    """Those that said what they had to say."""
    return [
        cell
        for cell in cells
        if cell.generation is not None and cell.error is None and not cell.dropped
    ]
