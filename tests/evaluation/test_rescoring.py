"""Finished answers read again by other rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.decoding.records import Generation
from engine.errors import JobCancelled
from engine.evaluation.rescoring import read_all, read_by, rescored
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Variant
from engine.evaluation.statistics.wilson import wilson
from engine.prompting.elements import Item

SPEC = CompareSpec(
    variants=(Variant(name="a"), Variant(name="b")),
    items=tuple(Item(f"q{n}", {}, str(n)) for n in range(3)),
)
TEXTS = (
    ("The answer is 9. #### 0", "The answer is 1.", "x"),
    ("The answer is 0.", "#### 1", "The answer is 2. #### 2"),
)


def cell(variant: int, item: int, text: str) -> CellResult:
    return CellResult(
        key=CellKey(0, variant, item),
        variant="ab"[variant],
        item_id=f"q{item}",
        expected=str(item),
        generation=Generation(text, (), "stop-token", 1, 0, 1.0, 1.0, 1),
        extractions=(extract("last-answer", text, str(item)),),
    )


CELLS = tuple(cell(v, n, text) for v, row in enumerate(TEXTS) for n, text in enumerate(row))


def test_a_cell_keeps_what_was_read_and_gains_what_was_not():
    read = read_by(CELLS[0], ("last-answer", "gsm8k-strict"))
    assert [one.rule for one in read.extractions] == ["last-answer", "gsm8k-strict"]
    assert read.extractions[0] is CELLS[0].extractions[0]
    assert read.extractions[1] == extract("gsm8k-strict", TEXTS[0][0], "0")
    assert read_by(read, ("gsm8k-strict",)) is read
    unanswered = replace(CELLS[0], generation=None)
    assert read_by(unanswered, ("exact",)) is unanswered


def test_rules_by_column_read_before_or_not():
    rules = ("last-answer", "gsm8k-strict")
    read, failed = read_all(CELLS, rules)
    assert failed == {}
    rows = rescored(SPEC, read, (), rules)
    assert rows == rescored(SPEC, CELLS, (), rules)
    assert [[one.right for one in row.standings] for row in rows] == [[1, 2], [1, 2]]
    assert [[one.invalid for one in row.standings] for row in rows] == [[1, 1], [2, 1]]
    assert rows[1].standings[1].interval == wilson(2, 3)


def test_a_rule_that_cannot_be_applied_is_that_rows_error():
    _, failed = read_all(CELLS, ("regex:(", "exact"))
    assert list(failed) == ["regex:("]
    rows = rescored(SPEC, CELLS, (), ("regex:(", "last-answer"))
    assert "cannot be read" in rows[0].error.message
    assert rows[0].standings == ()
    assert rows[1].error is None


def test_a_rule_that_takes_too_long_over_all_answers_is_given_up():
    read, failed = read_all(CELLS, ("exact",), limit_s=-1.0)
    assert "took longer" in failed["exact"].message
    assert len(read) == len(CELLS)


def test_reading_can_be_stopped():
    def stop() -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        read_all(CELLS, ("exact",), stop)
    with pytest.raises(JobCancelled):
        rescored(SPEC, CELLS, (), ("last-answer",), check=stop)
