"""A stored comparison as the Compare page's prompt and settings."""

from __future__ import annotations

from dataclasses import replace

from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareSpec, Variant
from engine.evaluation.technique_settings import TechniqueSettings, settings_of, used_by
from engine.prompting.strategies.registry import TECHNIQUES
from workbench.viewmodels.compare_documents import choice_of
from workbench.viewmodels.compare_setup import (
    MAX_VARIANTS,
    CompareSetup,
    VariantChoice,
    default_variants,
)
from workbench.viewmodels.prompt_state import PromptState


def prompt_of(spec: CompareSpec) -> PromptState:
    """The prompt with its one question, as it was asked."""
    item, prompt = spec.items[0], spec.prompt
    return PromptState(
        language=prompt.language,
        system=prompt.system,
        instruction=prompt.instruction,
        context=prompt.context,
        examples=prompt.examples,
        input=prompt.input,
        output_indicator=prompt.output_indicator,
        expected=item.expected or "",
        values=dict(item.variables),
        extraction=spec.extraction,
        examples_as=spec.variants[0].examples_as,
    )


def setup_of(spec: CompareSpec) -> CompareSetup:
    """Techniques, models and sampling as they were; chips that were not asked are off."""
    chips = {choice.uid: replace(choice, checked=False) for choice in default_variants()}
    for variant in spec.variants:
        choice = _choice(variant, chips, spec.sampling)
        if choice is not None:
            chips[choice.uid] = choice
    return CompareSetup(
        variants=tuple(chips.values())[:MAX_VARIANTS],
        models=spec.models,
        sampling=spec.sampling,
        documents=choice_of(spec),
    )


def _choice(
    variant: Variant, chips: dict[str, VariantChoice], sampling: Sampling
) -> VariantChoice | None:
    """The chip that asks like this column; None for a technique that there is no more."""
    if variant.technique not in TECHNIQUES:
        return None
    first = chips.get(variant.technique)
    uid = variant.technique
    if variant.name or first is None or first.checked:
        uid = variant.name or f"{variant.technique} 2"
    settings, own = _settings(variant, sampling)
    return VariantChoice(
        uid=uid,
        technique=variant.technique,
        checked=True,
        trigger=variant.trigger,
        shots=variant.shots,
        examples_as=variant.examples_as,
        settings=settings,
        sampling=own,
    )


def _settings(variant: Variant, sampling: Sampling) -> tuple[TechniqueSettings, Sampling | None]:
    """The chip's settings, and a sampling of its own where the comparison's does not do."""
    settings = settings_of((variant,), sampling)
    if settings is not None:
        return settings, None
    own = variant.sampling
    plain = settings_of((replace(variant, sampling=None),), sampling) or TechniqueSettings()
    if own is not None and "temperature" in used_by(variant):
        plain = replace(plain, temperature=own.temperature)
    return plain, own
