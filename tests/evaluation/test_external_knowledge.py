"""Passages of documents in a comparison: planted facts, the window, what is stored and said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.api import Engine
from engine.cli import app
from engine.commands.compare_documents import DocumentSearch
from engine.context.documents.planted import found, plant
from engine.context.documents_spec import DocumentOptions, DocumentText
from engine.context.knowledge import given_to, search_spec
from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.external import fewer_text, passages_sent, written_out
from engine.evaluation.plan import messages_for
from engine.evaluation.spec import CellKey, CompareSpec, Variant
from engine.evaluation.statistics.wilson import wilson
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.prompting.elements import Example, Item, PromptElements
from engine.prompting.knowledge import Knowledge
from engine.store.details import result_of
from engine.store.export import html, markdown
from engine.store.export.json import document, read
from engine.store.project import Project

CPU = LoadOptions(device="cpu", dtype="float32")
WORDS = {"en": "Read the text and answer.", "zh": "阅读文本并回答。"}
SHORT = Sampling(max_new_tokens=16)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = Engine(Paths.below(tmp_path_factory.mktemp("home")))
    yield engine
    assert engine.close(30)


def asking(planted, language="en", model="teach-rope", techniques=("retrieved-knowledge",), **more):
    return CompareSpec(
        models=(ModelRef(model, options=CPU),),
        prompt=PromptElements(instruction=WORDS[language], input="{{question}}", language=language),
        variants=tuple(map(Variant, techniques)),
        items=tuple(
            Item(str(at), {"question": fact.question}, fact.answer)
            for at, fact in enumerate(planted.facts)
        ),
        sampling=SHORT,
        extraction=("last-number",),
        **more,
    )


def informed(engine, spec, texts, **options):
    search = search_spec(spec, (), texts, DocumentOptions(**{"top": 2, **options}))
    return given_to(spec, engine.submit(search).result(120))


def text_of(cell):
    return "".join(part.text for part in cell.sent)


@pytest.mark.parametrize("model", ["teach-rope", "teach-alibi"])
def test_a_planted_fact_is_sent_and_answered_with_documents_and_neither_without(engine, model):
    techniques = ("zero-shot", "retrieved-knowledge")
    right, guessed, n = 0, 0, 0
    for language in ("en", "zh"):
        planted = plant(language, 12, 6, 20, 300)
        spec = asking(planted, language, model, techniques)
        spec = informed(engine, spec, planted.texts, rank="bm25")
        cells = {cell.key: cell for cell in engine.submit(spec).result(300).cells}
        for at, fact in enumerate(planted.facts):
            plain, knowing = (cells[CellKey(variant=v, item=at)] for v in (0, 1))
            assert plain.error is None
            assert knowing.error is None
            assert fact.answer not in text_of(plain)
            assert fact.answer in text_of(knowing)
            sent = [spec.knowledge.passages[number] for number in passages_sent(knowing)]
            assert {one.document for one in sent} >= {fact.document}
            for one in sent:
                whole = planted.texts[one.document].text
                assert whole[one.start : one.end] == one.text
                assert whole[: one.start].endswith(one.before)
                assert whole[one.end :].startswith(one.after)
                assert one.text in text_of(knowing)
            right += found(knowing.generation.text, fact.answer)
            guessed += found(plain.generation.text, fact.answer)
            n += 1
    assert right / n >= 0.9, f"{right} of {n}, 95 % interval {wilson(right, n)}"
    assert guessed == 0


def test_every_column_reads_where_none_is_made_for_it(engine):
    planted = plant("en", 6, 1, 10, 7)
    techniques = ("zero-shot", "generated-knowledge", "two-stage", "self-consistency")
    spec = informed(engine, asking(planted, techniques=techniques), planted.texts, rank="bm25")
    assert spec.knowledge.everywhere
    for cell in engine.submit(spec).result(300).cells:
        assert passages_sent(cell)
        assert planted.facts[0].answer in text_of(cell)


def test_fewer_passages_are_sent_where_the_window_has_no_room_and_it_is_said(engine):
    planted = plant("en", 8, 1, 30, 9)
    spec = asking(planted, techniques=("retrieved-knowledge",))
    shots = tuple(Example(f"The sky is blue. {n}", "blue") for n in range(4))
    spec = replace(
        spec,
        prompt=replace(spec.prompt, examples=shots),
        variants=(Variant("retrieved-knowledge", base="few-shot"), Variant("zero-shot")),
    )
    spec = informed(engine, spec, planted.texts, top=6, chunk_tokens=60, rank="hybrid")
    few, none = engine.submit(spec).result(120).cells
    ranked = [one.passage for one in spec.knowledge.of_item(0)]
    sent = passages_sent(few)
    assert few.error is None
    assert 0 < len(sent) < len(ranked) == 6
    assert set(sent) == set(ranked[: len(sent)])
    assert list(sent) == sorted(sent)
    assert fewer_text(spec, few) == f"{len(sent)} of 6 passages that were found fit the window."
    assert (passages_sent(none), fewer_text(spec, none)) == ((), None)


def test_a_stored_run_shows_and_repeats_what_was_sent_after_the_documents_are_gone(tmp_path):
    planted = plant("en", 4, 1, 10, 11)
    for one in planted.texts:
        (tmp_path / one.name).write_text(one.text, encoding="utf-8")
    files = tuple(str(tmp_path / one.name) for one in planted.texts)
    project = Project.open(tmp_path / "run.lathe")
    engine = Engine(Paths.below(tmp_path / "home"), project=project)
    try:
        spec = asking(planted, techniques=("zero-shot", "retrieved-knowledge"))
        knowledge = engine.submit(search_spec(spec, files)).result(120)
        spec = given_to(spec, knowledge)
        run = engine.submit(spec).result(120)
        for path in files:
            (tmp_path / path).unlink()
        stored, result = result_of(project, run.run_id)
        assert stored == decode(encode(spec)) == spec
        assert [cell.sent for cell in result.cells] == [cell.sent for cell in run.cells]
        assert [passages_sent(cell) for cell in result.cells] == [
            passages_sent(cell) for cell in run.cells
        ]
        again = engine.submit(replace(stored, only=(CellKey(variant=1),), batch_size=1)).result(60)
        assert again.cells[0].prompt_ids == run.cells[1].prompt_ids
    finally:
        assert engine.close(30)
        project.close()
    source = spec.knowledge.source(passages_sent(run.cells[1])[0])
    assert source.startswith(tuple(one.name for one in planted.texts))
    for text in (markdown.render(spec, run), html.render(spec, run)):
        assert source in text
    read_spec, read_result = read(json.dumps(json.loads(_document(spec, run))))
    assert read_spec == spec
    assert passages_sent(read_result.cells[1]) == passages_sent(run.cells[1])


def _document(spec, run):
    import msgspec

    return msgspec.json.encode(document(spec, run))


def test_braces_of_a_document_stay_and_a_prompt_can_be_written_out(engine):
    text = "The key of Anna is 4821. {{ no variable }} {% nothing %}"
    planted = plant("en", 1, 1, 1, 1)
    spec = asking(planted, techniques=("zero-shot", "retrieved-knowledge"))
    spec = replace(
        spec,
        prompt=replace(spec.prompt, input="What is the key of Anna?"),
        items=(Item(expected="4821"),),
    )
    spec = informed(engine, spec, (DocumentText("a", text),))
    knowing = engine.submit(spec).result(60).cells[1]
    assert text in text_of(knowing)
    plain = written_out(spec, knowing)
    assert messages_for(plain, knowing.key) == messages_for(spec, knowing.key)
    assert plain.variants[1].technique == "zero-shot"
    assert plain.variants[1].label == "retrieved-knowledge"


def test_without_documents_only_the_column_that_needs_them_fails(engine):
    planted = plant("en", 1, 1, 1, 1)
    spec = asking(planted, techniques=("zero-shot", "retrieved-knowledge"))
    plain, lost = engine.submit(spec).result(60).cells
    assert plain.error is None
    assert "needs documents" in lost.error.message


def test_a_document_that_cannot_be_read_is_named(engine, tmp_path):
    bad = tmp_path / "scan.txt"
    bad.write_bytes(b"\0\1\2\3" * 40)
    spec = asking(plant("en", 1, 1, 1, 1))
    with pytest.raises(JobFailed, match=r"scan\.txt"):
        engine.submit(search_spec(spec, (str(bad),))).result(60)


def test_specs_of_before_have_no_knowledge():
    plain = json.loads(encode(CompareSpec()))
    assert plain["spec"].pop("knowledge") is not None
    assert plain["spec"]["variants"][0].pop("knowledge", None) is None
    assert decode(json.dumps(plain)) == CompareSpec()
    assert not Knowledge()


def test_the_command_takes_documents(tmp_path):
    planted = plant("en", 4, 1, 12, 21)
    for one in planted.texts:
        (tmp_path / one.name).write_text(one.text, encoding="utf-8")
    fact, names = planted.facts[0], [str(tmp_path / one.name) for one in planted.texts]
    line = ["compare", f"--instruction={WORDS['en']}", f"--input={fact.question}"]
    line += [f"--expected={fact.answer}", "--extract=last-number", "--passages=2", "--json"]
    line += ["--max-tokens=16", "--techniques=zero-shot,retrieved-knowledge", "--documents"]
    said = CliRunner().invoke(app, [*line, *names])
    assert said.exit_code == 0, said.output
    plain, knowing = json.loads(said.stdout)["cells"]
    assert (plain["correct"], knowing["correct"]) == (False, True)
    passages = [one for one in knowing["stages"] if one["kind"] == "passage"]
    assert any(fact.answer in one["value"] for one in passages)
    assert 0 < len(passages) <= 2
    refused = CliRunner().invoke(app, ["compare", "--input=What?", "some.txt"])
    assert refused.exit_code == 2
    assert "--documents" in refused.output
    missing = CliRunner().invoke(app, [*line, str(tmp_path / "none.txt")])
    assert missing.exit_code == 2
    assert "none.txt" in missing.output


def test_the_command_names_the_option_that_is_outside_its_range():
    for most, fine in ((0, False), (1, True), (100, True), (101, False)):
        search = DocumentSearch(files=(Path("a.txt"),), passages=most)
        if fine:
            search.check()
            continue
        with pytest.raises(BadSpec, match="“--passages”") as told:
            search.check()
        assert told.value.hint == "Choose between 1 and 100."
