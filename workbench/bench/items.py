"""How long the table of 5,000 evaluated items holds the window up: every step by itself.

A run of three columns is played into the real items panel, which shows a set of five before: it is
planned and begun, answers fill it, another rule reads them; then one types into the search, presses
the chips, sorts by every column, scrolls and selects. The figure of a step is the longest stretch
for which the GUI thread could do nothing else; work that a step hands to the background threads is
part of it only where it comes back.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workbench.bench.window import figures_of_window

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from engine.evaluation.spec import CellResult, CompareSpec
    from engine.jobs.events import Event
    from engine.jobs.spec import Spec
    from workbench.viewmodels.evaluate import EvaluateModel
    from workbench.views.evaluate.items_panel import ItemsPanel

ITEMS: Final = 5000
FEW: Final = 5
COLUMNS: Final = ("zero-shot", "zero-shot-cot", "few-shot")
DRAINED: Final = 64  # answers that come at once
TYPED: Final = ("4", "42", "42 ", "42 p", "42 pe", "42 pears", "pears", "p", "")
SCROLLS: Final = 60
PATIENCE_S: Final = 60.0
LIMIT_MS: Final = 50.0


def run(n: int = ITEMS, progress: Callable[[str], None] | None = None) -> dict[str, object]:
    """Measure with `n` items in a process of its own.

    Returns:
        ``items_step_ms``: ``median``, ``worst`` and ``over_50`` (a count) of all steps, and
        ``by`` kind of step; ``cpu_ms``: the same of the processor time that the GUI thread spent
        in them (on a loaded machine it waits besides); ``steps`` and ``items``.
    """
    if progress is not None:
        progress(f"playing a run of {n} items into the table")
    return figures_of_window("workbench.bench.items", str(n))


@dataclass
class Watch:
    """Stretches of the GUI thread in milliseconds, by kind of step: on the clock and working."""

    app: QApplication
    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def step(self, kind: str, until: Callable[[], bool] | None = None) -> Iterator[None]:
        """Do something, and handle what follows from it until `until` holds."""
        worst, worked = 0.0, 0.0
        wall, cpu = time.perf_counter(), time.thread_time()
        yield
        limit = wall + PATIENCE_S
        while True:
            self.app.processEvents()
            now, used = time.perf_counter(), time.thread_time()
            worst, worked = max(worst, now - wall), max(worked, used - cpu)
            if until is None or until():
                break
            if now > limit:
                raise TimeoutError(f"the step “{kind}” did not end")
            time.sleep(0.001)
            wall, cpu = time.perf_counter(), time.thread_time()
        self.wall.setdefault(kind, []).append(1000 * worst)
        self.cpu.setdefault(kind, []).append(1000 * worked)


class _Job:
    id = "measured"


class _Player:
    """Stands for the engine: keeps who listens."""

    def submit(self, _spec: Spec, on_event: Callable[[Event], None] | None = None) -> _Job:
        assert on_event is not None
        self.tell = on_event
        return _Job()

    def cancel(self, job_id: str) -> None:
        """Nothing runs."""


def _spec(n: int) -> CompareSpec:
    from engine.evaluation.spec import CompareSpec, Variant
    from engine.prompting.elements import Item, PromptElements

    things = ("pears", "apples", "coins", "stamps", "books")
    return CompareSpec(
        prompt=PromptElements(instruction="Answer.", input="{{q}}"),
        variants=tuple(map(Variant, COLUMNS)),
        items=tuple(
            Item(f"item-{k}", {"q": _question(k, things[k % len(things)])}, str(3 * k + 7))
            for k in range(n)
        ),
        extraction=("last-number",),
    )


def _question(number: int, thing: str) -> str:
    return (
        f"Anna has {number} {thing}. She buys two boxes with {number} {thing} each, and finds 7 "
        f"more on her way home. How many {thing} does she have now, all boxes counted?"
    )


def _cells(spec: CompareSpec) -> list[CellResult]:
    """An answer to every cell; every third wrong, every seventh without a number."""
    from engine.decoding.records import Generation
    from engine.evaluation.plan import planned_cells
    from engine.evaluation.scoring import extract
    from engine.evaluation.spec import CellResult

    found = []
    for key in planned_cells(spec):
        item = spec.items[key.item]
        turn = key.item + key.variant
        value = "none" if turn % 7 == 0 else str(turn) if turn % 3 == 0 else item.expected
        text = f"Two boxes and the rest are counted one by one. The answer is {value}."
        said = Generation(text, (), "stop-token", 60, 40, 10.0, 200.0, 8)
        extractions = (extract(spec.rule, text, item.expected),)
        label = spec.variants[key.variant].label
        found.append(CellResult(key, label, item.id, item.expected, (), (), said, extractions))
    return found


def _measure(n: int) -> int:
    from engine.paths import Paths
    from workbench.bootstrap import Application, make_qt
    from workbench.options import Options
    from workbench.viewmodels.evaluate import EvaluateModel
    from workbench.viewmodels.evaluate_answers import texts_of
    from workbench.views.evaluate.items_panel import ItemsPanel

    with tempfile.TemporaryDirectory() as home:
        application = Application(make_qt(["lathe"]), Options(), Paths.below(Path(home)))
        services = application.services
        player = _Player()
        model = EvaluateModel(player, services.background, Path(home))
        panel = ItemsPanel(model, services)
        model.ended.connect(panel.answers_changed)
        panel.resize(1000, 800)
        panel.show()
        few = _spec(FEW)  # as a page that stands open: its widgets are there
        model.table.set_spec(few, texts_of(few))
        application.app.processEvents()
        watch = Watch(application.app)
        _fill(watch, model, panel, player, _spec(n))
        _handle(watch, panel)
        panel.close()
        panel.deleteLater()
        application.close()
    figures = {"items_step_ms": _told(watch.wall), "cpu_ms": _told(watch.cpu)}
    steps = sum(map(len, watch.wall.values()))
    sys.stdout.write(json.dumps({**figures, "steps": steps, "items": n}) + "\n")
    return 0


def _fill(
    watch: Watch, model: EvaluateModel, panel: ItemsPanel, player: _Player, spec: CompareSpec
) -> None:
    """Plan, begin, answer and read again."""
    from engine.evaluation.spec import CompareResult
    from engine.jobs.events import Finished, Partial
    from workbench.viewmodels.evaluate_answers import texts_of
    from workbench.viewmodels.evaluate_plan import Plan

    texts, cells = texts_of(spec), _cells(spec)
    with watch.step("plan"):
        model.table.set_spec(spec, texts)
    model.plan = Plan(spec, "measured", len(spec.items), (), (spec.rule,), len(cells))
    with watch.step("begin"):
        model.run()
    for start in range(0, len(cells), DRAINED):
        with watch.step("fill"):
            for cell in cells[start : start + DRAINED]:
                player.tell(Partial(job_id=_Job.id, value=cell))
    result = CompareResult("", tuple(cells), (), 1.0)
    with watch.step("end"):
        player.tell(Finished(job_id=_Job.id, result=result))

    for rule in ("last-answer", "last-number"):
        with watch.step("other rule", until=partial(_reads_by, model, rule)):
            model.read_by(rule)


def _reads_by(model: EvaluateModel, rule: str) -> bool:
    return model.rule == rule


def _handle(watch: Watch, panel: ItemsPanel) -> None:
    """Type, press, sort and scroll."""
    from PySide6.QtCore import Qt

    for text in TYPED:
        with watch.step("search"):
            panel.search.setText(text)
    for chip in (*panel.chips.values(), next(iter(panel.chips.values()))):
        with watch.step("chip"):
            chip.click()
    for column in range(panel.filter.columnCount()):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            with watch.step("sort"):
                panel.view.sortByColumn(column, order)
    bar = panel.view.verticalScrollBar()
    for place in range(SCROLLS):
        with watch.step("scroll"):
            bar.setValue(bar.maximum() * place // SCROLLS)
    rows = panel.filter.rowCount()
    for place in range(0, rows, max(1, rows // 20)):
        with watch.step("select"):
            panel.view.selectRow(place)


def _told(stretches: dict[str, list[float]]) -> dict[str, object]:
    every = [value for values in stretches.values() for value in values]

    def figures(values: list[float]) -> dict[str, float]:
        return {
            "median": round(statistics.median(values), 2),
            "worst": round(max(values), 2),
            "over_50": sum(value > LIMIT_MS for value in values),
        }

    return {**figures(every), "by": {kind: figures(own) for kind, own in stretches.items()}}


if __name__ == "__main__":
    sys.exit(_measure(int(sys.argv[1])))
