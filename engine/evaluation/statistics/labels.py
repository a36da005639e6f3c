"""The names of a comparison's columns: the variant's, the model's, or both."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.evaluation.spec import CompareSpec
from engine.models.reference import ModelRef


def column_labels(spec: CompareSpec) -> dict[tuple[int, int], str]:
    """(model, variant) → a name that no other column of the comparison has."""
    models = model_labels(spec.models)
    one_model, one_variant = len(spec.models) == 1, len(spec.variants) == 1
    return {
        (model, variant): (
            ways.label
            if one_model
            else models[model]
            if one_variant
            else f"{models[model]} · {ways.label}"
        )
        for model in range(len(spec.models))
        for variant, ways in enumerate(spec.variants)
    }


def model_labels(models: tuple[ModelRef, ...]) -> tuple[str, ...]:
    """A name per model; states of one model are told apart by the options in which they differ."""
    names = [_short(model.id) for model in models]
    options = [_facts(model) for model in models]
    labels = []
    for index, name in enumerate(names):
        alike = [other for other, its in enumerate(names) if its == name]
        facts = [
            str(value)
            for key, value in options[index].items()
            if any(options[other].get(key) != value for other in alike)
        ]
        labels.append(f"{name} ({', '.join(facts)})" if facts else name)
    return tuple(
        label if labels.count(label) == 1 else f"{label} #{index + 1}"
        for index, label in enumerate(labels)
    )


def _facts(model: ModelRef) -> dict[str, object]:
    """Everything of a reference but its id, flat."""
    plain = msgspec.to_builtins(model)
    facts = {key: value for key, value in plain.items() if key not in ("id", "options")}
    facts.update(plain["options"])
    return {key: "full" if value in ("none", None) else value for key, value in facts.items()}


def _short(model: str) -> str:
    """A folder by its last name; everything else as it is."""
    path = Path(model)
    return path.name if path.is_absolute() else model
