"""The pinned answers of Compare as values that another page can ask again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.evaluation.spec import CellKey, CompareSpec
from workbench.viewmodels.compare_column import Column

PINNED: Final = "pinned"
"""Under this name they lie on the desk, in sight of all."""


@dataclass(frozen=True)
class PinnedPrompt:
    """One pinned column.

    Attributes:
        spec: The comparison that it came from.
        key: Its cell there.
    """

    spec: CompareSpec
    key: CellKey


def pinned_of(columns: Sequence[Column]) -> tuple[PinnedPrompt, ...]:
    """The columns that a person has pinned; branches are answers, not prompts."""
    return tuple(
        PinnedPrompt(column.spec, column.cell_key)
        for column in columns
        if column.pinned and column.branch is None
    )


def asked_again(pinned: Sequence[PinnedPrompt]) -> tuple[CompareSpec, ...]:
    """One comparison per prompt, with its pinned ways and questions and nothing else of it."""
    prompts: list[tuple[CompareSpec, list[CellKey]]] = []
    for one in pinned:
        plain = replace(one.spec, only=(), branch=None, continues="", models=())
        known = next((keys for spec, keys in prompts if spec == plain), None)
        if known is None:
            prompts.append((plain, [one.key]))
        else:
            known.append(one.key)
    return tuple(
        replace(
            spec,
            variants=tuple(spec.variants[n] for n in sorted({key.variant for key in keys})),
            items=tuple(spec.items[n] for n in sorted({key.item for key in keys})),
        )
        for spec, keys in prompts
    )
