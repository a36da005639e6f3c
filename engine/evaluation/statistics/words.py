"""The verdict in words. English here; the window says it in its own language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

SMALLEST_P: Final = 1e-300
MINUS: Final = "−"

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
    evidence = _evidence(pair, test, rising)
    second, first = pair.second_label, pair.first_label
    if pair.better is None:
        by = _points(pair.difference)
        if pair.needed is None:
            return f"{second} against {first}: no difference shown ({by}, {evidence})."
        return (
            f"{second} against {first}: no difference shown ({by}, {evidence}); "
            f"about {pair.needed} items needed for {_points(pair.wished)}."
        )
    better, worse = (second, first) if rising else (first, second)
    return f"{better} is better than {worse} by {_points(abs(pair.difference))} ({evidence})."


def _evidence(pair: Pair, test: str, rising: bool) -> str:
    """Interval (if there is one), p and items; the interval turned round unless `rising`."""
    items = "1 item" if pair.n == 1 else f"{pair.n} items"
    if pair.interval is None:
        return f"{test} over {items}"
    ends = pair.interval.low, pair.interval.high
    low, high = map(points, ends if rising else (-ends[1], -ends[0]))
    ends_text = f"{low} to {high}" if low.startswith(MINUS) else f"{low}–{high}"
    if test.startswith("Holm"):  # the p-value is corrected for several pairs, its interval is not
        return f"95 % CI {ends_text} uncorrected, {test}, {items}"
    return f"95 % CI {ends_text}, {test}, {items}"


def notes(standings: Sequence[Standing], pairs: Sequence[Pair]) -> tuple[str, ...]:
    """What a reader must know about how items were counted."""
    said = []
    if any(one.counted == "vote" for one in standings):
        said.append("Where votes were cast, an item counts by its vote.")
    if any(one.counted == "mean" for one in standings):
        said.append("Items with several samples and no vote count by the share of right samples.")
    flipped = _flipped(pairs)
    if any(pair.interval is not None for pair in flipped):
        said.append(
            "Shares are tested by sign flips with a bootstrap interval instead of McNemar's test."
        )
    elif flipped:
        said.append("Shares are tested by sign flips instead of McNemar's test.")
    failed = [one for one in standings if one.failed and not one.answers]
    if standings and len(failed) == len(standings):
        said.append("All answers failed, so nothing can be scored.")
    elif standings and not any(one.n for one in standings):
        said.append("No item has an expected answer, so nothing can be scored.")
    else:
        said.extend(_missing(one) for one in standings if one.failed)
    if len(pairs) > 1:
        said.append("p-values are corrected for several pairs by Holm's method.")
    return tuple(said)


def _missing(one: Standing) -> str:
    """Why a column with failed answers is in no pair, or in smaller ones."""
    if not one.answers:
        return f"All answers of “{one.label}” failed, so its pairs are missing."
    return f"Some answers of “{one.label}” failed; an item without one is missing from its pairs."


def _flipped(pairs: Sequence[Pair]) -> list[Pair]:
    """Pairs that were not McNemar's: shares that are all 0 or 1 go to his test, too."""
    return [pair for pair in pairs if pair.test == "sign flips"]


def points(share: float) -> str:
    """A share in points: whole ones, a half rounded up, a tenth when it would else be 0."""
    value = round(abs(100 * share), 6)  # 0.145 are 14.5 points, not 14.499999999999998
    text = str(math.floor(value + 0.5)) if value >= 1 else f"{value:.1f}"
    if float(text) == 0:
        return "0"
    return f"{MINUS}{text}" if share < 0 else text


def _points(share: float) -> str:
    value = points(share)
    return f"{value} point" if value in ("1", f"{MINUS}1") else f"{value} points"


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
