"""Finished answers read by another rule, and the votes on them held again. Off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import BadSpec
from engine.evaluation.rescoring import read_all
from engine.evaluation.spec import CellResult, Vote
from engine.evaluation.voting import ballot, vote_of


def reread(cells: Sequence[CellResult], rule: str) -> tuple[CellResult, ...]:
    """The cells with one rule's answer first.

    Raises:
        BadSpec: The rule is unknown, or cannot be applied.
    """
    read, failed = read_all(cells, (rule,))
    if rule in failed:
        report = failed[rule]
        raise BadSpec(report.message, report.hint)
    return tuple(
        replace(
            cell,
            extractions=tuple(sorted(cell.extractions, key=lambda found: found.rule != rule)),
        )
        for cell in read
    )


def voted_by(cells: Sequence[CellResult], votes: Sequence[Vote], rule: str) -> tuple[Vote, ...]:
    """The votes by what `reread` found; those that this rule has decided stay as they were."""
    samples: dict[tuple[int, int, int], list[CellResult]] = {}
    for cell in cells:
        if cell.generation is not None and not cell.dropped:
            place = cell.key.model, cell.key.variant, cell.key.item
            samples.setdefault(place, []).append(cell)
    held = []
    for vote in votes:
        own = samples.get((vote.model, vote.variant, vote.item), [])
        if vote.rule != rule and own:
            vote = vote_of(
                own[0],
                [ballot(cell) for cell in own],
                rule=rule,
                by=vote.decided_by,
                planned=vote.planned,
                stopped_early=vote.stopped_early,
                final=vote.final,
            )
        held.append(vote)
    return tuple(held)
