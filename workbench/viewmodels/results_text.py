"""The figures of a comparison as text and tables: for the clipboard and for files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from engine.evaluation.rescoring import RuleRow
from engine.evaluation.statistics.comparison import Comparison, Standing
from engine.evaluation.statistics.facts import PAIR_COLUMNS, pair_rows
from engine.evaluation.statistics.sample_size import FEWEST, needed_for

STANDING_COLUMNS = (
    "column", "accuracy", "low", "high", "interval", "right", "items", "counted", "samples",
    "answers", "invalid", "failed",
)  # fmt: skip


def standings_csv(standings: Sequence[Standing]) -> str:
    """Accuracy and interval per column."""
    return _csv(STANDING_COLUMNS, (_standing(one) for one in standings))


def pairs_csv(comparison: Comparison) -> str:
    """Every pair: difference, interval, p, items."""
    rows = pair_rows(comparison)
    return _csv(PAIR_COLUMNS, ([row[name] for name in PAIR_COLUMNS] for row in rows))


def only_right_csv(comparison: Comparison) -> str:
    """The items that exactly one column got right."""
    rows = ([one.item, comparison.standings[one.standing].label] for one in comparison.exactly_one)
    return _csv(("item", "right"), rows)


def rules_csv(rows: Sequence[RuleRow]) -> str:
    """Accuracy and invalid rate of every rule over every column."""
    lines = (
        [
            row.rule, one.label, _share(one.accuracy), str(one.n), str(one.invalid),
            str(one.answers),
        ]
        for row in rows
        for one in row.standings
    )  # fmt: skip
    return _csv(("rule", "column", "accuracy", "items", "invalid", "answers"), lines)


def needed(comparison: Comparison, pair: int, wish: float) -> int | None:
    """About how many items a wished difference needs, going by how much a pair differs.

    None when there is no such pair, or its items say nothing about it.
    """
    if not 0 <= pair < len(comparison.pairs):
        return None
    found = comparison.pairs[pair]
    ups, downs = len(found.only_second), len(found.only_first)
    if found.both is not None:
        return needed_for(wish, [1.0] * ups + [-1.0] * downs + [0.0] * (found.n - ups - downs))
    # What `wished` needs says how much the items' differences vary: n grows with 1 / wish².
    if found.needed is None:
        return None
    return max(FEWEST, round(found.needed * (found.wished / wish) ** 2))


def _standing(one: Standing) -> list[str]:
    low = _share(one.interval.low) if one.interval is not None else ""
    high = _share(one.interval.high) if one.interval is not None else ""
    return [
        one.label, _share(one.accuracy), low, high,
        one.interval.method if one.interval is not None else "",
        f"{one.right:g}", str(one.n), one.counted, str(one.samples), str(one.answers),
        str(one.invalid), str(one.failed),
    ]  # fmt: skip


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _csv(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()
