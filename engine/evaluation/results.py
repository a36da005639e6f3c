"""What comes back from a comparison: cells, votes and the columns' figures. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.decoding.records import Generation, TokenRecord
from engine.errors import ErrorReport
from engine.evaluation.cell_keys import CellKey, StageKind
from engine.prompting.render import SentPart

VoteRule = Literal["majority", "weighted"]


@dataclass(frozen=True)
class Extraction:
    """What a rule found in an answer.

    Attributes:
        rule: Name of the rule.
        value: The normalised answer, or None when the rule found nothing (invalid).
        start, end: Where it stands in the answer's text (characters); -1 when invalid.
        correct: Against the expected answer; None when nobody knows it.
    """

    rule: str
    value: str | None
    start: int = -1
    end: int = -1
    correct: bool | None = None


@dataclass(frozen=True)
class Provenance:
    """Where a cell's numbers come from."""

    model: str
    revision: str
    edits: tuple[str, ...]
    device: str
    dtype: str
    quantization: str
    attention: str
    batch_size: int
    seed: int
    seed_policy: str
    packages: dict[str, str]
    weights_sha: str = ""


@dataclass(frozen=True)
class LabelShare:
    """A label's share among all labels, each 0…1 and summing to 1 over the labels.

    Attributes:
        raw: Softmax of the labels' log-probabilities.
        prior: The mean of the same softmax on content-free inputs; None = not measured.
        calibrated: ``raw / prior``, normalised (contextual calibration, Zhao et al. 2021).
    """

    raw: float
    prior: float | None = None
    calibrated: float | None = None


@dataclass(frozen=True)
class LabelScore:
    """How likely the model finds one candidate answer.

    Attributes:
        label: The candidate.
        logprob: Summed natural-log probability of its tokens after the prompt.
        tokens: How many those are.
        summed: Its share by the summed log-probability.
        per_token: Its share by the mean log-probability of its tokens.
    """

    label: str
    logprob: float
    tokens: int
    summed: LabelShare
    per_token: LabelShare


@dataclass(frozen=True)
class Stage:
    """An intermediate text of a cell: nothing that led to an answer is hidden.

    Attributes:
        kind: ``knowledge`` (a statement), ``without`` and ``with`` (the answer without any and
            with the statement of the same index), ``steps`` (before the answer is asked for),
            ``prior`` (labels on a content-free input), ``passage`` (a passage of a document that
            stands in the prompt).
        index: Number among its kind, 0-based; a statement keeps its number in ``with``; of a
            passage, its place in the knowledge that its column was given.
        sent, prompt_ids: What the model got.
        generation: What it said; None when only labels were scored.
        value: The answer found in it, normalised, or the text of a passage; None = none, or not
            looked for.
        count: How many samples said the same (a repeated statement is asked once).
        labels: The candidates' likelihoods at this stage.
        decided: Whether the cell's answer comes from here.
    """

    kind: StageKind
    index: int = 0
    sent: tuple[SentPart, ...] = ()
    prompt_ids: tuple[int, ...] = ()
    generation: Generation | None = None
    value: str | None = None
    count: int = 1
    labels: tuple[LabelScore, ...] = ()
    decided: bool = False


@dataclass(frozen=True)
class CellResult:
    """One finished cell (or one that failed: then `error` is set and `generation` is None).

    A sample that a decided vote no longer needed has a generation that ended with
    ``"cancelled"`` (perhaps without a token) and no extractions; it is neither wrong nor an error.

    Attributes:
        generation: The answer; with several stages, the text that the answer was read from.
        stages: Intermediate texts, in the order in which they were asked.
        labels: Candidate answers with their likelihoods, as given; empty = none were scored.
        decided_by: What chose the answer when it was not simply said: ``"vote"``,
            ``"likelihood"``; else empty.
    """

    key: CellKey
    variant: str
    item_id: str
    expected: str | None
    sent: tuple[SentPart, ...] = ()
    prompt_ids: tuple[int, ...] = ()
    generation: Generation | None = None
    extractions: tuple[Extraction, ...] = ()
    provenance: Provenance | None = None
    error: ErrorReport | None = None
    stages: tuple[Stage, ...] = ()
    labels: tuple[LabelScore, ...] = ()
    decided_by: str = ""

    @property
    def correct(self) -> bool | None:
        """By the primary rule."""
        return self.extractions[0].correct if self.extractions else None

    @property
    def dropped(self) -> bool:
        """Whether a decided vote ended it before its own end."""
        return self.generation is not None and self.generation.finish == "cancelled"

    @property
    def answer_stage(self) -> bool:
        """Whether the rules read only what followed the steps, not the whole text."""
        said = self.generation
        asked = said is not None and said.lead[0] < said.lead[1]
        return asked and any(stage.kind == "steps" for stage in self.stages)

    @property
    def tokens(self) -> tuple[TokenRecord, ...]:
        return self.generation.tokens if self.generation else ()


@dataclass(frozen=True)
class Vote:
    """The vote over the samples of one item under one variant of one model.

    Published whenever a sample ends (`final` False) and once at the end. Answers are grouped as
    `engine.evaluation.voting` says; groups stand in the order of their rank.

    Attributes:
        model, variant, item: Indices, as in `CellKey`.
        label: The variant's label.
        item_id: The item's id.
        rule: Extraction rule whose values were counted.
        decided_by: Whether the majority or the weights name the winner.
        winner: The winning answer; None while there is no valid one.
        counts: Answer → how many samples gave it.
        weights: Answer → sum of ``exp(mean log-probability of a token)`` of its samples.
        paths: Answer → numbers of its samples.
        majority, weighted: The winner by either way of counting.
        agreement: The winner's share of the `samples` counted (invalid ones included), 0…1.
        invalid: Samples in which the rule found no answer; they never win.
        samples: Samples that were counted.
        planned: Samples that were asked for.
        stopped_early: Whether the others were left out because they could not change the winner.
        correct: The winner against the expected answer; None when nobody knows it.
        final: Whether the voting is over.
    """

    model: int
    variant: int
    item: int
    label: str
    item_id: str
    rule: str
    decided_by: VoteRule = "majority"
    winner: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    paths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    majority: str | None = None
    weighted: str | None = None
    agreement: float = 0.0
    invalid: int = 0
    samples: int = 0
    planned: int = 0
    stopped_early: bool = False
    correct: bool | None = None
    final: bool = True

    @property
    def place(self) -> tuple[int, int, int]:
        """Model, variant, item."""
        return self.model, self.variant, self.item


@dataclass(frozen=True)
class VariantSummary:
    """A column's figures over all its cells.

    Where samples vote, `scored`, `correct` and `invalid` count items by their vote's winner;
    `sample_scored` and `sample_correct` count single samples, which is what one path would reach.

    Attributes:
        n: Cells.
        dropped: Samples that a decided vote no longer needed.
        votes: Items that were decided by a vote.
        items: Items with more than one sample, over which `stability` and `distinct` are means.
        stability: Share of an item's samples that gave its most frequent answer; None = no item
            has more than one sample.
        distinct: Different answers of an item (invalid ones left out).
    """

    model: str
    variant: str
    n: int
    scored: int
    correct: int
    invalid: int
    failed: int
    mean_logprob: float
    new_tokens: int
    prompt_tokens: int
    reused_tokens: int
    dropped: int = 0
    votes: int = 0
    sample_scored: int = 0
    sample_correct: int = 0
    items: int = 0
    stability: float | None = None
    distinct: float | None = None

    @property
    def accuracy(self) -> float | None:
        """Share of right answers (of right votes where samples vote)."""
        return self.correct / self.scored if self.scored else None

    @property
    def sample_accuracy(self) -> float | None:
        """Share of right answers among the single samples."""
        return self.sample_correct / self.sample_scored if self.sample_scored else None


@dataclass(frozen=True)
class CompareResult:
    """The whole comparison. Cells in key order; `run_id` names the row in the store.

    `store_error` says why the store lacks cells of it (a full disk); they are all here.
    `votes` are those of the variants whose samples vote, in key order.
    """

    run_id: str
    cells: tuple[CellResult, ...]
    summaries: tuple[VariantSummary, ...]
    seconds: float
    store_error: ErrorReport | None = None
    votes: tuple[Vote, ...] = ()
