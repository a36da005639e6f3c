"""A person imports a set, maps its columns, runs it, filters the items and reads the answers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication

from engine.evaluation.datasets.reading import chosen
from engine.prompting.elements import PromptElements
from engine.prompting.file import PromptFile
from engine.prompting.library import FOLDER, Library
from tests.workbench.evaluate.conftest import click, imported
from workbench.viewmodels.evaluate_answers import Show


def shown(page) -> list[list[str]]:
    """What the table shows, row by row."""
    view = page.items.filter
    return [
        [str(view.index(row, column).data() or "") for column in range(view.columnCount())]
        for row in range(view.rowCount())
    ]


def test_a_task_set_stands_there_before_anything_was_run(page):
    assert [row[0] for row in shown(page)] == ["0", "1", "2", "3"]
    assert page.model.plan.answers == 8
    assert "4 items × 2 techniques = 8 answers" in page.step.text()
    header = page.items.filter.headerData(3, Qt.Orientation.Horizontal)
    assert header == "Zero-shot"


def test_a_file_is_recognised_mapped_and_asked(page, questions, qtbot, until):
    dialog = page.files.read(questions)
    until(lambda: dialog.dataset is not None)
    assert dialog.combos["input"].currentText() == "text"
    assert "text" in dialog.reasons["input"].text()
    assert dialog.dataset.mapping.expected == ""
    for role, column in (("expected", "truth"), ("id", "nr")):
        combo = dialog.combos[role]
        combo.setCurrentIndex(combo.findData(column))
        combo.activated.emit(combo.currentIndex())
        until(lambda column=column: column in vars(dialog.dataset.mapping).values())
    assert dialog.table.index(2, 1).data() == "q2"
    assert dialog.table.index(2, 2).data() == "What is 2 plus 2?"
    assert dialog.table.index(2, 3).data() == "4"
    click(qtbot, dialog.ok)
    until(lambda: page.model.plan is not None and page.model.plan.dataset is not None)
    assert [row[0] for row in shown(page)] == ["q1", "q2", "q3", "q4", "q5"]
    assert page.model.plan.spec.prompt.examples[0].input == "What is 0 plus 0?"
    assert page.side.source.currentText() == "sums.jsonl"


def test_a_file_that_was_edited_is_read_again(page, questions, qtbot, until):
    imported(page, questions, qtbot, until)
    kept = page.model.plan.dataset
    page.side.seed.setValue(4)
    page.model.replan()
    until(lambda: page.model.plan is not None)
    assert page.model.plan.dataset is kept
    lines = questions.read_text(encoding="utf-8").replace("What is 2 plus 2?", "Double 2?")
    questions.write_text(lines, encoding="utf-8")
    page.model.replan()
    until(lambda: page.model.plan is not None)
    assert "Double 2?" in [row[1] for row in shown(page)]


def test_running_fills_the_columns_and_the_results(page, qtbot, until):
    with qtbot.waitSignal(page.model.ended, timeout=60_000):
        click(qtbot, page.header.primary)
    assert page.model.run_id
    rows = shown(page)
    assert all(cell[:1] in ("✓", "✗") for row in rows for cell in row[3:])
    until(lambda: page.results.model.shown is not None)
    assert [one.n for one in page.results.model.shown.comparison.standings] == [4, 4]
    page.items.select_row(2)
    card = page.items.details.cards[0]
    stored = page.services.engine.resources.project.load_item(page.model.run_id, 2)
    until(lambda: card.tokens.records() == stored[0].generation.tokens)
    assert card.sent_fold.isVisibleTo(card)
    assert page.items.details.heading.text().startswith("Item 2 ")


def test_another_rule_reads_the_same_answers(page, qtbot, until):
    with qtbot.waitSignal(page.model.ended, timeout=60_000):
        page.model.run()
    jobs = len(page.services.jobs.rows())
    page.side.rule.setCurrentIndex(page.side.rule.findData("exact"))
    page.side.rule.activated.emit(page.side.rule.currentIndex())
    until(lambda: page.model.rule == "exact" and not page.model.running)
    until(lambda: page.model.cells and _first(page).extractions[0].rule == "exact")
    answer = _first(page).generation.text.strip()
    assert page.model.table.marks(0)[0].value == (" ".join(answer.casefold().split()) or None)
    assert len(page.services.jobs.rows()) == jobs
    assert not page.model.outdated
    card = page.items.details.cards[0]
    until(card.tokens.records)
    assert card.found.toolTip().startswith("whole answer: ")


def _first(page):
    return page.model.cells_of(0)[0]


def test_other_settings_keep_the_answers_and_say_so(page, qtbot, until):
    with qtbot.waitSignal(page.model.ended, timeout=60_000):
        page.model.run()
    click(qtbot, page.side.techniques.chips["zero-shot-cot"].chip)
    until(lambda: page.model.plan is not None and len(page.model.plan.spec.variants) == 3)
    assert page.model.outdated
    assert "other settings" in page.step.text()
    assert page.model.table.answered()
    page.side.seed.setValue(5)
    until(lambda: page.model.plan is not None and not page.model.table.answered())


def test_a_run_can_be_stopped(page, qtbot, until):
    setup = page.model.setup
    compare = setup.compare
    sampling = replace(compare.sampling, max_new_tokens=400)
    page.model.set_setup(replace(setup, compare=replace(compare, sampling=sampling)))
    until(lambda: page.model.plan is not None)
    click(qtbot, page.header.primary)
    until(lambda: page.model.running)
    with qtbot.waitSignal(page.model.ended, timeout=60_000):
        page.model.stop()
    assert not page.model.running
    assert page.header.primary.text() == "Run"


def test_search_and_chips_choose_the_rows(page, questions, qtbot, until):
    imported(page, questions, qtbot, until)
    page.items.search.setText("5? PLUS")
    assert [row[1] for row in shown(page)] == ["What is 5 plus 5?"]
    assert "1 of 5" in page.items.count.text()
    page.items.search.clear()
    with qtbot.waitSignal(page.model.ended, timeout=60_000):
        page.model.run()
    click(qtbot, page.items.chips[Show.WRONG])
    marks = [page.model.table.marks(row) for row in range(5)]
    wrong = [row for row in range(5) if any(mark.correct is False for mark in marks[row])]
    assert page.items.filter.source_rows() == wrong
    page.items.show_all()
    page.items.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    texts = [row[1] for row in shown(page)]
    assert texts == sorted(texts, reverse=True)
    page.items.copy_rows()
    assert QGuiApplication.clipboard().text().count("\n") == 5


def test_the_items_shown_are_saved_as_they_were_read(page, questions, qtbot, until, tmp_path):
    imported(page, questions, qtbot, until)
    page.items.search.setText("plus 5?")
    dataset = page.model.plan.dataset
    rows = page.items.filter.source_rows()
    ids = [page.model.table.item(row).id for row in rows]
    places = [at for at, item in enumerate(dataset.items) if item.id in ids]
    page.files._save_to(chosen(dataset, places), str(tmp_path / "part.jsonl"))
    until(lambda: (tmp_path / "part.jsonl").exists())
    line = questions.read_text(encoding="utf-8").splitlines(True)[5]
    assert (tmp_path / "part.jsonl").read_text(encoding="utf-8") == line


def test_a_dropped_file_opens_the_import(page, questions, until):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(questions))])
    keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event = QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, *keys)
    page.dropEvent(event)
    assert event.isAccepted()
    until(lambda: page.files._dialog is not None and page.files._dialog.dataset is not None)
    page.files._dialog.reject()


def test_a_broken_file_says_why_and_cannot_be_imported(page, tmp_path, until):
    path = tmp_path / "bad.csv"
    path.write_text("question,answer\na,b\nc\n", encoding="utf-8")
    dialog = page.files.read(path)
    until(lambda: dialog.note.report() is not None)
    assert "Line 3" in dialog.note.message.text()
    assert not dialog.ok.isEnabled()
    dialog.reject()


def test_code_in_a_file_is_listed(page, tmp_path, until):
    path = tmp_path / "t.yaml"
    path.write_text(
        "tests:\n- vars: {a: x}\n  assert: [{type: python, value: 'x'}, {type: is-json}]\n",
        encoding="utf-8",
    )
    dialog = page.files.read(path)
    until(lambda: dialog.dataset is not None)
    assert "python" in dialog.unsupported.text()
    dialog.reject()


def test_a_prompt_of_the_library_asks_the_set(page, until, tmp_path):
    library = Library(page.services.paths.data / FOLDER)
    elements = PromptElements(instruction="Be brief.", input="Q {{input}}")
    entry = library.add(PromptFile(elements, "Brief"))
    page.entered()
    until(lambda: page.side.prompt.findText("Brief") > 0)
    page.side.prompt.setCurrentIndex(page.side.prompt.findText("Brief"))
    page.side.prompt.activated.emit(page.side.prompt.currentIndex())
    until(lambda: page.model.plan is not None)
    assert page.model.setup.library == entry.id
    assert page.model.plan.spec.prompt.instruction == "Be brief."
    assert page.model.table.asked(0).startswith("Q ")


def test_techniques_without_their_examples_are_left_out(page, until):
    page.side.shots.setValue(0)
    until(lambda: page.model.plan is not None)
    assert page.model.plan.left_out == ("few-shot",)
    assert "left out" in page.step.text()


def test_settings_come_back(page, program, questions, qtbot, until):
    imported(page, questions, qtbot, until)
    state = json.loads(json.dumps(page.save_state()))
    kept = page.model.setup
    page.model.set_setup(replace(kept, source="task", file=None, recent=()))
    page.restore_state(state)
    assert page.model.setup == kept
    page.restore_state({"setup": {"items": "many"}})
    assert page.model.setup.source == "task"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_text_follows_the_language(page, program, language):
    program.services.i18n.set_language("zh_CN")
    program.services.i18n.set_language(language)
    assert page.header.title.text() == {"zh_CN": "评测", "en": "Evaluate"}[language]
    assert page.items.chips[Show.WRONG].text() == {"zh_CN": "答错", "en": "Wrong"}[language]


def test_the_prompt_of_compare_is_followed(page, program, until):
    compare = program.window.show_page("compare")
    compare.model.prompt.set_text("input", "Say {{input}} twice")
    program.window.show_page("evaluate")
    page.side.prompt.setCurrentIndex(1)
    page.side.prompt.activated.emit(1)
    until(lambda: page.model.plan is not None)
    assert page.model.plan.spec.prompt.input == "Say {{input}} twice"
