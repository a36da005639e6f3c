"""The results panel in a running program, and runs to feed it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.decoding.params import Sampling
from engine.decoding.records import Generation
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellKey, CellResult, CompareResult, CompareSpec, Variant, Vote
from engine.evaluation.summary import summarise, votes_of
from engine.prompting.elements import Item, PromptElements
from tests.support.qt import running_application
from tests.workbench.evaluate_results.pages_for_results import PAGES
from workbench.bootstrap import Application
from workbench.views.evaluate.results.panel import ResultsPanel

PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Run:
    """A run that has already happened."""

    spec: CompareSpec
    cells: tuple[CellResult, ...]
    votes: tuple[Vote, ...]

    def result(self) -> CompareResult:
        summaries = summarise(self.spec, self.cells, self.votes)
        return CompareResult("run", self.cells, summaries, 1.0, votes=self.votes)


def run_of(table: dict[str, str], samples: int = 1) -> Run:
    """A run with a technique per entry; its text has a digit per item, 1 = right.

    Right answers state the number; wrong ones state 999 after naming the right one by ``####``.
    """
    count = len(next(iter(table.values()))) // samples
    spec = CompareSpec(
        prompt=PromptElements(input="{{q}}"),
        variants=tuple(Variant(name) for name in table),
        items=tuple(Item(f"q{n}", {"q": str(n)}, str(n)) for n in range(count)),
        sampling=Sampling(samples=samples, temperature=0.5 if samples > 1 else 0.0),
    )
    cells = []
    for variant, row in enumerate(table.values()):
        for place, right in enumerate(row):
            item, sample = divmod(place, samples)
            text = f"The answer is {item if right == '1' else 999}. #### {item}"
            cells.append(
                CellResult(
                    key=CellKey(0, variant, item, sample),
                    variant=spec.variants[variant].label,
                    item_id=spec.items[item].id,
                    expected=str(item),
                    generation=Generation(text, (), "stop-token", 1, 0, 1.0, 1.0, 1),
                    extractions=(extract("last-answer", text, str(item)),),
                )
            )
    return Run(spec, tuple(cells), votes_of(spec, cells))


@pytest.fixture
def program(qapp, tmp_path: Path) -> Iterator[Application]:
    with running_application(qapp, tmp_path / "home", PAGES) as application:
        yield application


@pytest.fixture
def panel(program: Application) -> ResultsPanel:
    return program.window.show_page("results").panel


@pytest.fixture
def until(qtbot) -> Callable[[Callable[[], object]], None]:
    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    return wait


@pytest.fixture
def fed(panel: ResultsPanel, until) -> Callable[[Run], ResultsPanel]:
    """Feed a whole run and wait for its figures."""

    def feed(run: Run) -> ResultsPanel:
        panel.begin(run.spec)
        for cell in run.cells:
            panel.add_cell(cell)
        for vote in run.votes:
            panel.add_vote(vote)
        panel.finish(run.result())
        until(lambda: complete(panel, run))
        return panel

    return feed


def complete(panel: ResultsPanel, run: Run) -> bool:
    """Whether the figures are those of the whole run."""
    shown = panel.model.shown
    return shown is not None and sum(one.answers for one in shown.comparison.standings) == len(
        run.cells
    )
