"""The samples of an item vote (Wang et al. 2022); `engine.evaluation.voting` counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from engine.decoding.records import Generation
from engine.evaluation.asking.base import Ask, Desk, Question
from engine.evaluation.asking.one_sample import OneSample
from engine.evaluation.spec import CellKey
from engine.evaluation.voting import Ballot, ballot, groups_of, settled, vote_of

NEVER_ASKED: Final = Generation("", (), "cancelled", 0, 0, 0.0, 0.0, 0)


class Votes(OneSample):
    """Sampled paths; a vote is published whenever one ends.

    Once the leader cannot be overtaken, paths that still run end as they stand (``"cancelled"``).
    When only some of an item's samples are asked ("verify alone", a branch), nobody votes.
    """

    def __init__(self, question: Question, desk: Desk) -> None:
        super().__init__(question, desk)
        self.planned = question.sampling.samples
        samples = {key.sample for key in question.keys}
        samples.update(cell.key.sample for cell in question.known)
        self.voting = len(samples) == self.planned
        self.ballots: list[Ballot] = []
        self.stopped = False
        self.left_out = any(cell.dropped for cell in question.known)
        self.pending = len(question.keys)

    def begin(self) -> Sequence[Ask]:
        asks = super().begin()
        known = self.question.known
        self.ballots = [ballot(cell) for cell in known if not cell.dropped]
        self.stopped = any(cell.dropped for cell in known)
        self._settle()
        if not self.stopped:
            return asks
        for key in self.question.keys:
            self._close(key, NEVER_ASKED)
        return ()

    def heard(self, place: int, ask: Ask, generation: Generation) -> None:
        self._close(ask.cell, generation)

    def _close(self, key: CellKey, generation: Generation) -> None:
        cell = self.answered(replace(self.opened, key=key), generation)
        self.pending -= 1
        self.left_out = self.left_out or cell.dropped
        if cell.error is not None:
            self.voting = False
        elif not cell.dropped:
            self.ballots.append(ballot(cell))
        self.desk.finish(cell)
        if not self.voting:
            return
        self._settle()
        variant = self.question.variant
        self.desk.vote(
            vote_of(
                cell,
                self.ballots,
                rule=self.question.spec.rule,
                by=variant.vote,
                planned=self.planned,
                stopped_early=self.left_out,
                final=self.pending == 0,
            )
        )

    def _settle(self) -> None:
        """Let the others go when they cannot change the winner any more."""
        variant = self.question.variant
        if not (self.voting and variant.stop_early and self.pending) or self.stopped:
            return
        groups = groups_of(self.ballots, self.question.spec.rule)
        if settled(groups, variant.vote, self.planned - len(self.ballots)):
            self.stopped = True
            self.unwanted.update(range(len(self.question.keys)))
