"""The one score of pruning as a value: ``S = normalise(|W|^u) · ‖X_j‖^a``, and its named presets.

Magnitude, Wanda (Sun et al. 2023, eq. 1) and RIA (Zhang et al. 2024, eq. 3) are points of the same
plane; a person may save others. No torch here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.errors import BadSpec

Mode = Literal["none", "row+col"]
Group = Literal["matrix", "row"]


@dataclass(frozen=True)
class Recipe:
    """What a weight is worth, and among which weights it is compared.

    Attributes:
        mode: ``"none"``, or ``"row+col"``: each weight relative to its row's and its column's sum
            (relative importance).
        u: Exponent of the magnitude.
        a: Exponent of the input feature's L2 norm over the calibration tokens; 0 needs none.
        group: Weights that compete: the whole ``"matrix"`` or each output ``"row"``.
    """

    mode: Mode = "none"
    u: float = 1.0
    a: float = 1.0
    group: Group = "row"

    @property
    def needs_inputs(self) -> bool:
        """Whether the score reads activations."""
        return self.a != 0

    def check(self) -> None:
        """Raise `BadSpec` for exponents that order nothing."""
        if not (0 <= self.u <= 4 and 0 <= self.a <= 4):
            raise BadSpec(
                "The exponents of the pruning score lie outside 0 to 4.", "Choose smaller ones."
            )
        if self.u == 0 and self.a == 0:
            raise BadSpec(
                "A pruning score with both exponents 0 ranks nothing.", "Raise one of them."
            )


PRESETS: Final[dict[str, Recipe]] = {
    "magnitude": Recipe("none", 1.0, 0.0, "matrix"),
    "wanda": Recipe("none", 1.0, 1.0, "row"),
    "ri": Recipe("row+col", 1.0, 0.0, "matrix"),
    "ria": Recipe("row+col", 1.0, 0.5, "matrix"),
}


def recipe_of(method: str) -> Recipe:
    """The recipe of a named preset. Raises `BadSpec` for an unknown name."""
    try:
        return PRESETS[method]
    except KeyError:
        raise BadSpec(
            f"There is no pruning score “{method}”.", f"Choose of: {', '.join(PRESETS)}."
        ) from None


@dataclass(frozen=True)
class Pattern:
    """How zeros may lie: anywhere in the group, or n kept of every m neighbours in a row.

    Attributes:
        keep: Weights kept of every `of`; 0 = unstructured.
        of: Size of a group of neighbours along the inputs.
    """

    keep: int = 0
    of: int = 0

    @property
    def free(self) -> bool:
        """True for unstructured zeros."""
        return self.of == 0

    def check(self) -> None:
        """Raise `BadSpec` unless 0 < keep < of, or both are 0."""
        if not self.free and not 0 < self.keep < self.of:
            raise BadSpec(
                f"The pattern {self.keep}:{self.of} keeps nothing or everything.",
                "Write kept:of, as in 2:4.",
            )


def pattern_of(text: str) -> Pattern:
    """``"2:4"`` → 2 kept of 4; empty text → unstructured. Raises `BadSpec`."""
    if not text:
        return Pattern()
    keep, colon, of = text.partition(":")
    if not (colon and keep.isdigit() and of.isdigit()):
        raise BadSpec(f"“{text}” is no pattern of zeros.", "Write kept:of, as in 2:4.")
    pattern = Pattern(int(keep), int(of))
    pattern.check()
    return pattern
