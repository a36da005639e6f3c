"""The table of thousands of items against the cells it was given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engine.errors import ErrorReport
from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Extraction, Variant, Vote
from engine.prompting.elements import Item, PromptElements
from workbench.viewmodels.evaluate_answers import Show, filled, texts_of
from workbench.viewmodels.evaluate_items import FIXED, ItemsTable
from workbench.viewmodels.evaluate_items_filter import ItemsFilter

N = 5000


def spec(items: int = N, samples: int = 1) -> CompareSpec:
    made = CompareSpec(
        prompt=PromptElements(input="Add {{a}}"),
        variants=(Variant("zero-shot"), Variant("few-shot")),
        items=tuple(Item(str(n), {"a": f"{n} and 1"}, str(n + 1)) for n in range(items)),
    )
    return replace(made, sampling=replace(made.sampling, samples=samples))


def cell(item: int, variant: int, value: str | None, correct: bool, sample: int = 0) -> CellResult:
    return CellResult(
        CellKey(0, variant, item, sample),
        "v",
        str(item),
        str(item + 1),
        extractions=(Extraction("last-number", value, correct=correct),),
    )


@pytest.fixture
def table(qapp) -> ItemsTable:
    made = ItemsTable()
    wanted = spec()
    made.set_spec(wanted, texts_of(wanted))
    return made


def test_rows_are_a_model_and_the_filter_agrees_with_a_plain_search(table):
    view = ItemsFilter(table)
    assert (view.rowCount(), view.columnCount()) == (N, FIXED + 2)
    view.set_search("42 ADD")
    expected = [n for n in range(N) if "42" in f"{n} add {n} and 1 {n + 1}"]
    assert view.source_rows() == expected
    assert view.index(3, 1).data() == f"Add {expected[3]} and 1"
    assert view.mapToSource(view.index(3, 0)).row() == expected[3]
    assert view.mapFromSource(table.index(expected[3], 0)).row() == 3
    assert not view.mapFromSource(table.index(0, 0)).isValid()


def test_ids_sort_as_numbers_in_both_directions(table):
    view = ItemsFilter(table)
    view.sort(0, Qt.SortOrder.DescendingOrder)
    assert view.source_rows()[:3] == [N - 1, N - 2, N - 3]
    view.sort(2, Qt.SortOrder.AscendingOrder)
    assert view.source_rows() == list(range(N))


def test_chips_keep_wrong_telling_and_invalid_items(table):
    view = ItemsFilter(table)
    for item, (first, second) in enumerate([(True, True), (True, False), (False, False)]):
        table.add_cell(cell(item, 0, "1", first))
        table.add_cell(cell(item, 1, "2", second))
    table.add_cell(cell(3, 0, None, False))
    failed = ErrorReport("prompt", "Too long.")
    table.add_cell(CellResult(CellKey(0, 1, 4), "v", "4", "5", error=failed))
    for show, rows in (
        (Show.WRONG, [1, 2, 3]),
        (Show.ONE_RIGHT, [1]),
        (Show.INVALID, [3, 4]),
        (Show.ALL, list(range(N))),
    ):
        view.set_show(show)
        assert view.source_rows() == rows
    assert view.index(1, FIXED).data() == "✓ 1"
    assert view.index(1, FIXED + 1).data() == "✗ 2"
    assert view.index(3, FIXED).data() == "✗ –"
    assert view.index(4, FIXED + 1).data() == "⚠"


def test_samples_of_one_cell_count_together_and_a_vote_decides(table):
    for sample, correct in enumerate((True, False, True)):
        table.add_cell(cell(0, 0, "7", correct, sample))
    assert table.index(0, FIXED).data() == "✓ 7  2/3"
    table.add_vote(vote("9", correct=False, agreement=2 / 3))
    assert table.index(0, FIXED).data() == "✗ 9  67 %"
    table.add_cell(cell(0, 0, "7", True, 3))
    assert table.marks(0)[0].value == "9"


def vote(winner: str, correct: bool, agreement: float) -> Vote:
    return Vote(
        model=0, variant=0, item=0, label="v", item_id="0", rule="last-number",
        decided_by="majority", winner=winner, counts={winner: 2}, weights={winner: 1.0},
        paths={winner: (0, 1)}, majority=winner, weighted=winner, agreement=agreement, invalid=0,
        samples=3, planned=3, stopped_early=False, correct=correct, final=True,
    )  # fmt: skip


def test_answers_reach_the_view_while_it_is_filtered(table, qtbot):
    view = ItemsFilter(table)
    view.set_search("4999")
    place = view.source_rows().index(4999)
    with qtbot.waitSignal(view.dataChanged) as changed:
        table.add_cell(cell(4999, 1, "5000", True))
    first, last = changed.args[:2]
    assert (first.row(), first.column(), last.column()) == (place, FIXED + 1, FIXED + 1)
    assert view.index(place, FIXED + 1).data() == "✓ 5000"


def test_answers_that_come_together_are_those_that_come_one_by_one(table, qapp):
    """Also sorted and chosen: against plain Python over the cells themselves."""
    values = (None, "9", "10", "2")
    cells = [
        cell(item, variant, value, value is not None and (item * 7 + variant) % 3 == 0)
        for item in range(N)
        for variant in range(2)
        for value in (values[(item + variant) % 4],)
    ]
    votes = [replace(vote("3", correct=True, agreement=1.0), item=5)]
    for one in cells:
        table.add_cell(one)
    table.add_vote(votes[0])
    whole = ItemsTable()
    wanted = spec()
    assert not whole.answered()
    whole.set_spec(wanted, texts_of(wanted), filled(wanted, cells, votes))
    assert whole.answered()
    one, other = ItemsFilter(table), ItemsFilter(whole)
    for show in Show:
        for column in range(FIXED + 2):
            for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
                for view in (one, other):
                    view.set_show(show)
                    view.sort(column, order)
                assert one.source_rows() == other.source_rows()
    assert [whole.marks(row) for row in range(N)] == [table.marks(row) for row in range(N)]
    other.set_show(Show.ALL)
    other.sort(FIXED + 1, Qt.SortOrder.AscendingOrder)

    second = {one.key.item: one for one in cells if one.key.variant == 1}

    def key(item: int) -> tuple[int, str]:
        found = second[item]
        value = found.extractions[0].value
        return (0 if found.correct else 2 if value is None else 1, value or "")

    first = other.source_rows()[:500]
    assert [key(row) for row in first] == sorted(key(row) for row in range(N))[:500]


def test_an_answer_moves_its_row_at_the_next_sorting(table):
    view = ItemsFilter(table)
    table.add_cell(cell(0, 0, "1", False))
    table.add_cell(cell(1, 0, "1", True))
    view.sort(FIXED, Qt.SortOrder.AscendingOrder)
    assert view.source_rows()[:2] == [1, 0]
    table.add_cell(cell(2, 0, "1", True))
    view.renew()
    assert view.source_rows()[:3] == [1, 2, 0]
