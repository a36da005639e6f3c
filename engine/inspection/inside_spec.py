"""What the questions share that show one token's distribution or average losses. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import BadSpec
from engine.inspection.text_spec import ModelTextSpec

MOST_TOP = 200


@dataclass(frozen=True)
class InsideSpec(ModelTextSpec):
    """Base of the jobs that run a model on a text, changed or not, and read what it says.

    Attributes:
        since: The first token whose loss counts where losses are averaged (an answer's first);
            0 = where `answer` begins, without one the whole text.
        at: The token whose distribution is shown, from 0 or counted from the end; -1 is the last
            one, of an encoder its first mask.
        top: How many of the likeliest tokens to name.
    """

    since: int = 0
    at: int = -1
    top: int = 10

    def check(self) -> None:
        super().check()
        check_top(self.top)


def check_top(top: int) -> None:
    """Raise `BadSpec` for a number of named tokens that no list shows."""
    if not 1 <= top <= MOST_TOP:
        raise BadSpec(
            f"{top} likeliest tokens cannot be shown.", f"Give a number from 1 to {MOST_TOP}."
        )
