"""Documents on the page “Context”: choosing them, asking, and where the answers come from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from engine.context.documents_spec import (
    SCENARIOS,
    AnswerToken,
    Citation,
    DocumentsResult,
    Passage,
    Source,
    Step,
    TokenCounts,
)
from engine.evaluation.spec import Provenance
from engine.jobs.events import Cancelled, Finished, Partial
from tests.support.qt import delete_deferred
from tests.workbench.compare.fake_jobs import FakeJobs
from tests.workbench.context.conftest import Driver
from workbench.viewmodels.context_documents import DocumentsModel, FlowRun
from workbench.viewmodels.document_samples import sample
from workbench.viewmodels.documents_choice import DocumentsChoice
from workbench.viewmodels.pasted_texts import KEPT_CHARS
from workbench.views.context.steps_text import StepsText
from workbench.widgets.passage_view import around
from workbench.widgets.tinted_text import Stretch, TintedText

WHERE = Provenance("m", "r", (), "cpu", "float32", "none", "sdpa", 1, 0, "fixed", {})
TEXTS = ("Anna has a cat. It is black.", "Ben has a dog. It is white.")


def result(flow: str, won: tuple[int, ...] = (), cited: tuple[int, ...] = ()) -> DocumentsResult:
    """An answer of one token per winner, over two documents of two passages each."""
    passages = tuple(
        Passage(2 * n + half, n, 0 if not half else 16, 15 if not half else len(text), 5, "", 0,
                text[:15] if not half else text[16:])
        for n, text in enumerate(TEXTS) for half in (0, 1)
    )  # fmt: skip
    tokens = tuple(AnswerToken(n, f" w{n}", -0.5, at, 0.1, 2) for n, at in enumerate(won))
    return DocumentsResult(
        "m", flow, "why", "".join(t.text for t in tokens), tokens,
        tuple(Source(f"doc {n}", "", "x", len(text), 12) for n, text in enumerate(TEXTS)),
        passages, tuple(Citation(n, 1.0 / (place + 1), place + 1, 0)
                        for place, n in enumerate(cited)),
        (), TokenCounts(64, 24, 4, 40, 30, len(won), 44), (), 0.5, 1.0, WHERE,
    )  # fmt: skip


@pytest.fixture
def asking(driver: Driver) -> Driver:
    driver.topic("documents")
    return driver


def test_documents_are_typed_dropped_and_removed(asking: Driver, tmp_path: Path) -> None:
    view, documents = asking.page.documents, asking.model.documents
    asking.click(asking.find(QPushButton, "documents-paste"))
    field = asking.find(QPlainTextEdit, "documents-text")
    asking.qtbot.keyClicks(field, "Anna has a cat.")
    asking.click(asking.find(QPushButton, "documents-add"))
    assert [one.text for one in documents.choice.texts] == ["Anna has a cat."]
    good, bad = tmp_path / "notes.md", tmp_path / "picture.png"
    good.write_text("# Notes\n\nBen has a dog.", encoding="utf-8")
    bad.write_bytes(b"\x89PNG")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(good)), QUrl.fromLocalFile(str(bad))])
    view.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    assert documents.choice.files == (str(good),)
    assert set(view.sources.chips) == {str(good), "text:Pasted text"}
    asking.click(view.sources.chips[str(good)])
    assert documents.choice.files == ()
    assert set(view.sources.chips) == {"text:Pasted text"}


def test_every_pasted_text_has_a_name_of_its_own(qapp) -> None:
    documents = DocumentsModel(FakeJobs())
    for text in ("a", "b", "c"):
        documents.add_text("Text", text)
    documents.remove_text("Text 2")
    for text in ("d", "e"):
        documents.add_text("Text", text)
    assert {one.name: one.text for one in documents.choice.texts} == {
        "Text": "a", "Text 3": "c", "Text 2": "d", "Text 4": "e",
    }  # fmt: skip
    documents.remove_text("Text 3")
    assert [one.text for one in documents.choice.texts] == ["a", "d", "e"]


def test_the_session_keeps_short_texts_and_says_which_it_does_not(asking: Driver) -> None:
    documents, chips = asking.model.documents, asking.page.documents.sources.chips
    for name, length in (("short", 10), ("long", KEPT_CHARS), ("rest", KEPT_CHARS - 10)):
        documents.add_text(name, "x" * length)
    stored = asking.page.save_state()["documents"]
    assert [one.name for one in DocumentsChoice.from_plain(stored).texts] == ["short", "rest"]
    assert len(documents.choice.texts) == 3
    told = {name: "save it as a file" in chips[f"text:{name}"].toolTip()
            for name in ("short", "long", "rest")}  # fmt: skip
    assert told == {"short": False, "long": True, "rest": False}
    documents.remove_text("short")
    documents.remove_text("rest")
    assert "save it as a file" not in chips["text:long"].toolTip()
    assert [one.name for one in documents.choice.kept()] == ["long"]


def test_no_document_is_said_in_words(asking: Driver) -> None:
    asking.write("documents-question", "Who?")
    report = asking.page.documents.line.report()
    assert report is not None
    assert report.message == "There is no document."


def test_the_sample_is_asked_in_several_ways(asking: Driver) -> None:
    view, documents = asking.page.documents, asking.model.documents
    asking.number("documents-answer", "6")
    begin = view.empty.findChild(QPushButton)
    asking.until(documents.ended, lambda: asking.click(begin))
    assert view.line.report() is None
    assert list(documents.runs) == ["truncate", "retrieval", "nbce"]
    for flow, run in documents.runs.items():
        assert run.state == "done", run.error
        column = view.columns[flow]
        assert run.result is not None
        written = "".join(s.text for s in column.answer.stretches() if not s.dim)
        assert written == "".join(token.text for token in run.tokens)
        assert f"{run.result.counts.read:,}" in column.cost.text()
    rows = view.table.rows()
    assert len(rows) == 3
    assert rows[1].cells[2].value == documents.runs["retrieval"].result.counts.read


def test_answers_to_an_earlier_question_say_so(asking: Driver) -> None:
    view, documents = asking.page.documents, asking.model.documents
    documents.set_choice(replace(sample("en"), question="Where is the red key?"))
    documents.asked = documents.choice
    documents.runs = {"retrieval": FlowRun("retrieval", "done", result=result("retrieval"))}
    documents.changed.emit()
    assert not view.outdated.isVisibleTo(asking.page)
    documents.set_choice(replace(documents.choice, question="Who owns it?"))
    assert view.outdated.isVisibleTo(asking.page)
    assert "Where is the red key?" in view.outdated.text()
    documents.undo_stack.undo()
    assert not view.outdated.isVisibleTo(asking.page)
    documents.add_text("More", "Ben has a dog.")
    assert view.outdated.isVisibleTo(asking.page)


def test_a_citation_leads_to_its_passage(asking: Driver) -> None:
    view, documents = asking.page.documents, asking.model.documents
    documents.runs = {
        "retrieval": FlowRun("retrieval", "done", result=result("retrieval", (-1,), (2, 1)))
    }
    documents.changed.emit()
    column = view.columns["retrieval"]
    assert [button.objectName() for button in column.buttons] == ["passage-2", "passage-1"]
    assert not view.passage.isVisibleTo(asking.page)
    asking.click(column.buttons[0])
    assert view.passage.isVisibleTo(asking.page)
    shown = asking.find(TintedText, "passage-text")
    marked = [one.text for one in shown.stretches() if one.tint is not None]
    assert marked == ["Ben has a dog. "[:15]]
    assert view.passage.heading.text().startswith("doc 1, characters 0")
    asking.click(view.passage.close_button)
    assert not view.passage.isVisibleTo(asking.page)


def test_tokens_have_the_colour_of_the_passage_that_won(asking: Driver) -> None:
    view, documents = asking.page.documents, asking.model.documents
    won = (1, 1, 3, -1, 1)
    documents.runs = {"nbce": FlowRun("nbce", "done", result("nbce", won).tokens,
                                      result=result("nbce", won))}  # fmt: skip
    documents.changed.emit()
    column = view.columns["nbce"]
    words = [one for one in column.answer.stretches() if not one.dim]
    from workbench.widgets.tones import current_tones

    tints = [one.tint(current_tones()).name() if one.tint else "" for one in words]
    assert tints[0] == tints[1] == tints[4] != tints[2]
    assert tints[3] == ""
    counts = Counter(one for one in won if one >= 0)
    assert f"{counts[1]} of 5 tokens" in column.buttons[0].text()
    assert "doc 0" in words[0].tip
    figures = [one.text for one in column.answer.stretches() if one.dim]
    assert figures == ["¹", "²", "¹"]  # never colour alone
    column.answer.clicked.emit(0)
    assert "doc 0" in view.passage.heading.text()


def test_what_is_finished_stays_as_it_stands_while_another_way_answers(
    asking: Driver, qtbot: QtBot
) -> None:
    view, jobs = asking.page.documents, FakeJobs()
    documents = asking.model.documents
    documents._job._jobs = jobs
    documents.set_choice(replace(sample("en"), flows=("retrieval", "nbce")))
    documents.start(sample_model())
    jobs.last.send(Finished(job_id="0", result=result("retrieval", (-1,), (2, 1))))
    jobs.last.send(Partial(job_id="1", value=AnswerToken(1, "one", -0.1, 3)))
    qtbot.waitUntil(lambda: "one" in view.columns["nbce"].answer.toPlainText())
    finished, streaming = view.columns["retrieval"], view.columns["nbce"].answer
    button, row = finished.buttons[0], view.table.rows()[0]
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(documents.changed):
        for text in (" two", " three", " four"):
            jobs.last.send(Partial(job_id="1", value=AnswerToken(2, text, -0.1, 3)))
    assert streaming.toPlainText() == "one two three four¹"
    assert finished.buttons[0] is button
    assert view.table.rows()[0] is row
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert view.passage.isVisibleTo(asking.page)  # the click is not lost


def test_tokens_that_come_together_are_told_once(qapp, qtbot: QtBot) -> None:
    jobs = FakeJobs()
    documents = DocumentsModel(jobs)
    documents.set_choice(replace(sample("en"), flows=("truncate",)))
    documents.start(sample_model())
    told: list[int] = []
    documents.changed.connect(lambda: told.append(len(documents.runs["truncate"].tokens)))
    with qtbot.waitSignal(documents.changed):
        for number in range(5):
            jobs.last.send(Partial(job_id="0", value=AnswerToken(number, "a", -0.1)))
        assert told == []
    assert told == [5]


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_a_growing_text_reads_as_if_it_were_written_anew(qapp, line: str) -> None:
    grown, anew = TintedText(), TintedText()
    steps = (("a", "¹"), ("a", " b😀" + line, "²"), ("a", " b😀" + line, " c", "²"), ("x",), ())
    for step in steps:
        stretches = [Stretch(text, dim=text in "¹²") for text in step]
        grown.follow(stretches)
        anew.set_stretches(stretches)
        assert grown.toPlainText() == anew.toPlainText()
        assert grown.toPlainText() == "".join(step).replace("\r\n", "\n")
        assert grown.stretches() == anew.stretches() == tuple(stretches)
        assert grown.tip_at(3) == anew.tip_at(3)


def test_ways_run_one_after_another_and_stop_keeps_the_finished(qapp) -> None:
    jobs = FakeJobs()
    documents = DocumentsModel(jobs)
    documents.set_choice(replace(sample("en"), flows=("truncate", "retrieval", "nbce")))
    assert documents.start(sample_model())
    assert [job.spec.flow for job in jobs.jobs] == ["truncate"]
    jobs.last.send(Partial(job_id="0", value=AnswerToken(1, "yes", -0.1)))
    assert documents.runs["truncate"].tokens[0].text == "yes"
    jobs.last.send(Finished(job_id="0", result=result("truncate", (-1,))))
    assert [job.spec.flow for job in jobs.jobs] == ["truncate", "retrieval"]
    documents.stop()
    assert jobs.last.cancelled
    jobs.last.send(Cancelled(job_id="1"))
    assert [run.state for run in documents.runs.values()] == ["done", "stopped", "stopped"]
    assert not documents.running
    assert len(jobs.jobs) == 2


def test_a_document_is_put_together_from_overlapping_passages() -> None:
    text = "abcdefghij"
    own = [
        Passage(0, 0, 0, 4, 4, "", 0, text[0:4]),
        Passage(1, 0, 2, 7, 5, "", 0, text[2:7]),
        Passage(2, 0, 6, 10, 4, "", 0, text[6:10]),
    ]
    for number in range(3):
        stretches, before = around(own, number)
        assert "".join(one.text for one in stretches) == text
        marked = next(one for one in stretches if one.tint is not None)
        assert marked.text == own[number].text
        assert before == own[number].start


def test_the_sample_needs_more_than_the_window() -> None:
    for language in ("en", "zh"):
        choice = sample(language)
        assert len(choice.texts) == 6
        named = [t for t in choice.texts if any(c.isdigit() for c in t.text)]
        assert len(named) == 6
        person = choice.question.removeprefix("What is the key of ").split("?")[0].split("的")[0]
        assert sum(person in t.text for t in choice.texts) == 1


def test_a_sample_over_the_persons_own_is_undone(asking: Driver) -> None:
    documents = asking.model.documents
    documents.add_text("Mine", "My cat is black.")
    question = asking.find(QLineEdit, "documents-question")
    asking.qtbot.keyClicks(question, "Who is black?")
    mine = documents.choice
    assert mine.question == "Who is black?"
    asking.click(asking.find(QPushButton, "documents-sample"))
    assert len(documents.choice.texts) == 6
    asking.qtbot.keyClick(question, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert documents.choice == mine
    assert question.text() == mine.question
    assert asking.page.undo_stack() is documents.undo_stack
    asking.qtbot.keyClick(question, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert documents.choice.question == "", "a typed question is one step"
    assert [one.name for one in documents.choice.texts] == ["Mine"]
    documents.stop()
    asking.qtbot.waitUntil(lambda: not documents.running, timeout=60_000)


def test_advice_keeps_documents_and_question_and_can_be_undone(asking: Driver) -> None:
    documents = asking.model.documents
    documents.add_text("Mine", "My cat is black.")
    before = documents.choice
    asking.page.panel.advised.emit("long-summary")
    assert documents.choice.texts == before.texts
    assert documents.choice.flows == ("truncate", "map-reduce")
    asking.page.panel.advised.emit("novel")
    assert documents.choice.flows == ("long-output",)
    documents.undo_stack.undo()
    documents.undo_stack.undo()
    assert documents.choice == before


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_scene_has_a_sample_that_can_be_asked(qapp, scenario, language) -> None:
    jobs = FakeJobs()
    documents = DocumentsModel(jobs)
    documents.advise(sample(language, scenario).flows[-1], scenario)
    documents.set_choice(sample(language, scenario))
    assert documents.choice.scenario == scenario
    assert documents.start(sample_model())
    spec = jobs.last.spec
    spec.check()
    chinese = any("\u4e00" <= one <= "\u9fff" for one in spec.question + "".join(
        text.text for text in spec.texts))  # fmt: skip
    assert chinese == (language == "zh")


def test_steps_stand_wave_by_wave_and_lead_to_their_passages(qtbot: QtBot) -> None:
    steps = (
        *(Step(n, "map", 0, (n,), (), f"part {n}", 50, 4) for n in range(3)),
        Step(3, "collapse", 1, (0, 1), (0, 1), "both", 20, 3),
        Step(4, "reduce", 0, (0, 1, 2), (2, 3), "all", 20, 3, sinks=7, resumed=True),
    )
    text = StepsText()
    qtbot.addWidget(text)
    text.show_steps(steps)
    lines = text.toPlainText().splitlines()
    assert "3" in lines[0]  # a batch of three
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert "← 1–2" in lines[5]
    assert "← 3–4" in lines[7]
    wanted: list[int] = []
    text.passage_wanted.connect(wanted.append)
    text.clicked.emit(0)
    text.clicked.emit(2)
    assert wanted == [1]
    assert "7" in text.stretches()[-1].tip


def sample_model():
    from engine.models.reference import ModelRef

    return ModelRef()


def test_columns_of_other_ways_go(asking: Driver, qtbot: QtBot) -> None:
    view, documents = asking.page.documents, asking.model.documents
    for flow in ("retrieval", "nbce", "retrieval"):
        before = [*view.columns.values()]
        documents.runs = {flow: FlowRun(flow, "done", result=result(flow, (1, -1), (2, 1)))}
        documents.changed.emit()
        QTest.qWait(0)
        asking.page.grab()
        delete_deferred()
        assert not any(isValid(column) for column in before)
    assert list(view.columns) == ["retrieval"]
