"""The comparison job as a value, and what comes back from it. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from engine.decoding.params import Sampling
from engine.decoding.records import Generation, TokenRecord
from engine.errors import BadSpec, ErrorReport
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Item, PromptElements
from engine.prompting.render import ExamplesAs, SentPart

__all__ = [
    "Branch",
    "CellKey",
    "CellResult",
    "CompareResult",
    "CompareSpec",
    "Extraction",
    "LabelScore",
    "LabelShare",
    "Provenance",
    "SentPart",
    "Stage",
    "StageKey",
    "StageKind",
    "Variant",
    "VariantSummary",
    "Vote",
    "VoteRule",
]

VoteRule = Literal["majority", "weighted"]
StageKind = Literal["knowledge", "without", "with", "steps", "prior"]
MOST_STATEMENTS: Final = 64


@dataclass(frozen=True)
class Variant:
    """One way of asking: a column of the comparison.

    Attributes:
        technique: Id in `engine.prompting.strategies.registry`.
        name: Column title; empty = the technique's own. Unique within a spec.
        trigger: Trigger sentence for chain of thought; empty = the default of the language.
        shots: Most examples to show; None = all.
        examples_as: Examples as text in the user message or as turns.
        prompt: A prompt of its own; None = the spec's.
        sampling: How its tokens are chosen; None = as the spec says, adapted by the technique
            (`engine.evaluation.plan.sampling_of`): self-consistency needs a temperature.
        base: Technique that a composed one builds on (self-consistency, generated knowledge,
            label likelihood, two-stage); empty = its own choice (self-consistency: the chain of
            thought that stands beside it, so that the two columns differ in the vote alone).
        samples: Answers per item; 0 = the technique's own (self-consistency 9 paths) or the
            sampling's.
        vote: Which answer wins a vote: the most frequent, or the one with the largest sum of
            length-normalised path probabilities.
        stop_early: End a vote as soon as the leader cannot be overtaken.
        statements: How many pieces of knowledge to sample; 0 = the technique's own (5).
        labels: Candidate answers, may hold ``{{variables}}``; empty = the distinct expected
            answers of the items where the technique needs them.
        calibrate: Divide the labels' probabilities by those on content-free inputs.
        per_token: Compare labels by mean instead of summed token log-probability.
        answer_trigger: What the answer itself is asked with after the steps, or what stands
            before a label; empty = the default of the language, a space = nothing.
    """

    technique: str = "zero-shot"
    name: str = ""
    trigger: str = ""
    shots: int | None = None
    examples_as: ExamplesAs = "text"
    prompt: PromptElements | None = None
    sampling: Sampling | None = None
    base: str = ""
    samples: int = 0
    vote: VoteRule = "majority"
    stop_early: bool = True
    statements: int = 0
    labels: tuple[str, ...] = ()
    calibrate: bool = True
    per_token: bool = False
    answer_trigger: str = ""

    def check(self) -> None:
        """Raise `BadSpec` when a value is outside its range."""
        if self.sampling is not None:
            self.sampling.check()
        ranges = (
            ("number of answers per item", 0 <= self.samples <= 1024, "1 to 1 024"),
            ("number of statements", 0 <= self.statements <= MOST_STATEMENTS, "1 to 64"),
        )
        for name, ok, allowed in ranges:
            if not ok:
                raise BadSpec(f"The {name} is outside its range.", f"Choose {allowed}.")

    @property
    def label(self) -> str:
        return self.name or self.technique


@dataclass(frozen=True)
class CellKey:
    """Which cell: model × variant × item × sample, each an index into the spec's tuples."""

    model: int = 0
    variant: int = 0
    item: int = 0
    sample: int = 0


@dataclass(frozen=True)
class StageKey:
    """Whose tokens a `TokenChunk` of an intermediate text brings; the cell's own come by `CellKey`.

    Attributes:
        cell: The cell that the text serves.
        kind, index: As in `Stage`.
    """

    cell: CellKey
    kind: StageKind
    index: int = 0


@dataclass(frozen=True)
class Branch:
    """Continue one cell from a prefix that the person chose (click on an alternative token).

    Attributes:
        cell: The cell to continue.
        prefix: Token ids of the answer to keep, the chosen alternative last.
    """

    cell: CellKey
    prefix: tuple[int, ...]


@dataclass(frozen=True)
class CompareSpec(Spec):
    """Ask every item under every variant on every model.

    Attributes:
        models: Models to ask, one after the other.
        prompt: The prompt that the variants build on.
        variants: The columns.
        items: The questions.
        sampling: How tokens are chosen.
        extraction: Names of the extraction rules (`engine.evaluation.extractors`), primary first.
        batch_size: Most rows decoded together; None = by memory; 1 = "verify alone".
        only: Cells to run; empty = all.
        branch: Continue one cell from a given prefix (only that cell then runs).
        continues: Id of a stored run to resume: its finished cells are kept, the missing and the
            failed ones are asked. Everything else must be as it was; empty = a new run.
        withheld: Items of the set that became examples. No column is asked them, also one that
            shows no example, because columns are compared on the same items.
    """

    kind: ClassVar[str] = "compare"

    models: tuple[ModelRef, ...] = (ModelRef(),)
    prompt: PromptElements = field(default_factory=PromptElements)
    variants: tuple[Variant, ...] = (Variant(),)
    items: tuple[Item, ...] = (Item(),)
    sampling: Sampling = field(default_factory=Sampling)
    extraction: tuple[str, ...] = ("last-answer",)
    batch_size: int | None = None
    only: tuple[CellKey, ...] = ()
    branch: Branch | None = None
    continues: str = ""
    withheld: int = 0

    @property
    def rule(self) -> str:
        """The primary extraction rule: what right and wrong, votes and stability go by."""
        return self.extraction[0] if self.extraction else "exact"

    def title(self) -> str:
        return f"Compare {' · '.join(variant.label for variant in self.variants)}"

    def check(self) -> None:
        if not (self.models and self.variants and self.items):
            raise BadSpec(
                "The comparison has no model, no technique or no item.", "Choose at least one."
            )
        labels = [variant.label for variant in self.variants]
        if len(set(labels)) != len(labels):
            raise BadSpec("Two columns have the same name.", "Rename one of them.")
        self.sampling.check()
        for variant in self.variants:
            variant.check()


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
            ``prior`` (labels on a content-free input).
        index: Number among its kind, 0-based; a statement keeps its number in ``with``.
        sent, prompt_ids: What the model got.
        generation: What it said; None when only labels were scored.
        value: The answer found in it, normalised; None = none, or not looked for.
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
