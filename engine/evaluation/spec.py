"""The comparison job as a value. Free of torch.

What comes back from it is in `engine.evaluation.results`, and is had from here, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.cell_keys import CellKey, StageKey, StageKind
from engine.evaluation.results import (
    CellResult,
    CompareResult,
    Extraction,
    LabelScore,
    LabelShare,
    Provenance,
    Stage,
    VariantSummary,
    Vote,
    VoteRule,
)
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Item, PromptElements
from engine.prompting.knowledge import Knowledge
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
        knowledge: Passages of documents of its own; None = the spec's.
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
    knowledge: Knowledge | None = None

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
        knowledge: Passages of documents, found for each item beforehand.
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
    knowledge: Knowledge = field(default_factory=Knowledge)

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
