"""Settings that only some techniques know, said once for all columns of a comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Final

from engine.decoding.params import Sampling
from engine.evaluation.spec import Variant, VoteRule
from engine.prompting.strategies.registry import TECHNIQUES

USED: Final[dict[str, tuple[str, ...]]] = {
    "one-sample": (),
    "votes": ("base", "samples", "vote", "stop_early", "temperature"),
    "knowledge": ("base", "statements", "labels", "answer_trigger", "vote", "per_token"),
    "likelihood": ("base", "labels", "answer_trigger", "calibrate", "per_token"),
    "two-stage": ("base", "answer_trigger"),
}
"""Way of asking → the settings that it uses."""


@dataclass(frozen=True)
class TechniqueSettings:
    """As in `Variant`, each at its default when nothing was said.

    Attributes:
        temperature: Of the samples that vote; None = the technique's own.
    """

    base: str = ""
    samples: int = 0
    vote: VoteRule = "majority"
    stop_early: bool = True
    temperature: float | None = None
    statements: int = 0
    labels: tuple[str, ...] = ()
    answer_trigger: str = ""
    calibrate: bool = True
    per_token: bool = False

    def said(self) -> dict[str, object]:
        """The settings that are not at their default."""
        default = TechniqueSettings()
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) != getattr(default, one.name)
        }

    def applied(self, variant: Variant, sampling: Sampling) -> Variant:
        """The column with those settings that its technique uses.

        Args:
            variant: The column.
            sampling: The comparison's.
        """
        changes = {name: value for name, value in self.said().items() if name in used_by(variant)}
        temperature = changes.pop("temperature", None)
        if isinstance(temperature, float):
            changes["sampling"] = replace(sampling, temperature=temperature)
        return replace(variant, **changes)  # type: ignore[arg-type] # names and types are Variant's


def used_by(variant: Variant) -> tuple[str, ...]:
    """The settings that a column's technique uses."""
    technique = TECHNIQUES.get(variant.technique)
    if technique is None:
        return ()
    used = USED[technique.asks]
    return ("base", *used) if technique.composed and "base" not in used else used


def unused(settings: TechniqueSettings, variants: Iterable[Variant]) -> list[str]:
    """Names of settings that were said and that no column uses."""
    known = {name for variant in variants for name in used_by(variant)}
    return [name for name in settings.said() if name not in known]


def settings_of(variants: Iterable[Variant], sampling: Sampling) -> TechniqueSettings | None:
    """The settings that make the columns what they are, or None when no one set does."""
    variants = tuple(variants)
    found: dict[str, object] = {}
    for variant in variants:
        for name in used_by(variant):
            own = variant.sampling
            value = (
                (own.temperature if own is not None else None)
                if name == "temperature"
                else getattr(variant, name)
            )
            if found.setdefault(name, value) != value:
                return None
    settings = TechniqueSettings(**found)  # type: ignore[arg-type] # read from such fields
    return settings if all(_said(settings, one, sampling) for one in variants) else None


def _said(settings: TechniqueSettings, variant: Variant, sampling: Sampling) -> bool:
    """Whether the settings turn the plain column into this one."""
    plain = Variant(
        technique=variant.technique,
        name=variant.name,
        trigger=variant.trigger,
        shots=variant.shots,
        examples_as=variant.examples_as,
        prompt=variant.prompt,
    )
    return settings.applied(plain, sampling) == variant
