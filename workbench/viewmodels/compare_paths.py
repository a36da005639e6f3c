"""The paths of a column whose samples vote: their cells, their tokens so far, the vote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.decoding.records import TokenRecord
from engine.evaluation.spec import CellResult, CompareSpec, Vote
from engine.evaluation.summary import votes_of


@dataclass
class Paths:
    """Mutable state of one column's paths.

    Attributes:
        vote: The vote as it stands; None before the first path has ended.
        cells: Finished paths by their sample number.
        streams: Tokens of paths under way.
        chosen: The path that the person looks at; None = whichever tells most.
    """

    vote: Vote | None = None
    cells: dict[int, CellResult] = field(default_factory=dict)
    streams: dict[int, list[TokenRecord]] = field(default_factory=dict)
    chosen: int | None = None

    @property
    def shown(self) -> int:
        """The path on screen: the chosen one, else the winner's first, else the first."""
        if self.chosen is not None:
            return self.chosen
        vote = self.vote
        if vote is not None and vote.final and vote.winner is not None:
            return vote.paths[vote.winner][0]
        return 0

    @property
    def result(self) -> CellResult | None:
        return self.cells.get(self.shown)

    @property
    def records(self) -> list[TokenRecord]:
        """Tokens of the path on screen."""
        result = self.result
        return list(result.tokens) if result is not None else self.streams.get(self.shown, [])

    def take_tokens(self, sample: int, records: Iterable[TokenRecord]) -> bool:
        """More tokens of a path; True when it is the one on screen."""
        self.streams.setdefault(sample, []).extend(records)
        return sample == self.shown

    def take_stored(self, spec: CompareSpec, cells: Iterable[CellResult]) -> None:
        """Paths of an earlier run."""
        self.cells = {cell.key.sample: cell for cell in cells}
        self.vote = next(iter(votes_of(spec, self.cells.values())), None)
