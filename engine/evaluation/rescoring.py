"""A comparison's finished answers read again by other rules, without asking the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.errors import BadSpec, ErrorReport
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellResult, CompareSpec, Vote
from engine.evaluation.statistics.comparison import Standing, standing_of
from engine.evaluation.statistics.outcomes import columns

RULE_LIMIT_S: Final = 10.0


@dataclass(frozen=True)
class RuleRow:
    """One rule over every column of a comparison.

    Attributes:
        rule: Its name.
        standings: Accuracy and invalid answers per column, in model and variant order.
        error: Why the rule could not be applied; the standings are then empty.
    """

    rule: str
    standings: tuple[Standing, ...] = ()
    error: ErrorReport | None = None


def read_by(
    cell: CellResult, rules: Iterable[str], check: Callable[[], None] | None = None
) -> CellResult:
    """The cell with what each further rule finds in its answer; known ones are kept as they are.

    Raises:
        BadSpec: A rule is unknown or cannot be applied.
    """
    if cell.generation is None or cell.dropped:
        return cell
    known = {one.rule for one in cell.extractions}
    more = []
    for rule in rules:
        if rule in known:
            continue
        if check is not None:
            check()
        said = cell.generation
        more.append(extract(rule, said.text, cell.expected, said.lead))
    return replace(cell, extractions=(*cell.extractions, *more)) if more else cell


def read_all(
    cells: Sequence[CellResult],
    rules: Iterable[str],
    check: Callable[[], None] | None = None,
    limit_s: float = RULE_LIMIT_S,
) -> tuple[tuple[CellResult, ...], dict[str, ErrorReport]]:
    """The cells read by every rule, and the rules that could not be applied with their reasons.

    A rule is given up when it fails on one answer, or when all answers together take longer than
    `limit_s`: a pattern may need almost its whole allowance on each of thousands.
    """
    read = list(cells)
    failed: dict[str, ErrorReport] = {}
    for rule in dict.fromkeys(rules):
        until = time.monotonic() + limit_s
        try:
            for place, cell in enumerate(read):
                read[place] = read_by(cell, (rule,), check)
                if time.monotonic() > until:
                    raise BadSpec(
                        f"The rule “{rule}” took longer than {limit_s:g} s over all answers.",
                        "Write a pattern that needs less searching.",
                    )
        except BadSpec as error:
            failed[rule] = error.report()
    return tuple(read), failed


def rescored(
    spec: CompareSpec,
    cells: Sequence[CellResult],
    votes: Sequence[Vote],
    rules: Iterable[str],
    labels: Mapping[tuple[int, int], str] | None = None,
    check: Callable[[], None] | None = None,
) -> tuple[RuleRow, ...]:
    """Every rule over every column: voted items vote again, averaged ones are averaged again.

    Args:
        spec: The comparison.
        cells: Finished cells; those that `read_by` has read need not be read again.
        votes: Its votes.
        rules: Names as in `engine.evaluation.extractors.registry`; an unknown one, a broken or
            an endless pattern is that row's `error`.
        labels: Names of the columns by (model, variant).
        check: Called once per item and column; may raise to stop.
    """
    rows = []
    for rule in dict.fromkeys(rules):
        try:
            found = columns(spec, cells, votes, rule, labels, check)
        except BadSpec as error:
            rows.append(RuleRow(rule, error=error.report()))
            continue
        rows.append(RuleRow(rule, tuple(standing_of(one, bootstrap=False) for one in found)))
    return tuple(rows)
