"""A person looks through the library, keeps prompts, compares versions and undoes a deletion."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.prompting.elements import PromptElements
from engine.prompting.file import PromptFile
from engine.prompting.opening import open_prompt
from tests.workbench.evaluate.conftest import click
from workbench.views.library.name_dialog import NameDialog
from workbench.views.library.page import LibraryPage


@pytest.fixture
def library(program, until) -> LibraryPage:
    found = program.window.show_page("library")
    assert isinstance(found, LibraryPage)
    until(lambda: found.list.table.rowCount() > 0)
    return found


def names(page: LibraryPage) -> list[str]:
    return [page.list.filter.index(row, 0).data() for row in range(page.list.filter.rowCount())]


def choose(page: LibraryPage, name: str) -> None:
    page.list.view.selectRow(names(page).index(name))


def own(page: LibraryPage) -> list[str]:
    return [entry.name for entry in page.model.entries if not entry.built_in]


def test_templates_of_both_languages_can_be_searched(library, qtbot):
    assert "Starter: few-shot" in names(library)
    library.list.search.setText("MOOD")
    assert names(library) == ["Classify the mood"]
    library.list.search.clear()
    click(qtbot, library.list.chips["zh"])
    assert "情绪分类" in names(library)
    assert "Classify the mood" not in names(library)
    choose(library, "情绪分类")
    assert "判断文字的情绪" in library.panel.elements.toPlainText()
    assert not library.services.actions.action("library.delete").isEnabled()


def test_a_template_goes_into_compare_with_its_sample(library, program, qtbot):
    choose(library, "Classify the mood")
    click(qtbot, library.header.primary)
    page = program.window.current_page()
    assert page.page_id == "compare"
    state = page.model.prompt.state
    assert state.values["input"] == "The film was far too long."
    assert (state.expected, state.extraction) == ("negative", ("exact",))
    assert page.model.prompt.undo_stack.canUndo()


def test_compares_prompt_is_kept_and_gains_versions(library, program, until, qtbot):
    compare = program.window.show_page("compare")
    compare.model.prompt.set_text("instruction", "Answer in one word.")
    program.window.show_page("library")
    library.keep_as_new()
    dialog = library.findChild(NameDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setText("Mine")
    click(qtbot, dialog.ok)
    until(lambda: own(library) == ["Mine"])
    compare.model.prompt.set_text("instruction", "Answer in two words.")
    choose(library, "Mine")
    library.keep_as_version()
    until(lambda: len(library.current().versions) == 2)
    library.panel.tabs.setCurrentIndex(1)
    until(lambda: "one" in library.panel.changes.toPlainText())
    text = library.panel.changes.toPlainText()
    assert "onetwo" in text
    click(qtbot, library.panel.again)
    until(lambda: len(library.current().versions) == 3)
    assert library.current().prompt.elements.instruction == "Answer in one word."
    assert library.current().versions[-1].parent == 1


def test_a_deleted_prompt_comes_back(library, until, qtbot):
    choose(library, "Classify the mood")
    library.duplicate()
    until(lambda: own(library) == ["Classify the mood (copy)"])
    assert library.current().name == "Classify the mood (copy)"
    with qtbot.waitSignal(library.services.notify.posted) as posted:
        qtbot.keyClick(library.list.view, Qt.Key.Key_Delete)
    until(lambda: own(library) == [])
    posted.args[0].action()
    until(lambda: own(library) == ["Classify the mood (copy)"])


def test_a_prompt_is_renamed(library, until, qtbot):
    library.model.add(PromptFile(PromptElements(input="x"), "Old"))
    until(lambda: own(library) == ["Old"])
    library.rename()
    dialog = library.findChild(NameDialog)
    dialog.field.setText("New")
    click(qtbot, dialog.ok)
    until(lambda: own(library) == ["New"])
    library.panel.tabs.setCurrentIndex(1)
    until(lambda: "Old" in library.panel.same.text())


def test_prompty_files_come_in_and_go_out(library, until, tmp_path):
    source = tmp_path / "p.prompty"
    source.write_text("---\nname: P\n---\nsystem:\nBe kind.\nuser:\n{{q}}\n", encoding="utf-8")
    library.model.import_file(source)
    until(lambda: own(library) == ["P"])
    assert library.current().prompt.elements.system == "Be kind."
    library._export_chosen(library.current().prompt, str(tmp_path / "out.prompty"))
    until(lambda: (tmp_path / "out.prompty").exists())
    assert open_prompt(tmp_path / "out.prompty").prompt == library.current().prompt


def test_a_file_that_is_no_prompt_is_told(library, qtbot, tmp_path):
    (tmp_path / "x.bin").write_text("x", encoding="utf-8")
    with qtbot.waitSignal(library.services.notify.posted) as posted:
        library.model.import_file(tmp_path / "x.bin")
    assert posted.args[0].level == "bad"
    assert "x.bin" in posted.args[0].text


def test_a_search_that_finds_nothing_costs_no_selection(library):
    choose(library, "Classify the mood")
    library.list.search.setText("no such prompt anywhere")
    assert names(library) == []
    assert library.current() is None
    assert library.list.nothing.isVisible()
    library.list.search.clear()
    assert library.current().name == "Classify the mood"


def test_delete_told_twice_deletes_one_prompt_and_complains_of_nothing(library, until, qtbot):
    failed = []
    library.model.failed.connect(failed.append)
    for name in ("One", "Two"):
        library.model.add(PromptFile(PromptElements(instruction=name), name))
    until(lambda: set(own(library)) == {"One", "Two"})
    choose(library, "One")
    library.services.actions.trigger("library.delete")
    library.services.actions.trigger("library.delete")
    until(lambda: own(library) == ["Two"])
    library.model.add(PromptFile(PromptElements(instruction="Three"), "Three"))
    until(lambda: set(own(library)) == {"Two", "Three"})
    assert failed == []


def test_no_two_prompts_get_one_name(library, until, qtbot):
    choose(library, "Classify the mood")
    library.services.actions.trigger("library.duplicate")
    library.model.duplicate(library.current().id, "Classify the mood (copy)")
    wanted = {"Classify the mood (copy)", "Classify the mood (copy) 2"}
    until(lambda: set(own(library)) == wanted)
    choose(library, "Classify the mood (copy) 2")
    library.rename()
    dialog = library.findChild(NameDialog)
    assert dialog.ok.isEnabled()
    dialog.field.setText("classify the MOOD (copy)")
    assert not dialog.ok.isEnabled()
    assert "already" in dialog.clash.text()
    dialog.field.setText("Another")
    click(qtbot, dialog.ok)
    until(lambda: set(own(library)) == {"Classify the mood (copy)", "Another"})


def test_no_list_is_pushed_sideways(library, program):
    view = library.list.view
    for width in (900, 1100, 1440):
        program.window.resize(width, 700)
        library.list.table.set_entries(library.list.table._entries)
        view.fit_columns()
        assert view.horizontalScrollBar().maximum() == 0
