"""The verdict in words. English here; the window says it in its own language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

SMALLEST_P: Final = 1e-300

if TYPE_CHECKING:
    from engine.evaluation.statistics.comparison import Pair, Standing


def verdict(pair: Pair, pairs: int = 1) -> str:
    """One sentence on a pair: which is better by how much, or that nothing is shown.

    Args:
        pair: The pair.
        pairs: How many were tested together; the p-value is Holm's when there are several.
    """
    p = p_text(pair.holm_p)
    test = f"Holm {p}" if pairs > 1 else p
    rising = pair.difference > 0 or pair.better is None
    ends = pair.interval.low, pair.interval.high
    low, high = map(points, ends if rising else (-ends[1], -ends[0]))
    ends_text = f"{low} to {high}" if low.startswith("-") else f"{low}–{high}"
    evidence = f"95 % CI {ends_text}, {test}, {pair.n} items"
    if pair.better is None:
        return (
            f"{pair.second_label} against {pair.first_label}: no difference shown "
            f"({points(pair.difference)} points, {evidence}); "
            f"{pair.needed} items needed for {points(pair.wished)} points."
        )
    better, worse = pair.second_label, pair.first_label
    if not rising:
        better, worse = worse, better
    return f"{better} is better than {worse} by {points(abs(pair.difference))} points ({evidence})."


def notes(standings: Sequence[Standing], pairs: Sequence[Pair]) -> tuple[str, ...]:
    """What a reader must know about how items were counted."""
    said = []
    if any(one.counted == "vote" for one in standings):
        said.append("Where votes were cast, an item counts by its vote.")
    if any(one.counted == "mean" for one in standings):
        said.append(
            "Items with several samples and no vote count by the share of right samples; they are "
            "tested by sign flips with a bootstrap interval instead of McNemar's test."
        )
    if standings and not any(one.n for one in standings):
        said.append("No item has an expected answer, so nothing can be scored.")
    if len(pairs) > 1:
        said.append("p-values are corrected for several pairs by Holm's method.")
    return tuple(said)


def points(share: float) -> str:
    """A share in points: whole ones, a tenth when it would else be 0."""
    value = 100 * share
    text = f"{value:.0f}" if abs(value) >= 1 else f"{value:.1f}"
    return "0" if float(text) == 0 else text


def p_text(p: float) -> str:
    """``p = 0.031``, ``p = 2e-9``; two digits down to 0.001, one below, ``p < 1e-300`` at last."""
    if p < SMALLEST_P:
        return f"p < {SMALLEST_P:.0e}"
    if p >= 0.995:
        return "p = 1"
    if p >= 0.001:
        return f"p = {p:.2g}"
    mantissa, exponent = f"{p:.0e}".split("e")
    return f"p = {mantissa}e{int(exponent)}"


def p_value(p: float) -> str:
    """The same without its letter: ``0.031``, ``2e-9``, ``< 1e-300``."""
    return p_text(p).removeprefix("p ").removeprefix("= ")
