"""One column of the comparison: what was asked, what came back, what it measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.decoding.records import Generation, TokenRecord
from engine.errors import ErrorReport
from engine.evaluation.plan import sampling_of
from engine.evaluation.spec import (
    Branch,
    CellKey,
    CellResult,
    CompareSpec,
    StageKey,
    StageKind,
    Variant,
    Vote,
)
from engine.prompting.strategies.registry import TECHNIQUES
from workbench.viewmodels.compare_paths import Paths

ColumnState = Literal["waiting", "running", "finished", "failed", "stopped"]
VerifyState = Literal["running", "identical", "different", "failed"]


@dataclass(frozen=True)
class Verification:
    """What decoding the same cell alone (batch 1) showed.

    Attributes:
        at: Index of the first token that differs; -1 when none does.
        here, alone: The two tokens' texts at that index (empty when one answer ended).
        report: Why the check itself failed.
    """

    state: VerifyState
    at: int = -1
    here: str = ""
    alone: str = ""
    report: ErrorReport | None = None


@dataclass(frozen=True)
class Figures:
    """A column's measurements; None where nothing was measured yet."""

    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    first_token_ms: float
    tokens_per_s: float | None
    mean_probability: float | None
    batch_size: int

    @property
    def new_tokens(self) -> int:
        """Prompt tokens that were really computed."""
        return self.prompt_tokens - self.reused_tokens


@dataclass
class Column:
    """Mutable state of one column; only `CompareModel` changes it.

    Attributes:
        spec: The comparison that the column came from.
        key: Its cell there.
        records: Tokens so far (live), replaced by the result's own when it arrives.
        branched_from: Uid of the column whose answer was branched, or None.
        branch: The kept prefix, when this column is a branch.
        paths: The samples and their vote, where samples vote; `result` and `records` are then
            those of the path on screen.
        drafts: Tokens of intermediate texts so far, by kind and number.
    """

    uid: int
    spec: CompareSpec
    key: CellKey
    state: ColumnState = "waiting"
    records: list[TokenRecord] = field(default_factory=list)
    result: CellResult | None = None
    error: ErrorReport | None = None
    verification: Verification | None = None
    pinned: bool = False
    branched_from: int | None = None
    branch: Branch | None = None
    paths: Paths = field(default_factory=Paths)
    drafts: dict[tuple[StageKind, int], list[TokenRecord]] = field(default_factory=dict)

    @property
    def voting(self) -> bool:
        """Whether the column shows several samples that vote."""
        technique = TECHNIQUES.get(self.variant.technique)
        votes = technique is not None and technique.asks == "votes"
        return votes and self.branch is None and sampling_of(self.spec, self.variant).samples > 1

    @property
    def vote(self) -> Vote | None:
        return self.paths.vote if self.voting else None

    @property
    def cell_key(self) -> CellKey:
        """The cell on screen."""
        return replace(self.key, sample=self.paths.shown) if self.voting else self.key

    @property
    def asked(self) -> tuple[CellKey, ...]:
        """All cells that the column stands for."""
        if not self.voting:
            return (self.key,)
        samples = sampling_of(self.spec, self.variant).samples
        return tuple(replace(self.key, sample=sample) for sample in range(samples))

    def cells(self) -> tuple[CellResult, ...]:
        """Every finished cell of the column."""
        if self.voting:
            return tuple(self.paths.cells[sample] for sample in sorted(self.paths.cells))
        return (self.result,) if self.result is not None else ()

    def forget(self) -> None:
        """Drop the answer, to be asked again; a branch keeps its prefix."""
        kept = len(self.branch.prefix) if self.branch is not None else 0
        self.state, self.result, self.error = "waiting", None, None
        self.verification, self.records = None, self.records[:kept]
        self.paths, self.drafts = Paths(), {}

    def take_draft(self, key: StageKey, records: tuple[TokenRecord, ...]) -> None:
        """More tokens of an intermediate text."""
        self.drafts.setdefault((key.kind, key.index), []).extend(records)

    def take_path(self, cell: CellResult) -> None:
        """A path of a vote has ended."""
        self.paths.cells[cell.key.sample] = cell
        if cell.error is not None:
            self.state, self.error = "failed", cell.error
        self.show_path()

    def take_vote(self, vote: Vote) -> None:
        """The vote as it stands now."""
        self.paths.vote = vote
        if vote.final and self.state == "running":
            self.state = "finished"
        self.show_path()

    def show_path(self) -> None:
        """Make the path on screen the column's answer."""
        self.result, self.records = self.paths.result, self.paths.records

    @property
    def variant(self) -> Variant:
        return self.spec.variants[self.key.variant]

    @property
    def model_id(self) -> str:
        return self.spec.models[self.key.model].id

    @property
    def busy(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def verifying(self) -> bool:
        """Whether "verify alone" is decoding this cell now."""
        return self.verification is not None and self.verification.state == "running"

    def answer_text(self) -> str:
        """The decoded answer, or what has streamed in so far."""
        generation = self.result.generation if self.result else None
        if generation is not None:
            return generation.text
        return "".join(record.text for record in self.records)

    def figures(self) -> Figures | None:
        """Measurements of a finished answer."""
        generation = self.result.generation if self.result else None
        return figures_of(generation) if generation is not None else None

    def answer_span(self) -> tuple[int, int]:
        """Where the extracted answer stands in the streamed text, or (-1, -1)."""
        if self.result is None or not self.result.extractions:
            return -1, -1
        first = self.result.extractions[0]
        return first.start, first.end


def figures_of(generation: Generation) -> Figures:
    """The measurements of an answer; rates need two tokens and a duration."""
    tokens = generation.chosen
    after_first_ms = generation.total_ms - generation.first_token_ms
    rate = None
    if len(tokens) > 1 and after_first_ms > 0:
        rate = (len(tokens) - 1) * 1000.0 / after_first_ms
    mean = generation.mean_logprob
    return Figures(
        prompt_tokens=generation.prompt_tokens,
        reused_tokens=generation.reused_tokens,
        answer_tokens=len(tokens),
        first_token_ms=generation.first_token_ms,
        tokens_per_s=rate,
        mean_probability=None if mean is None else math.exp(mean),
        batch_size=generation.batch_size,
    )


def compare_tokens(here: tuple[TokenRecord, ...], alone: tuple[TokenRecord, ...]) -> Verification:
    """Whether two answers are the same tokens, and where they first part."""
    for index in range(max(len(here), len(alone))):
        left = here[index] if index < len(here) else None
        right = alone[index] if index < len(alone) else None
        if left is None or right is None or left.id != right.id:
            return Verification(
                "different", index, left.text if left else "", right.text if right else ""
            )
    return Verification("identical")
