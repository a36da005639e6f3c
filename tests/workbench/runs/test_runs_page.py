"""The Runs page as a person uses it: find, read, note, compare, open, resume, export, delete."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from engine.decoding.params import Sampling
from engine.errors import StoreError
from engine.evaluation.spec import CellKey, CompareSpec, Variant
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Item, PromptElements
from engine.store import details as details_module
from engine.store.details import RunDetails, details_of
from engine.store.export import jsonl
from engine.store.project import Project
from tests.support import qt
from tests.support.cells import answered
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.services.project_file import NAME
from workbench.viewmodels.runs_table import RUN_ROLE, Column
from workbench.viewmodels.runs_words import status_name
from workbench.views.runs.page import RunsPage
from workbench.widgets.toast import Toast

PATIENCE_MS = 30_000
PAGES_USED = tuple(page for page in PAGES if page.id in ("compare", "runs"))
SPEC = CompareSpec(
    models=(ModelRef("/models/tiny"),),
    prompt=PromptElements(instruction="Add.", input="{{q}}"),
    variants=(Variant("zero-shot"), Variant("few-shot")),
    items=tuple(Item(f"i{n}", {"q": f"{n} and {n}?"}, str(2 * n)) for n in range(3)),
    sampling=Sampling(max_new_tokens=6),
)


def cells(spec: CompareSpec, right: int, count: int | None = None):
    """Made-up answers; the first `right` of each column are right."""
    made = []
    for variant, one in enumerate(spec.variants):
        for item, asked in enumerate(spec.items):
            cell = answered(CellKey(variant=variant, item=item), ("It ", f"is {item}", "."))
            found = replace(cell.extractions[0], correct=item < right)
            made.append(
                replace(
                    cell, variant=one.label, item_id=asked.id, expected=asked.expected,
                    extractions=(found,),
                )
            )  # fmt: skip
    return made[:count]


def store(project: Project, spec: CompareSpec, right: int = 3, count: int | None = None) -> str:
    run = project.begin_run(spec, len(spec.variants) * len(spec.items))
    for cell in cells(spec, right, count):
        project.save_cell(run, cell)
    project.finish_run(run, "finished" if count is None else "interrupted")
    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def stored(home: Path, tmp_path: Path) -> dict[str, str]:
    """Four runs: a base, one with another prompt, one that was interrupted, one of Chinese."""
    ref = ModelRef(str(tmp_path / "tiny"), options=LoadOptions(device="cpu", dtype="float32"))
    with Project.open(home / "data" / NAME) as project:
        return {
            "base": store(project, SPEC, right=1),
            "changed": store(
                project,
                replace(SPEC, prompt=replace(SPEC.prompt, instruction="Add the numbers.")),
                right=3,
            ),
            "broken": store(project, replace(SPEC, models=(ref,)), count=2),
            "chinese": store(
                project, replace(SPEC, items=(Item("z", {"q": "北京有多少人？"}, "一"),))
            ),
        }


@pytest.fixture
def program(qapp: QApplication, home: Path) -> Iterator[Application]:
    with qt.running_application(qapp, home, PAGES_USED) as application:
        yield application


@pytest.fixture
def until(qtbot) -> Callable[[Callable[[], object]], None]:
    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    return wait


@pytest.fixture
def page(stored: dict[str, str], program: Application, until) -> RunsPage:
    found = program.window.show_page("runs")
    assert isinstance(found, RunsPage)
    until(lambda: found.model.details is not None)
    return found


def choose(page: RunsPage, qtbot, until, *run_ids: str) -> None:
    """Click the rows, the later ones with Ctrl; wait for what the page then shows."""
    for number, run_id in enumerate(run_ids):
        index = page.list.table.index(page.list.table.row_of(run_id), Column.STATUS)
        spot = page.list.view.visualRect(index).center()
        keys = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        qtbot.mouseClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, keys, spot)
    assert set(page.model.selected) == set(run_ids)
    if len(run_ids) == 1:
        until(lambda: page.model.details and page.model.details.info.id == run_ids[0])
    elif len(run_ids) == 2:
        until(lambda: page.model.pair is not None)


def shown(page: RunsPage) -> list[str]:
    table = page.list.table
    return [table.index(row, 0).data(RUN_ROLE).id for row in range(table.rowCount())]


def project_of(page: RunsPage) -> Project:
    return page.services.engine.resources.project


def test_an_empty_project_leads_to_compare(program: Application, qtbot, until) -> None:
    page = program.window.show_page("runs")
    until(lambda: page.stack.currentWidget() is page.empty)
    assert "kept here" in page.empty.text.text()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert program.window.current_page().page_id == "compare"


def test_the_newest_run_stands_first_and_is_shown(page: RunsPage, stored) -> None:
    assert shown(page) == [stored[name] for name in ("chinese", "broken", "changed", "base")]
    assert page.model.selected == (stored["chinese"],)
    row = page.list.table.index(1, Column.CELLS)
    assert row.data() == "2 of 6"
    assert page.list.table.index(1, Column.STATUS).data() == status_name("interrupted")
    assert page.list.table.index(2, Column.MODEL).data() == "tiny"
    page.services.actions.trigger("runs.archive")
    assert shown(page) == [stored[name] for name in ("broken", "changed", "base")]


def test_figures_and_settings_of_a_run(page: RunsPage, stored, qtbot, until) -> None:
    choose(page, qtbot, until, stored["base"])
    head, rows = page.details.figures.table()
    assert [row[0] for row in rows] == ["Zero-shot", "Few-shot"]
    assert [row[head.index("Accuracy")] for row in rows] == ["33 %", "33 %"]
    assert ("Questions", "3") in page.details.asked.rows()
    assert ("Number format", "float32") in page.details.origin.rows()
    text = page.details.prompt.text.toPlainText()
    assert "Add." in text
    assert "0 and 0?" in text


def test_the_list_is_narrowed_by_state_and_model(page: RunsPage, stored, qtbot) -> None:
    filters = page.list.filters
    filters.status.setCurrentIndex(filters.status.findData("open"))
    assert shown(page) == [stored["broken"]]
    filters.status.setCurrentIndex(0)
    filters.model.setCurrentIndex(filters.model.findData("/models/tiny"))
    assert stored["broken"] not in shown(page)
    assert page.list.count.text() == "3 of 4 runs"
    page.services.actions.trigger("runs.everything")
    assert len(shown(page)) == 4


def test_words_are_found_and_marked(page: RunsPage, stored, qtbot, until) -> None:
    page.services.actions.trigger("runs.search")
    page.list.filters.search.insert("北京")  # as an input method does
    until(lambda: shown(page) == [stored["chinese"]])
    (found,) = page.list.table._found.values()
    hit = found.hits[0]
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["北京"]
    assert not page.grab().isNull()
    page.list.filters.search.clear()
    qtbot.keyClicks(page.list.filters.search, "pelican")
    until(lambda: page.list.stack.currentWidget() is page.list.nothing)
    qtbot.mouseClick(page.list.nothing.button, Qt.MouseButton.LeftButton)
    assert len(shown(page)) == 4


def test_a_search_that_finds_nothing_costs_no_selection(
    page: RunsPage, stored, qtbot, until
) -> None:
    choose(page, qtbot, until, stored["base"])
    page.list.filters.search.setText("no such words anywhere")
    until(lambda: not shown(page))
    assert page.model.selected == ()
    page.list.filters.search.clear()
    until(lambda: stored["base"] in shown(page))
    assert page.model.selected == (stored["base"],)


def test_title_tags_and_note_are_kept(page: RunsPage, stored, qtbot, until) -> None:
    choose(page, qtbot, until, stored["base"])
    qtbot.keyClicks(page.details.title, "First try")
    qtbot.keyClick(page.details.title, Qt.Key.Key_Return)
    qtbot.keyClicks(page.details.tags, "sums, #short")
    qtbot.keyClick(page.details.tags, Qt.Key.Key_Return)
    qtbot.keyClicks(page.details.note, "Look at item two")
    choose(page, qtbot, until, stored["changed"])
    assert page.details.note.toPlainText() == ""

    def kept() -> tuple[str, tuple[str, ...], str]:
        info = project_of(page).run(stored["base"])
        return info.name, info.tags, info.note

    until(lambda: kept() == ("First try", ("short", "sums"), "Look at item two"))
    choose(page, qtbot, until, stored["base"])
    assert page.details.heading.text() == "First try"
    assert page.details.note.toPlainText() == "Look at item two"


def test_a_note_that_is_being_typed_is_kept_when_the_program_is_closed(
    page: RunsPage, program: Application, stored, home: Path, qtbot, until
) -> None:
    choose(page, qtbot, until, stored["base"])
    qtbot.keyClicks(page.details.note, "Not the last")
    program.close()
    with Project.open(home / "data" / NAME) as project:
        assert project.run(stored["base"]).note == "Not the last"


def test_a_change_that_cannot_be_written_is_not_shown_as_kept(
    page: RunsPage, stored, qtbot, until, monkeypatch
) -> None:
    choose(page, qtbot, until, stored["base"])
    before = page.details.heading.text()

    def full(*_: object) -> None:
        raise StoreError("The disk is full.", "Free some space.")

    monkeypatch.setattr(Project, "rename", full)
    page.model.rename(stored["base"], "Never kept")
    assert page.model.info(stored["base"]).name == "Never kept"
    until(lambda: page.model.info(stored["base"]).name == "")
    assert page.details.heading.text() == before


def test_the_last_of_many_names_is_kept_and_never_an_older_one_shown(
    page: RunsPage, stored, qtbot, until
) -> None:
    shown: list[str] = []
    page.model.listed.connect(lambda: shown.append(page.model.info(stored["base"]).name))
    for number in range(30):
        page.model.rename(stored["base"], f"Name {number}")
        page.model.refresh()
    until(lambda: shown)
    assert set(shown) == {"Name 29"}
    assert project_of(page).run(stored["base"]).name == "Name 29"


def test_a_selected_run_is_asked_about_once_at_a_time(
    page: RunsPage, stored, qtbot, until, monkeypatch
) -> None:
    asked: list[str] = []
    gate = threading.Event()

    def slow(project: Project, run_id: str) -> RunDetails:
        asked.append(run_id)
        gate.wait(10)
        return details_of(project, run_id)

    until(lambda: page.model.details is not None and not page.model._asked)
    monkeypatch.setattr(details_module, "details_of", slow)
    page.model._remembered.clear()
    heard: list[None] = []
    page.model.listed.connect(lambda: heard.append(None))
    for _ in range(3):
        page.model.refresh()
    until(lambda: len(heard) >= 3 and asked)
    assert len(asked) == 1
    gate.set()
    until(lambda: page.model.details is not None and not page.model._asked)
    assert len(asked) <= 2


def test_two_runs_are_compared_on_common_questions(page: RunsPage, stored, qtbot, until) -> None:
    choose(page, qtbot, until, stored["changed"], stored["base"])
    head, rows = page.pair.figures.table()
    assert page.side.currentWidget() is page.pair
    assert [(row[0], row[head.index("n")], row[head.index("B − A")]) for row in rows] == [
        ("Zero-shot", "3", "+67"),
        ("Few-shot", "3", "+67"),
    ]
    assert "3 questions in both" in page.pair.common.text()
    assert "the same settings" in page.pair.common.text()
    changes = {s.text: s.marked for s in page.pair.prompt.text.stretches()}
    assert any("numbers" in text and marked for text, marked in changes.items())
    assert not page.header.primary.isEnabled()


def test_a_run_opens_in_compare_as_it_was(
    page: RunsPage, program: Application, stored, qtbot, until
) -> None:
    choose(page, qtbot, until, stored["changed"])
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    until(lambda: program.window.current_page().page_id == "compare")
    compare = program.window.current_page()
    assert [column.answer_text() for column in compare.model.columns] == ["It is 0."] * 2
    assert compare.model.prompt.state.instruction == "Add the numbers."
    assert compare.model.prompt.state.values == {"q": "0 and 0?"}
    assert compare.model.setup.sampling == SPEC.sampling
    chosen = [choice.technique for choice in compare.model.setup.chosen()]
    assert chosen == ["zero-shot", "few-shot"]
    assert program.services.model.ref.id == "/models/tiny"
    assert not any(compare.model.is_outdated(column) for column in compare.model.columns)


def test_the_question_that_is_chosen_opens_in_compare(
    page: RunsPage, program: Application, stored, qtbot, until
) -> None:
    choose(page, qtbot, until, stored["changed"])
    combo = page.details.question
    assert combo.count() == len(SPEC.items)
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    assert SPEC.items[2].variables["q"] in page.details.prompt.text.toPlainText()
    told: list[str] = []
    program.services.notify.posted.connect(lambda notice: told.append(notice.text))
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    until(lambda: program.window.current_page().page_id == "compare")
    compare = program.window.current_page()
    assert compare.model.prompt.state.values == SPEC.items[2].variables
    until(lambda: told)
    assert f"3 of {len(SPEC.items)}" in told[0]


def test_an_interrupted_run_is_resumed(
    page: RunsPage, stored, qtbot, until, tmp_path: Path
) -> None:
    save_tiny("llama", tmp_path / "tiny")
    choose(page, qtbot, until, stored["base"])
    action = page.services.actions.action("runs.resume")
    assert not action.isEnabled()
    choose(page, qtbot, until, stored["broken"])
    assert action.isEnabled()
    # The cells that are there came from weights called f00d; the folder's are others.
    page.services.actions.trigger("runs.resume")
    until(lambda: project_of(page).run(stored["broken"]).status == "finished")
    until(lambda: "no longer the model" in page.details.problems.text())
    assert project_of(page).run(stored["broken"]).cells == 6


def test_deleting_can_be_undone(page: RunsPage, program: Application, stored, qtbot, until) -> None:
    choose(page, qtbot, until, stored["base"])
    page.list.view.setFocus()
    page.services.actions.trigger("runs.delete")
    until(lambda: stored["base"] not in shown(page))
    until(lambda: program.window.findChildren(Toast))
    (toast,) = program.window.findChildren(Toast)
    qtbot.mouseClick(toast.offer, Qt.MouseButton.LeftButton)
    until(lambda: stored["base"] in shown(page))


def test_a_run_is_exported_whole(page: RunsPage, stored, qtbot, until, tmp_path: Path) -> None:
    choose(page, qtbot, until, stored["changed"])
    page.services.actions.trigger("runs.export")
    dialog = page._dialog
    line = next(one for one in dialog.nameFilters() if "*.jsonl" in one)
    dialog.selectNameFilter(line)
    dialog.filterSelected.emit(line)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("run")
    with qtbot.waitSignal(page.model.exported, timeout=PATIENCE_MS):
        dialog.accept()
    spec, result = jsonl.read((tmp_path / "run.jsonl").read_bytes())
    assert (spec, result.cells) == (
        project_of(page).load_spec(stored["changed"]),
        project_of(page).load_run(stored["changed"])[1],
    )


def test_the_command_that_repeats_a_run_is_copied(page: RunsPage, stored, qtbot, until) -> None:
    choose(page, qtbot, until, stored["base"])
    with qtbot.waitSignal(page.model.command_made, timeout=PATIENCE_MS):
        page.services.actions.trigger("runs.copy-command")
    assert QGuiApplication.clipboard().text().startswith("lathe compare ")


def test_filter_and_selection_come_back_after_a_restart(
    qapp, home: Path, stored, qtbot, until
) -> None:
    with qt.running_application(qapp, home, PAGES_USED) as application:
        page = application.window.show_page("runs")
        until(lambda: page.model.details is not None)
        page.list.filters.model.setCurrentIndex(page.list.filters.model.findData("/models/tiny"))
        choose(page, qtbot, until, stored["base"])
        before = shown(page)
        state = json.loads(json.dumps(page.save_state()))
    with qt.running_application(qapp, home, PAGES_USED) as application:
        page = application.window.show_page("runs")
        page.restore_state(state)
        until(lambda: page.model.details is not None)
        assert shown(page) == before
        assert page.model.selected == (stored["base"],)


def test_safe_mode_says_that_nothing_is_kept(qapp, home: Path, stored) -> None:
    from workbench.options import Options

    options = Options(language="en", theme="light", scale=1.0, safe_mode=True)
    with qt.running_application(qapp, home, PAGES_USED, options) as application:
        page = application.window.show_page("runs")
        assert page.stack.currentWidget() is page.empty
        assert "safe mode" in page.empty.text.text()


def test_a_narrow_list_keeps_room_for_the_title(page: RunsPage) -> None:
    page.list.view.resize(420, 300)
    view = page.list.view
    view.setFixedWidth(420)
    QApplication.processEvents()
    page.list.view.fit_columns()
    assert view.isColumnHidden(Column.TIME)
    assert view.columnWidth(Column.RUN) >= view.fontMetrics().averageCharWidth() * 34
    assert view.indexAt(QPoint(5, 5)).column() == Column.RUN
