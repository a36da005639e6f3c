"""Documents on the comparison page: dropped, looked up, shown with their sources, kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton

from engine.evaluation.external import passages_sent
from engine.prompting.knowledge import FoundPassage
from tests.workbench.compare.conftest import RUN_MS, Driver
from workbench.bootstrap import Application
from workbench.viewmodels.compare_documents import DocumentChoice
from workbench.viewmodels.compare_history import OpenedRun, opened_run
from workbench.viewmodels.compare_report import report_of
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.prompt_state import PromptState
from workbench.viewmodels.why_case import case_of_columns
from workbench.views.compare.passage_sources import PassageSources

FACTS = {"anna.txt": "The key of Anna is 4821.", "ben.md": "# Keys\n\nThe key of Ben is 77310."}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    for name, text in FACTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in FACTS]


@pytest.fixture
def asking(driver: Driver) -> Driver:
    driver.page.model.prompt.restore(
        PromptState(instruction="Read.", input="What is the key of Ben?", expected="77310")
    )
    driver.choose("zero-shot")
    return driver


def drop(driver: Driver, paths: list[Path]) -> None:
    """Let files fall on the page."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(200, 200), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    driver.page.dropEvent(event)


def sent(driver: Driver, place: int) -> str:
    return driver.view(place).sent.toPlainText()


def test_dropped_documents_make_a_column_that_knows_them_beside_one_that_does_not(
    asking: Driver, files: list[Path]
) -> None:
    page, section = asking.page, asking.page.prompt.documents
    assert section.settings.isHidden()
    drop(asking, [*files, files[0].with_suffix(".xyz")])
    assert set(section.sources.chips) == {str(path) for path in files}
    assert section.content.isVisibleTo(page)
    assert page.techniques.chips["retrieved-knowledge"].chip.isChecked()
    assert "Retrieved knowledge" in section.readers.text()
    asking.qtbot.keyClicks(section.passages, "")
    section.passages.setValue(1)
    asking.run()
    assert [one.state for one in page.model.columns] == ["finished", "finished"]
    assert FACTS["anna.txt"] not in sent(asking, 0)
    assert "77310" not in sent(asking, 0)
    column = page.model.columns[1]
    (number,) = passages_sent(column.result)
    passage = column.spec.knowledge.passages[number]
    assert passage.text in sent(asking, 1)
    assert asking.view(0).decision.sources is None
    button = asking.view(1).findChild(QPushButton, f"source-{number}")
    name = column.spec.knowledge.documents[passage.document].name
    assert name in button.text()
    assert not page.passage.isVisibleTo(page)
    asking.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.passage.isVisibleTo(page)
    assert name in page.passage.heading.text()
    assert passage.text in page.passage.text.toPlainText()
    asking.qtbot.mouseClick(page.passage.close_button, Qt.MouseButton.LeftButton)
    assert not page.passage.isVisibleTo(page)


def test_without_a_column_made_for_it_every_column_reads(asking: Driver, files: list[Path]) -> None:
    drop(asking, files)
    asking.choose("zero-shot", "zero-shot-cot")
    assert asking.page.prompt.documents.readers.text() == "Read by every column."
    asking.run()
    for place in (0, 1):
        assert "The key of Ben is 77310." in sent(asking, place)


def test_a_chip_tells_the_rank_of_its_own_item(asking: Driver, files: list[Path]) -> None:
    drop(asking, files)
    asking.run()
    column = next(one for one in asking.page.model.columns if passages_sent(one.result))
    first, second = passages_sent(column.result)
    found = ((), (FoundPassage(second), FoundPassage(first)))  # of item 0 none, of item 1 both
    variants = tuple(replace(one, knowledge=None) for one in column.spec.variants)
    spec = replace(
        column.spec, variants=variants, knowledge=replace(column.spec.knowledge, found=found)
    )
    sources = PassageSources(asking.page)
    sources.show_column(replace(column, spec=spec, key=replace(column.key, item=1)))
    assert "Rank 2" in sources.buttons[first].toolTip()
    assert "Rank 1" in sources.buttons[second].toolTip()


def test_a_document_that_cannot_be_read_is_told_and_nothing_is_lost(
    asking: Driver, files: list[Path], tmp_path: Path
) -> None:
    page, section = asking.page, asking.page.prompt.documents
    asking.run()
    before = list(page.model.columns)
    bad = tmp_path / "scan.txt"
    bad.write_bytes(bytes(64))
    drop(asking, [files[0], bad])
    asking.run()
    assert page.model.columns == before
    assert "scan.txt" in section.note.message.text()
    assert not page.model.running
    assert not section.note.isHidden()
    asking.qtbot.mouseClick(section.sources.chips[str(bad)], Qt.MouseButton.LeftButton)
    assert section.note.isHidden()
    asking.run()
    assert page.model.columns[-1].state == "finished"
    assert "Anna" in sent(asking, 1)


def test_what_was_wrong_with_documents_is_not_said_of_the_next_run(
    asking: Driver, files: list[Path]
) -> None:
    note = asking.page.prompt.documents.note
    drop(asking, files)
    text = files[0].read_text(encoding="utf-8")
    files[0].unlink()
    asking.run()
    assert not note.isHidden()
    files[0].write_text(text, encoding="utf-8")
    asking.run()
    assert note.isHidden()
    assert asking.page.model.columns[-1].state == "finished"


def test_stop_ends_the_search_and_asks_nothing(asking: Driver, files: list[Path]) -> None:
    page = asking.page
    drop(asking, files)
    with asking.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        assert page.model.run()
        page.model.stop()
    assert page.model.columns == []
    assert not page.model.running


def test_a_pasted_text_is_a_document_and_can_be_taken_away(asking: Driver) -> None:
    section = asking.page.prompt.documents
    asking.qtbot.mouseClick(section.heading, Qt.MouseButton.LeftButton)
    asking.qtbot.mouseClick(section.sources.paste, Qt.MouseButton.LeftButton)
    asking.qtbot.keyClicks(section.sources.field, "The key of Ben is 5.")
    asking.qtbot.mouseClick(section.sources.add, Qt.MouseButton.LeftButton)
    assert list(section.sources.chips) == ["text:Pasted text"]
    asking.run()
    assert "The key of Ben is 5." in sent(asking, 1)
    asking.qtbot.mouseClick(section.sources.chips["text:Pasted text"], Qt.MouseButton.LeftButton)
    assert not asking.page.model.setup.documents
    asking.choose("retrieved-knowledge")
    asking.run()
    (column,) = asking.page.model.columns
    assert "needs documents" in column.error.message


def test_asking_a_column_again_looks_nothing_up(asking: Driver, files: list[Path]) -> None:
    drop(asking, files)
    asking.run()
    column = asking.page.model.columns[1]
    before, ids = sent(asking, 1), column.result.prompt_ids
    for path in files:
        path.unlink()
    with asking.qtbot.waitSignal(asking.page.model.finished, timeout=RUN_MS):
        asking.qtbot.mouseClick(asking.view(1).rerun_button, Qt.MouseButton.LeftButton)
    assert (sent(asking, 1), column.result.prompt_ids) == (before, ids)
    assert column.state == "finished"


def test_the_session_keeps_the_documents(asking: Driver, files: list[Path]) -> None:
    drop(asking, files)
    asking.page.prompt.documents.rank.setCurrentIndex(1)
    setup = asking.page.model.setup
    assert setup.documents.rank == "bm25"
    assert CompareSetup.from_plain(setup.to_plain()) == setup
    plain = setup.to_plain()
    del plain["documents"]
    assert CompareSetup.from_plain(plain).documents == DocumentChoice()


def test_a_report_of_columns_with_and_without_documents_has_the_sources(
    asking: Driver, files: list[Path]
) -> None:
    from engine.store.export import markdown

    asking.run()
    asking.page.model.set_pinned(asking.page.model.columns[0].uid, True)
    drop(asking, files)
    asking.choose("retrieved-knowledge")
    asking.run()
    spec, result = report_of(asking.page.model.columns)
    text = markdown.render(spec, result)
    knowing = asking.page.model.columns[1]
    number = passages_sent(knowing.result)[0]
    assert knowing.spec.knowledge.source(number).split(",")[0] in text
    assert "Passages in it:" in text


def test_the_sample_with_documents_shows_what_knowledge_does(
    bench: Application, driver: Driver
) -> None:
    driver.choose("zero-shot", "few-shot")
    bench.services.actions.action("compare.documents-sample").trigger()
    documents = driver.page.model.setup.documents
    chosen = [one.uid for one in driver.page.model.setup.chosen()]
    assert chosen == ["zero-shot", "retrieved-knowledge"]  # no example is there to show
    state = driver.page.model.prompt.state
    assert sum(state.expected in one.text for one in documents.texts) == 1
    assert len(driver.page.prompt.documents.sources.chips) == len(documents.texts)


def test_a_stored_run_comes_back_with_its_passages_and_documents(
    bench: Application, asking: Driver, files: list[Path]
) -> None:
    page = asking.page
    drop(asking, files)
    page.prompt.documents.passages.setValue(1)
    asking.run()
    before, number = sent(asking, 1), passages_sent(page.model.columns[1].result)[0]
    (run_id,) = {place.run_id for place in page.model.places.values()}
    for path in files:
        path.unlink()
    page.model.clear()
    page.model.set_setup(page.model.setup.with_documents(DocumentChoice()))
    given: list[OpenedRun] = []
    with asking.qtbot.waitSignal(page.model.columns_changed, timeout=RUN_MS):

        def open_it(found: OpenedRun) -> None:
            given.append(found)
            bench.services.desk.lay("compare", found)

        bench.services.project.ask(partial(opened_run, run_id=run_id), open_it)
    assert sent(asking, 1) == before
    assert set(page.prompt.documents.sources.chips) == {str(path) for path in files}
    button = asking.view(1).findChild(QPushButton, f"source-{number}")
    asking.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.passage.text.toPlainText().replace("\n", "") in "".join(FACTS.values()).replace(
        "\n", ""
    )


def test_why_takes_the_passages_for_a_part_of_the_prompt(asking: Driver, files: list[Path]) -> None:
    drop(asking, files)
    asking.run()
    case = case_of_columns(asking.page.model.columns)
    assert case is not None
    plain, knowing = case.compare.variants
    assert plain.prompt is None
    assert "The key of Ben is 77310." in knowing.prompt.context
    assert knowing.technique == "zero-shot"
