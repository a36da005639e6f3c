"""A column's figures: accuracy, invalid answers, tokens."""

from __future__ import annotations

from collections.abc import Iterable

from engine.evaluation.spec import CellResult, CompareSpec, VariantSummary


def summarise(spec: CompareSpec, cells: Iterable[CellResult]) -> tuple[VariantSummary, ...]:
    """One summary per model × variant that has a cell, in key order."""
    groups: dict[tuple[int, int], list[CellResult]] = {}
    for cell in cells:
        groups.setdefault((cell.key.model, cell.key.variant), []).append(cell)
    return tuple(
        _summary(spec.models[model].id, spec.variants[variant].label, groups[model, variant])
        for model, variant in sorted(groups)
    )


def _summary(model: str, variant: str, cells: list[CellResult]) -> VariantSummary:
    answered = [cell for cell in cells if cell.generation is not None]
    generations = [cell.generation for cell in answered if cell.generation is not None]
    logprobs = [token.logprob for cell in answered for token in cell.tokens]
    primary = [cell.extractions[0] for cell in answered if cell.extractions]
    return VariantSummary(
        model=model,
        variant=variant,
        n=len(cells),
        scored=sum(found.correct is not None for found in primary),
        correct=sum(found.correct is True for found in primary),
        invalid=sum(found.value is None for found in primary),
        failed=sum(cell.error is not None for cell in cells),
        mean_logprob=sum(logprobs) / len(logprobs) if logprobs else 0.0,
        new_tokens=len(logprobs),
        prompt_tokens=sum(generation.prompt_tokens for generation in generations),
        reused_tokens=sum(generation.reused_tokens for generation in generations),
    )
