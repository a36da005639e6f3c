"""What was done to a pruned copy, as the text that goes with its answers. No torch here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from engine.pruning.recipe import Recipe

_NAME: Final = re.compile(r"pruned ([\d.]+)% \(mode (\S+), u (\S+), a (\S+), per (\S+)\)")


@dataclass(frozen=True)
class PruneEdit:
    """One cut of a copy.

    Attributes:
        share: Share of its prunable weights that is zero; read back to a tenth of a per cent.
        recipe: The score that decided.
    """

    share: float
    recipe: Recipe

    @property
    def name(self) -> str:
        """As `engine.models.loaded.LoadedModel.edits` holds it, and the origin of an answer."""
        made = self.recipe
        return (
            f"pruned {self.share:.1%} (mode {made.mode}, u {made.u:g}, a {made.a:g}, "
            f"per {made.group})"
        )


def read_edit(name: str) -> PruneEdit | None:
    """Rebuild from `PruneEdit.name`; None for any other edit."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    share, mode, u, a, group = found.groups()
    try:
        plain = {"mode": mode, "u": float(u), "a": float(a), "group": group}
        return PruneEdit(float(share) / 100, msgspec.convert(plain, type=Recipe))
    except (ValueError, msgspec.ValidationError):
        return None
