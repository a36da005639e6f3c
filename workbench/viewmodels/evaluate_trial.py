"""A rule tried on real answers before it decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import ErrorReport
from engine.evaluation.spec import CellResult
from workbench.viewmodels.evaluate_figures import Place


@dataclass(frozen=True)
class Preview:
    """What a pattern finds in one real answer.

    Attributes:
        item: The item's id.
        title: The column's name.
        text: The answer.
        start, end: Where the match stands; -1 when there is none.
        value: What it reads; None = nothing.
        correct: Against the expected answer; None when nobody knows it.
    """

    item: str
    title: str
    text: str
    start: int
    end: int
    value: str | None
    correct: bool | None


@dataclass(frozen=True)
class Trial:
    """A rule to try on real answers: values only, so that it may run on any thread."""

    rule: str
    cells: tuple[CellResult, ...]
    titles: dict[Place, str]


def preview(trial: Trial, most: int) -> tuple[tuple[Preview, ...], ErrorReport | None]:
    """What the rule finds in the first answers, item by item, as far as it goes.

    Runs on a background thread.
    """
    from engine.errors import BadSpec
    from engine.evaluation.scoring import extract

    cells = sorted(
        (one for one in trial.cells if one.generation is not None and not one.dropped),
        key=lambda one: (one.key.item, one.key.sample, one.key.model, one.key.variant),
    )
    lines: list[Preview] = []
    for cell in cells[:most]:
        assert cell.generation is not None
        text = cell.generation.text
        try:
            found = extract(trial.rule, text, cell.expected, cell.generation.lead)
        except BadSpec as error:
            return tuple(lines), error.report()
        title = trial.titles[cell.key.model, cell.key.variant]
        lines.append(
            Preview(cell.item_id, title, text, found.start, found.end, found.value, found.correct)
        )
    return tuple(lines), None
