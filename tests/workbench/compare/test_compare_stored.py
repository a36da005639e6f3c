"""Runs are kept in the project, and come back when the program does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.decoding.params import Sampling
from engine.errors import ErrorReport
from engine.evaluation.spec import Branch, CellKey, CompareResult, CompareSpec, Variant
from engine.jobs.events import Finished
from engine.models.reference import LoadOptions, ModelRef
from engine.store.project import Project
from tests.support import qt
from tests.workbench.compare.conftest import RUN_MS, Driver
from tests.workbench.compare.fake_jobs import FakeJobs, cell, records
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.services.project_file import NAME
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_history import Place, columns_with_pinned, last_columns
from workbench.viewmodels.compare_opened import prompt_of, setup_of
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.prompt_state import PromptState
from workbench.widgets.toast import Toast

ONLY_COMPARE = tuple(page for page in PAGES if page.id == "compare")
FIRST, SECOND = CellKey(variant=0), CellKey(variant=1)
SPEC = CompareSpec(variants=(Variant("zero-shot"), Variant("few-shot")))


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(tmp_path / "p.lathe") as opened:
        yield opened


def store(project: Project, spec: CompareSpec, *answers: tuple[CellKey, str]) -> None:
    run = project.begin_run(spec)
    for key, text in answers:
        project.save_cell(run, cell(spec, key, records(*text)))
    project.finish_run(run, "finished")


def told(project: Project) -> list[tuple[str, str | None, int]]:
    """Technique, answer and length of the branch of each column that comes back."""
    return [
        (
            one.spec.variants[one.key.variant].technique,
            one.result.generation.text if one.result and one.result.generation else None,
            len(one.branch.prefix) if one.branch else 0,
        )
        for one in last_columns(project)
    ]


def test_an_unfinished_run_comes_back_with_what_it_had(project: Project) -> None:
    assert last_columns(project) == ()
    store(project, SPEC, (FIRST, "old"), (SECOND, "old"))
    store(project, SPEC, (SECOND, "new"))
    assert told(project) == [("zero-shot", None, 0), ("few-shot", "new", 0)]


def test_what_was_asked_again_since_replaces_and_checks_do_not(project: Project) -> None:
    store(project, SPEC, (FIRST, "a"), (SECOND, "b"))
    store(project, replace(SPEC, only=(SECOND,)), (SECOND, "again"))
    store(project, replace(SPEC, only=(FIRST,), batch_size=1), (FIRST, "alone"))
    branch = Branch(FIRST, (1, 2))
    store(project, replace(SPEC, only=(FIRST,), branch=branch), (FIRST, "other"))
    assert told(project) == [
        ("zero-shot", "a", 0),
        ("zero-shot", "other", 2),
        ("few-shot", "again", 0),
    ]


def test_consents_of_then_are_not_consents_of_now(project: Project) -> None:
    options = LoadOptions(allow_pickle=True, trust_remote_code=True, quantization="nf4")
    store(project, replace(SPEC, models=(ModelRef("m", options=options),)), (FIRST, "a"))
    model = last_columns(project)[0].spec.models[0]
    assert model.options == LoadOptions(quantization="nf4")


def test_pinned_columns_of_older_runs_come_back_where_they_stood(project: Project) -> None:
    store(project, SPEC, (FIRST, "old"), (SECOND, "older"))
    store(project, SPEC, (FIRST, "new"), (SECOND, "newer"))
    new, old = (run.id for run in project.runs())
    pinned = ((0, Place(old, variant=1)), (1, Place(new, variant=0)), (2, Place("gone")))
    columns = columns_with_pinned(project, pinned)
    assert [(one.result.generation.text, one.pinned) for one in columns] == [
        ("older", True),
        ("new", True),
        ("newer", False),
    ]


def test_a_columns_own_sampling_is_asked_with_again() -> None:
    common = Sampling(max_new_tokens=16)
    own = Sampling(temperature=0.9, top_p=0.8, max_new_tokens=32, seed=3)
    voting = replace(own, samples=5)
    variants = (
        Variant("zero-shot", sampling=own),
        Variant("few-shot"),
        Variant("self-consistency", samples=5, sampling=voting),
        Variant("self-consistency", name="warm", sampling=replace(common, temperature=1.0)),
    )
    spec = CompareSpec(variants=variants, sampling=common)
    setup = setup_of(spec)
    assert setup.spec(prompt_of(spec)).variants == variants
    assert [choice.sampling for choice in setup.chosen()] == [own, None, voting, None]
    again = CompareSetup.from_plain(setup.to_plain())
    assert again.chosen() == setup.chosen()


def test_a_full_disk_is_told_once(qapp: object) -> None:
    jobs, said = FakeJobs(), []
    model = CompareModel(jobs)
    model.store_failed.connect(said.append)
    model.prompt.restore(PromptState(instruction="Add.", input="1 + 2"))
    full = ErrorReport("store", "The disk is full.", "Free some space.")
    for error in (full, full, None, full):
        model.run()
        job = jobs.last
        result = CompareResult(run_id="r", cells=(), summaries=(), seconds=0.0, store_error=error)
        job.send(Finished(job_id=job.id, result=result))
    assert said == [full, full]


@pytest.fixture
def start(qapp, tmp_path: Path) -> Callable[[], object]:
    return lambda: qt.running_application(qapp, tmp_path / "home", ONLY_COMPARE)


def answers(application: Application) -> list[tuple[str, list[int]]]:
    page = application.window.show_page("compare")
    return [
        (column.answer_text(), [record.id for record in column.records])
        for column in page.model.columns
    ]


def ran(application: Application, folder: Path, qtbot) -> list[tuple[str, list[int]]]:
    """Run two techniques; what they answered."""
    application.services.model.choose(ModelRef(str(folder)))
    page = application.window.show_page("compare")
    page.model.prompt.restore(PromptState(instruction="Add.", input="1 + 2", expected="3"))
    setup = page.model.setup
    page.model.set_setup(replace(setup, sampling=replace(setup.sampling, max_new_tokens=6)))
    driver = Driver(qtbot, page)
    driver.choose("zero-shot", "zero-shot-cot")
    qtbot.waitUntil(lambda: application.engine.resources.project is not None, timeout=RUN_MS)
    driver.run()
    return answers(application)


def test_the_last_run_comes_back_after_a_restart(start, tiny_folder: Path, qtbot) -> None:
    with start() as application:
        before = ran(application, tiny_folder, qtbot)
        assert len(before) == 2
        assert all(ids for _, ids in before)
    with start() as application:
        qtbot.waitUntil(lambda: bool(answers(application)), timeout=RUN_MS)
        assert answers(application) == before
        page = application.window.current_page()
        first = page.columns.views[page.model.columns[0].uid]
        assert first.answer.toPlainText()
        assert not page.model.is_outdated(page.model.columns[0])


def test_a_pinned_column_of_an_older_run_comes_back_after_a_restart(
    start, tiny_folder: Path, qtbot
) -> None:
    with start() as application:
        ran(application, tiny_folder, qtbot)
        page = application.window.show_page("compare")
        pinned = page.columns.views[page.model.columns[0].uid]
        qtbot.mouseClick(pinned.pin_button, Qt.MouseButton.LeftButton)
        page.model.prompt.set_text("input", "2 + 2")
        Driver(qtbot, page).run()
        before = answers(application)
        assert len(before) == 3
    with start() as application:
        qtbot.waitUntil(lambda: bool(answers(application)), timeout=RUN_MS)
        assert answers(application) == before
        columns = application.window.current_page().model.columns
        assert [column.pinned for column in columns] == [True, False, False]
        asked = [column.spec.prompt.input for column in columns]
        assert asked == ["1 + 2", "2 + 2", "2 + 2"]


def test_after_a_crash_it_comes_back_when_that_was_agreed(
    start, tiny_folder: Path, tmp_path: Path, qtbot
) -> None:
    with start() as application:
        before = ran(application, tiny_folder, qtbot)
    (tmp_path / "home" / "data" / "session.open").write_text("999999999")
    with start() as application:
        qtbot.waitUntil(lambda: application.engine.resources.project is not None, timeout=RUN_MS)
        assert application.services.session.crashed
        assert answers(application) == []
        application.services.session.restore_crashed()
        qtbot.waitUntil(lambda: bool(answers(application)), timeout=RUN_MS)
        assert answers(application) == before


def test_cleared_results_stay_cleared(start, tiny_folder: Path, tmp_path: Path, qtbot) -> None:
    with start() as application:
        ran(application, tiny_folder, qtbot)
        application.services.actions.trigger("compare.clear")
    with start() as application:
        page = application.window.show_page("compare")
        assert page.save_state()["results"] is False
        assert page.model.columns == []


def test_a_damaged_project_is_kept_and_a_new_one_begun(start, tmp_path: Path, qtbot) -> None:
    folder = tmp_path / "home" / "data"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    with start() as application:
        qtbot.waitUntil(lambda: application.engine.resources.project is not None, timeout=RUN_MS)
        kept = [file for file in folder.iterdir() if "damaged" in file.name]
        assert len(kept) == 1
        assert kept[0].read_bytes().startswith(b"SQLite format 3\0\xff")
        qtbot.waitUntil(lambda: bool(application.window.findChildren(Toast)))
        said = application.window.findChildren(Toast)[0].notice
        assert kept[0].name in said.text
        assert said.detail == str(kept[0])
        assert application.engine.resources.project.runs() == ()


def test_a_project_of_an_older_format_says_where_it_is_kept(start, tmp_path: Path, qtbot) -> None:
    folder = tmp_path / "home" / "data"
    folder.mkdir(parents=True)
    shutil.copy(Path(__file__).parents[2] / "store" / "format-1.lathe", folder / NAME)
    with start() as application:
        qtbot.waitUntil(lambda: bool(application.window.findChildren(Toast)), timeout=RUN_MS)
        (copy,) = folder.glob("*.format-1-*")
        toast = application.window.findChildren(Toast)[0]
        assert str(copy) in toast.notice.text
        qtbot.mouseClick(toast.offer, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == str(copy)


def test_a_full_disk_leaves_the_answers_on_screen(start, tiny_folder: Path, qtbot) -> None:
    with start() as application:
        qtbot.waitUntil(lambda: application.engine.resources.project is not None, timeout=RUN_MS)
        connection = application.engine.resources.project._connection
        connection.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON main.cell"
            " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
        posted: list[object] = []
        application.services.notify.posted.connect(posted.append)
        found = ran(application, tiny_folder, qtbot)
        assert len(found) == 2
        assert all(ids for _, ids in found)
        assert ["full" in notice.text for notice in posted] == [True]
