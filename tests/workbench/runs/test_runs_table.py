"""The list of runs as a table model: filter, search, order."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.store.runs import RunInfo
from engine.store.search import Found
from workbench.viewmodels.names import model_title
from workbench.viewmodels.runs_table import RUN_ROLE, Column, RunFilter, RunsTable
from workbench.viewmodels.runs_words import cells_text, when_text

NOW = time.time()


def run(number: int, **fields: object) -> RunInfo:
    base = RunInfo(
        id=f"r{number}",
        kind="compare",
        title="Compare zero-shot",
        status="finished",
        started=NOW - 3600 * number - 60,
        ended=None,
        cells=number,
        planned=number,
        models=("teach-rope",),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


@pytest.fixture
def table(qapp) -> RunsTable:
    made = RunsTable()
    made.tester = QAbstractItemModelTester(made)  # type: ignore[attr-defined]
    return made


def ids(table: RunsTable) -> list[str]:
    return [table.index(row, 0).data(RUN_ROLE).id for row in range(table.rowCount())]


RUNS = (
    run(1, status="running", cells=0),
    run(2, name="Apples", models=("/a/b/gpt", "teach-rope")),
    run(3, status="interrupted", archived=True),
    run(100, failed=2, models=("C:\\models\\gpt",)),
)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (RunFilter(), ["r1", "r2", "r100"]),
        (RunFilter(archived=True), ["r1", "r2", "r3", "r100"]),
        (RunFilter(status="running"), ["r1"]),
        (RunFilter(status="open"), ["r100"]),
        (RunFilter(status="open", archived=True), ["r3", "r100"]),
        (RunFilter(model="/a/b/gpt"), ["r2"]),
        (RunFilter(days=1), ["r1", "r2"]),
        (RunFilter(kind="optimise"), []),
    ],
)
def test_what_a_filter_leaves(table: RunsTable, wanted: RunFilter, left: list[str]) -> None:
    table.set_runs(RUNS)
    table.set_filter(wanted)
    assert ids(table) == left


def test_a_search_narrows_what_the_filter_left(table: RunsTable) -> None:
    table.set_runs(RUNS)
    table.set_found([Found("r2", (), 1), Found("r3", (), 1)])
    assert ids(table) == ["r2"]
    table.set_found(None)
    assert len(ids(table)) == 3


def test_numbers_sort_as_numbers_and_equals_by_time(table: RunsTable) -> None:
    table.set_runs(RUNS)
    table.sort(Column.CELLS, Qt.SortOrder.AscendingOrder)
    assert ids(table) == ["r1", "r2", "r100"]
    table.sort(Column.CELLS, Qt.SortOrder.DescendingOrder)
    assert ids(table) == ["r100", "r2", "r1"]
    table.sort(Column.RUN, Qt.SortOrder.AscendingOrder)
    assert ids(table) == ["r2", "r1", "r100"]


def test_a_run_that_goes_on_keeps_its_row(table: RunsTable, qtbot) -> None:
    table.set_runs(RUNS)
    with qtbot.assertNotEmitted(table.modelReset), qtbot.waitSignal(table.dataChanged):
        table.set_runs((replace(RUNS[0], cells=5, planned=9), *RUNS[1:]))
    assert table.index(0, Column.CELLS).data() == "5 of 9"
    with qtbot.waitSignal(table.modelReset):
        table.set_runs(RUNS[1:])


def test_ten_thousand_runs_are_rows_not_widgets(table: RunsTable) -> None:
    many = tuple(run(n) for n in range(10_000))
    table.set_runs(many)
    assert table.rowCount() == 10_000
    table.set_filter(RunFilter(days=7))
    assert table.rowCount() == 7 * 24
    assert table.row_of("r7") == 7


def test_words_about_runs() -> None:
    assert cells_text(run(4, planned=0)) == "4"
    assert cells_text(run(4, planned=6)) == "4 of 6"
    assert [model_title(name) for name in ("/a/b", "C:\\x\\y", "owner/name", "teach-rope")] == [
        "b",
        "y",
        "owner/name",
        "teach-rope",
    ]
    noon = time.mktime((2026, 3, 5, 12, 30, 0, 0, 0, -1))
    assert when_text(noon, now=noon + 60) == "today 12:30"
    assert when_text(noon, now=noon + 86_400) == "yesterday 12:30"
    assert when_text(noon, now=noon + 9 * 86_400).endswith("12:30")
