"""How to ask: techniques, models and sampling above the results, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from engine.decoding.params import Sampling
from engine.errors import BadSpec, EngineError
from engine.evaluation.spec import CompareSpec, Variant
from engine.evaluation.technique_settings import TechniqueSettings
from engine.models.reference import ModelRef
from engine.prompting.render import ExamplesAs
from engine.prompting.strategies.registry import TECHNIQUES
from engine.prompting.strategies.retrieved_knowledge import RetrievedKnowledge
from workbench.viewmodels.compare_documents import DocumentChoice
from workbench.viewmodels.prompt_state import PromptState

MAX_VARIANTS: Final = 24
MAX_NEW_TOKENS: Final = 192


@dataclass(frozen=True)
class VariantChoice:
    """One chip: a technique with its settings, switched on or off.

    Attributes:
        uid: Stable name of the chip; the first four chips are called like their technique.
        examples_as: Layout of the examples; None = as the prompt's task lays them out.
        settings: What only some techniques know: paths, statements, labels.
        sampling: Of this column alone, as a stored run had it; None = the comparison's.
    """

    uid: str
    technique: str
    checked: bool = False
    trigger: str = ""
    shots: int | None = None
    examples_as: ExamplesAs | None = None
    settings: TechniqueSettings = TechniqueSettings()
    sampling: Sampling | None = None

    @property
    def is_extra(self) -> bool:
        """Added by the person, so it may be taken away again."""
        return self.uid != self.technique

    def variant(self, examples_as: ExamplesAs, sampling: Sampling | None = None) -> Variant:
        """As a column of the comparison; an extra chip carries its own name.

        Args:
            examples_as: Layout of the examples where the chip leaves it open.
            sampling: The comparison's, for a chip with a temperature of its own.
        """
        plain = Variant(
            technique=self.technique,
            name=self.uid if self.is_extra else "",
            trigger=self.trigger.strip(),
            shots=self.shots,
            examples_as=self.examples_as or examples_as,
        )
        if self.sampling is not None:
            plain = self.settings.applied(plain, self.sampling)
            return plain if plain.sampling is not None else replace(plain, sampling=self.sampling)
        return self.settings.applied(plain, sampling or Sampling(max_new_tokens=MAX_NEW_TOKENS))


def default_variants() -> tuple[VariantChoice, ...]:
    """One chip per technique; the two that need nothing but the question are on."""
    on = ("zero-shot", "few-shot", "zero-shot-cot")
    return tuple(VariantChoice(name, name, name in on) for name in TECHNIQUES)


@dataclass(frozen=True)
class CompareSetup:
    """Which techniques, on which models, sampled how, with which documents to look things up in."""

    variants: tuple[VariantChoice, ...] = ()
    models: tuple[ModelRef, ...] = (ModelRef(),)
    sampling: Sampling = Sampling(max_new_tokens=MAX_NEW_TOKENS)
    documents: DocumentChoice = DocumentChoice()

    def chosen(self) -> tuple[VariantChoice, ...]:
        """The chips that are on."""
        return tuple(choice for choice in self.variants if choice.checked)

    def with_choice(self, choice: VariantChoice) -> CompareSetup:
        """A copy in which the chip of the same uid is replaced."""
        changed = tuple(choice if old.uid == choice.uid else old for old in self.variants)
        return replace(self, variants=changed)

    def with_documents(self, documents: DocumentChoice) -> CompareSetup:
        """A copy with other documents; the first one switches on the column that reads them."""
        first = documents and not self.documents
        switched = tuple(
            replace(choice, checked=True) if choice.uid == RetrievedKnowledge.id else choice
            for choice in self.variants
        )
        return replace(self, documents=documents, variants=switched if first else self.variants)

    def without_examples(self) -> CompareSetup:
        """A copy for a prompt that has no examples: the chips that show some are off."""
        kept = tuple(
            replace(one, checked=one.checked and not TECHNIQUES[one.technique].uses_examples)
            for one in self.variants
        )
        return replace(self, variants=kept)

    def reading(self) -> tuple[VariantChoice, ...]:
        """The chips whose columns read documents: those made for it, else all that are on."""
        chosen = self.chosen()
        made = tuple(one for one in chosen if TECHNIQUES[one.technique].reads_documents)
        return made or chosen

    def with_extra(self, technique: str) -> CompareSetup:
        """A copy with one more chip of that technique, switched on."""
        taken = {choice.uid for choice in self.variants}
        number = 2
        while f"{technique} {number}" in taken:
            number += 1
        extra = VariantChoice(f"{technique} {number}", technique, checked=True)
        return replace(self, variants=(*self.variants, extra))

    def without(self, uid: str) -> CompareSetup:
        """A copy without an extra chip."""
        kept = tuple(c for c in self.variants if c.uid != uid or not c.is_extra)
        return replace(self, variants=kept)

    def spec(self, prompt: PromptState) -> CompareSpec:
        """The comparison to submit.

        Raises:
            BadSpec: No technique or no model is chosen.
        """
        chosen = self.chosen()
        if not chosen:
            raise BadSpec("No technique is chosen.", "Switch on at least one, then run again.")
        if not self.models:
            raise BadSpec("No model is chosen.", "Choose a model, then run again.")
        return CompareSpec(
            models=self.models,
            prompt=prompt.elements(),
            variants=tuple(choice.variant(prompt.examples_as, self.sampling) for choice in chosen),
            items=(prompt.item(),),
            sampling=self.sampling,
            extraction=prompt.extraction,
        )

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        kept = replace(self, documents=replace(self.documents, texts=self.documents.kept()))
        plain: dict[str, object] = msgspec.to_builtins(kept)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> CompareSetup:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            setup = msgspec.convert(data, type=cls)
            setup.sampling.check()
            setup.documents.check()
        except (msgspec.ValidationError, EngineError):
            return default_setup()
        known = {c.uid: c for c in setup.variants if c.technique in TECHNIQUES}
        base = tuple(known.pop(c.uid, replace(c, checked=False)) for c in default_variants())
        extras = tuple(known.values())[: MAX_VARIANTS - len(base)]
        return replace(setup, variants=base + extras)


def default_setup() -> CompareSetup:
    """What a first start shows."""
    return CompareSetup(variants=default_variants())
