"""The comparison job as a value, and what comes back from it. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

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
    "Provenance",
    "SentPart",
    "Variant",
    "VariantSummary",
]


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
    """

    technique: str = "zero-shot"
    name: str = ""
    trigger: str = ""
    shots: int | None = None
    examples_as: ExamplesAs = "text"
    prompt: PromptElements | None = None

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
class CellResult:
    """One finished cell (or one that failed: then `error` is set and `generation` is None)."""

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

    @property
    def correct(self) -> bool | None:
        """By the primary rule."""
        return self.extractions[0].correct if self.extractions else None

    @property
    def tokens(self) -> tuple[TokenRecord, ...]:
        return self.generation.tokens if self.generation else ()


@dataclass(frozen=True)
class VariantSummary:
    """A column's figures over all its cells."""

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

    @property
    def accuracy(self) -> float | None:
        return self.correct / self.scored if self.scored else None


@dataclass(frozen=True)
class CompareResult:
    """The whole comparison. Cells in key order; `run_id` names the row in the store.

    `store_error` says why the store lacks cells of it (a full disk); they are all here.
    """

    run_id: str
    cells: tuple[CellResult, ...]
    summaries: tuple[VariantSummary, ...]
    seconds: float
    store_error: ErrorReport | None = None
