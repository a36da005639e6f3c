"""What a comparison shows, as names and values: for reports and for the clipboard."""

from __future__ import annotations

from engine.evaluation.statistics.comparison import Comparison, Pair, Standing
from engine.evaluation.statistics.words import p_value

COUNTED = {
    "answer": "each item by its answer",
    "vote": "each item by its vote",
    "mean": "each item by its share of right samples",
}
PAIR_COLUMNS = (
    "first", "second", "items", "difference", "low", "high", "interval", "p", "holm_p", "test",
    "both", "only_first", "only_second", "neither", "wished", "needed", "sentence",
)  # fmt: skip


def statistics_facts(found: Comparison) -> tuple[tuple[str, str], ...]:
    """Accuracy with its interval per column, the verdict per pair, the notes; as name and value."""
    facts = [
        (f"Accuracy of {one.label}", standing_text(one))
        for one in found.standings
        if one.accuracy is not None
    ]
    facts += [
        (f"{one.second_label} against {one.first_label}", one.sentence) for one in found.pairs
    ]
    facts += [("Note", text) for text in found.notes]
    return tuple(facts)


def standing_text(one: Standing) -> str:
    """``91.3 % (95 % CI 83.0 to 95.7, Wilson, 73 of 80 items, each item by its vote)``."""
    if one.accuracy is None:
        return "–"
    right = f"{one.right:g}" if one.right == round(one.right) else f"{one.right:.1f}"
    counted = f"{right} of {one.n} {'item' if one.n == 1 else 'items'}, {COUNTED[one.counted]}"
    if one.interval is None:
        return f"{100 * one.accuracy:.1f} % ({counted})"
    return (
        f"{100 * one.accuracy:.1f} % (95 % CI {100 * one.interval.low:.1f} to "
        f"{100 * one.interval.high:.1f}, {one.interval.method}, {counted})"
    )


def pair_rows(found: Comparison) -> tuple[dict[str, str], ...]:
    """The pairs as rows of a table with `PAIR_COLUMNS`; shares unrounded to four places."""
    return tuple(_row(pair) for pair in found.pairs)


def _row(pair: Pair) -> dict[str, str]:
    def count(value: int | None) -> str:
        return "" if value is None else str(value)

    interval = pair.interval
    return {
        "first": pair.first_label,
        "second": pair.second_label,
        "items": str(pair.n),
        "difference": f"{pair.difference:.4f}",
        "low": f"{interval.low:.4f}" if interval is not None else "",
        "high": f"{interval.high:.4f}" if interval is not None else "",
        "interval": interval.method if interval is not None else "",
        "p": p_value(pair.p),
        "holm_p": p_value(pair.holm_p),
        "test": pair.test,
        "both": count(pair.both),
        "only_first": str(len(pair.only_first)),
        "only_second": str(len(pair.only_second)),
        "neither": count(pair.neither),
        "wished": f"{pair.wished:g}" if pair.needed is not None else "",
        "needed": count(pair.needed),
        "sentence": pair.sentence,
    }
