"""Answers that come late or in another order never show what is no longer chosen."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import ErrorReport
from engine.inspection.positions.table_spec import PositionTable, PositionTableSpec
from engine.jobs.events import Failed, Finished
from engine.models.reference import ModelRef
from tests.support.hands import Hands
from tests.workbench.compare.fake_jobs import FakeJobs
from workbench.viewmodels.position_own_table import OwnTableModel
from workbench.viewmodels.position_stretch import stretch
from workbench.viewmodels.position_tables import formula_table

REPORT = ErrorReport("unsupported-model", "The table cannot be read.", "Choose another model.")


@pytest.fixture
def hands(bench, page, monkeypatch) -> Hands:
    """The program's background, by hand; the page is there already."""
    found = Hands()
    monkeypatch.setattr(bench.services.background, "run", found.run)
    return found


def told(ref: ModelRef) -> PositionTable:
    return PositionTable(ref.id, "learned", np.eye(4, dtype=np.float32), 0)


def test_quick_clicks_end_with_the_table_of_the_chosen_chip(driver, page, hands):
    driver.topic("tables")
    driver.look()
    view = page.tables
    driver.click(view.sources["blocks"])
    driver.click(view.sources["interleaved"])
    hands.serve_newest_first()
    assert view.sources["interleaved"].isChecked()
    wanted = formula_table("interleaved").rows
    np.testing.assert_array_equal(view.table.matrix.values, wanted)


def test_the_table_of_an_older_model_is_cancelled_and_not_shown(qapp):
    jobs, first, second = FakeJobs(), ModelRef("first"), ModelRef("second")
    own = OwnTableModel(jobs)
    assert own.set_model(first)
    own.need()
    own.need()
    assert not own.set_model(first)
    assert [job.spec for job in jobs.jobs] == [PositionTableSpec(first)]
    older = jobs.last
    assert own.set_model(second)
    assert older.cancelled
    older.send(Finished(job_id=older.id, result=told(first)))
    assert own.table is None
    own.need()
    jobs.last.send(Finished(job_id=jobs.last.id, result=told(second)))
    assert own.table is not None
    assert own.table.module == "second"


def test_a_table_that_cannot_be_read_is_asked_for_once(qapp):
    jobs, heard = FakeJobs(), []
    own = OwnTableModel(jobs)
    own.refused.connect(heard.append)
    own.set_model(ModelRef("first"))
    own.need()
    jobs.last.send(Failed(job_id=jobs.last.id, error=REPORT))
    assert heard == [REPORT]
    own.need()
    assert len(jobs.jobs) == 1
    own.read()  # the person asks again
    assert len(jobs.jobs) == 2


def test_an_error_goes_with_its_model(driver, page, bench, tiny, monkeypatch):
    jobs = bench.services.jobs
    real = jobs.submit
    asked = []

    def submit(spec, on_event):
        handle = real(spec, on_event)
        if isinstance(spec, PositionTableSpec):
            asked.append(spec.model)
            on_event(Failed(job_id=handle.id, error=REPORT))
        return handle

    monkeypatch.setattr(jobs, "submit", submit)
    view = page.tables
    bench.services.model.choose(tiny["gpt2"])
    driver.until(lambda: page.model.anatomy is not None)
    driver.topic("tables")
    driver.look()
    driver.until(lambda: view.error.report() == REPORT)
    driver.look("abc")
    assert asked == [tiny["gpt2"]]
    driver.click(view.sources["model"])
    assert asked == [tiny["gpt2"]] * 2
    assert view.sources["interleaved"].isChecked()  # what is in sight
    bench.services.model.choose(tiny["llama"])
    assert view.error.report() is None
    assert not view.error.isVisible()


def test_a_head_that_does_not_turn_leaves_no_dials(driver, page, bench, hands):
    driver.look()
    hands.serve_newest_first()
    view = page.rotation
    assert view.dials.faces
    view.query.token.setValue(1)  # its curve is under way
    view.refresh()  # and so is the head
    page.model.capture = None
    view.refresh()
    hands.serve_newest_first()
    assert not view.dials.faces


def test_what_alibi_adds_belongs_to_the_text_in_sight(driver, page, hands):
    driver.look()
    driver.topic("alibi")
    view = page.alibi
    page.model.capture = None
    view.refresh()
    hands.serve_newest_first()
    assert not view.added.series()


def test_a_stretched_map_belongs_to_the_head_in_sight(driver, page, hands):
    driver.look()
    driver.topic("stretch")
    view = page.stretch
    hands.serve_newest_first()
    before = view.shown()
    assert before is not None
    view.refresh()
    page.model.set_head(0, 1)  # another head, while the first one's answer is under way
    hands.serve()
    assert view.shown() is before
    hands.serve_newest_first()
    wanted = stretch(page.model.captured(), 1, page.model.trained, view.preset(), view.factor())
    np.testing.assert_array_equal(view.shown().values, wanted.values)
