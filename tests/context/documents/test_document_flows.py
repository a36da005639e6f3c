"""Flows on models: batches, joining that ends, order, resuming, planted facts, the command."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from engine.api import Engine
from engine.cli import app
from engine.context.documents.advisor import advise
from engine.context.documents.index_store import unkept_note
from engine.context.documents.ledger import unkept_steps
from engine.context.documents.planted import found, plant
from engine.context.documents_spec import (
    AnswerToken,
    DocumentOptions,
    DocumentsResult,
    DocumentsSpec,
    DocumentText,
    Step,
)
from engine.context.passages_spec import PassagesSpec
from engine.errors import BadSpec, JobCancelled
from engine.evaluation.statistics.wilson import wilson
from engine.jobs.events import Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.store.project import Project
from tests.support.encoder_folders import sentence_folder
from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny

CPU = LoadOptions(device="cpu", dtype="float32")
ROPE = ModelRef("teach-rope", options=CPU)
PLANTED = plant("en", 12, 2, 20, 100)
SHORT = DocumentOptions(max_new_tokens=16)
WIDE = 448
"""Tokens of a window that a tokenizer of bytes does not fill with the request alone."""


@pytest.fixture(scope="module")
def engine():
    engine = Engine()
    yield engine
    engine.close()


def asked(engine, heard=None, **values):
    spec = DocumentsSpec(**{"model": ROPE, "options": SHORT, **values})
    result = engine.submit(spec, heard).result(300)
    assert isinstance(result, DocumentsResult)
    return result


@pytest.mark.parametrize("flow", ["retrieval", "nbce"])
def test_planted_facts_are_found_beyond_the_window_and_not_in_its_beginning(engine, flow):
    right, floor, n, window = 0, 0, 0, 0
    for language in ("en", "zh"):
        for seed in range(6):
            planted = plant(language, 12, 2, 20, 100 + seed)
            fact = planted.facts[0]
            common = {"texts": planted.texts, "question": fact.question, "language": language}
            options = DocumentOptions(max_new_tokens=16, top=2)
            result = asked(engine, flow=flow, options=options, **common)
            assert result.counts.documents > 2 * result.counts.window
            assert result.counts.longest <= result.counts.window
            right += found(result.answer, fact.answer)
            if flow == "retrieval":
                cited = [result.passages[one.passage] for one in result.citations]
                assert any(fact.answer in one.text for one in cited)
                floor += found(asked(engine, flow="truncate", **common).answer, fact.answer)
            n, window = n + 1, result.counts.window
    assert right / n >= 0.9, f"{right} of {n}, 95 % interval {wilson(right, n)}, window {window}"
    assert floor / n <= 0.5


def test_tokens_of_nbce_name_the_document_that_won(engine):
    heard = []

    def listen(event):
        if isinstance(event, Partial):
            heard.append(event.value)

    fact = PLANTED.facts[0]
    result = asked(engine, listen, texts=PLANTED.texts, question=fact.question, flow="nbce")
    assert fact.answer in result.answer
    said = {}
    for token in result.tokens:
        if token.passage >= 0 and any(letter.isdigit() for letter in token.text):
            source = result.passages[token.passage].source
            said[source] = said.get(source, "") + token.text
    assert said == {fact.document: fact.answer}
    assert [one for one in heard if isinstance(one, AnswerToken)] == list(result.tokens)
    assert tuple(one for one in heard if isinstance(one, Step)) == result.steps


def test_passages_lead_back_to_their_characters(engine, tmp_path):
    texts = {one.name: one.text for one in PLANTED.texts}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = tuple(str(tmp_path / name) for name in texts)
    result = asked(engine, files=files, question=PLANTED.facts[0].question, flow="retrieval")
    assert result.citations
    for one in result.passages:
        source = result.sources[one.source]
        assert texts[source.name][one.start : one.end] == one.text
    assert [one.tokens for one in result.sources] != []
    assert result.steps[0].stage == "retrieve"
    assert set(result.steps[1].passages) == {one.passage for one in result.citations}


def test_the_answer_to_one_batch_is_the_answer_to_each_passage_alone(engine):
    texts = PLANTED.texts[:4]
    options = DocumentOptions(max_new_tokens=12, window=192)
    whole = asked(engine, texts=texts, flow="map-reduce", options=options)
    mapped = [step for step in whole.steps if step.stage == "map"]
    assert len(mapped) == len(whole.passages) >= 4
    for step in mapped:
        (number,) = step.passages
        text = DocumentText("one", whole.passages[number].text)
        alone = asked(engine, texts=(text,), flow="map-reduce", options=options)
        assert alone.answer == step.text
    last = whole.steps[-1]
    assert last.stage == "reduce"
    assert whole.answer == last.text
    assert set(last.passages) == set(range(len(whole.passages)))


def test_joining_stops_when_results_do_not_shrink(engine):
    """Answers of 32 tokens in a window of 128 cannot be joined by fours: each wave must shrink."""
    options = DocumentOptions(max_new_tokens=32, window=128, chunk_tokens=20, rounds=20)
    text = " ".join(one.text for one in PLANTED.texts[:3])
    result = asked(engine, texts=(DocumentText("a", text),), flow="map-reduce", options=options)
    sizes = {}
    for step in result.steps:
        key = (step.stage, step.wave)
        sizes[key] = sizes.get(key, 0) + step.new_tokens
    waves = [size for (stage, _), size in sizes.items() if stage == "collapse"]
    assert waves, "the results of so many passages must not fit at once"
    assert len(waves) <= 20
    assert result.steps[-1].stage == "reduce"
    assert result.counts.longest <= 128


def test_refine_reads_every_passage_in_order_with_the_answer_so_far(engine):
    options = DocumentOptions(max_new_tokens=16, window=192)
    result = asked(engine, texts=PLANTED.texts[:3], flow="refine", options=options)
    steps = result.steps
    assert [step.passages for step in steps] == [(at,) for at in range(len(result.passages))]
    assert [step.inputs for step in steps] == [(), *((at,) for at in range(len(steps) - 1))]
    assert "".join(token.text for token in result.tokens).strip() == steps[-1].text
    assert result.counts.longest <= 192


@pytest.mark.parametrize("flow", ["refine", "long-output"])
def test_stopped_work_goes_on_where_it_was_and_ends_the_same(tmp_path, flow):
    options = DocumentOptions(max_new_tokens=8, window=192, sections=3, section_tokens=12)
    spec = DocumentsSpec(
        model=ROPE, texts=PLANTED.texts[:2], question="Tell it.", flow=flow, options=options
    )
    with Project.open(tmp_path / "a.lathe") as project:
        engine = Engine(project=project)
        try:
            steps = []

            def stop(event):
                if isinstance(event, Partial) and isinstance(event.value, Step):
                    steps.append(event.value)
                    if len(steps) == 3:
                        job.cancel()

            job = engine.submit(spec, stop)
            with pytest.raises(JobCancelled):
                job.result(300)
            resumed = engine.submit(spec).result(300)
            again = engine.submit(spec).result(300)
        finally:
            engine.close()
    assert [step.resumed for step in resumed.steps[:4]] == [True, True, True, False]
    assert [step.text for step in resumed.steps[:3]] == [step.text for step in steps[:3]]
    assert resumed.answer == again.answer
    assert not any(step.resumed for step in again.steps), "finished work is not taken for new work"


def test_a_full_disk_ends_no_answer(engine, tmp_path):
    options = DocumentOptions(max_new_tokens=8, window=192)
    values = {"texts": PLANTED.texts[:1], "question": "Tell it.", "flow": "refine"}
    with Project.open(tmp_path / "a.lathe") as project:
        project.read(lambda c: c.execute("PRAGMA max_page_count=1").fetchone())
        full = Engine(project=project)
        try:
            result = asked(full, options=options, **values)
        finally:
            full.close()
    assert result.notes[:2] == (unkept_note(), unkept_steps())
    assert result.answer == asked(engine, options=options, **values).answer


def test_a_long_output_has_every_section_and_stays_in_the_window(engine):
    options = DocumentOptions(window=192, sections=5, section_tokens=48)
    result = asked(engine, question="A story about Anna.", flow="long-output", options=options)
    assert result.answer.count("## ") == 5
    stages = [step.stage for step in result.steps]
    assert stages == ["outline", *["section", "summary"] * 4, "section"]
    assert result.counts.longest <= 192
    assert result.sources == ()


@pytest.fixture(scope="module")
def chatterers(tmp_path_factory):
    """Models that never end by themselves: the teaching models say little without a text."""
    folders = {}
    for family in ("llama", "bloom"):
        folder = tmp_path_factory.mktemp("models") / family
        save_tiny(family, folder, chat_template=CHAT_TEMPLATE)
        for name in ("config.json", "generation_config.json"):
            if (folder / name).exists():
                plain = json.loads((folder / name).read_text(encoding="utf-8"))
                plain["eos_token_id"] = 3
                (folder / name).write_text(json.dumps(plain), encoding="utf-8")
        folders[family] = ModelRef(str(folder), options=CPU)
    return folders


@pytest.mark.parametrize("family", ["llama", "bloom"])
def test_a_section_may_be_longer_than_the_window(engine, chatterers, family):
    heard = []

    def listen(event):
        if isinstance(event, Partial) and isinstance(event.value, AnswerToken):
            heard.append(event.value)

    options = DocumentOptions(window=WIDE, sections=2, section_tokens=WIDE + 40)
    result = asked(
        engine, listen, model=chatterers[family], question="Anna.", flow="long-output",
        options=options,
    )  # fmt: skip
    sections = [step for step in result.steps if step.stage == "section"]
    past = [step for step in sections if step.new_tokens > WIDE]
    assert past, [step.new_tokens for step in sections]
    for step in past:
        assert 0 < step.sinks <= step.prompt_tokens < WIDE
    assert result.counts.longest <= WIDE
    assert any("went past the window" in note for note in result.notes)
    assert list(result.tokens) == heard
    assert "".join(token.text for token in heard).split() == result.answer.split()


def test_killed_work_goes_on_where_it_was(tmp_path, chatterers):
    """A process that is killed in the middle of a section; the next one writes the rest."""
    line = ["extend", "documents", "--flow", "long-output", "-q", "Anna.", "--json"]
    line += ["--model", chatterers["llama"].id, "--dtype", "float32", "--window", str(WIDE)]
    line += ["--sections", "3", "--section-tokens", str(WIDE + 40)]
    whole = CliRunner().invoke(app, line)
    assert whole.exit_code == 0, whole.output
    line += ["--project", str(tmp_path / "a.lathe")]
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *line],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    seen = []
    for said in process.stderr:
        seen.append(said)
        if "section:" in said:
            process.kill()
            break
    process.stderr.close()
    assert process.wait() != 0, seen
    again = CliRunner().invoke(app, line)
    assert again.exit_code == 0, again.output
    resumed = json.loads(again.stdout)
    assert [step["resumed"] for step in resumed["steps"][:2]] == [True, True]
    assert not resumed["steps"][-1]["resumed"]
    assert resumed["answer"] == json.loads(whole.stdout)["answer"]
    assert "".join(one["text"] for one in resumed["tokens"]).split() == resumed["answer"].split()


def test_passages_alone_are_a_context_for_any_prompt(engine):
    fact = PLANTED.facts[1]
    spec = PassagesSpec(model=ROPE, question=fact.question, texts=PLANTED.texts)
    result = engine.submit(spec).result(300)
    best = result.passages[result.of_item(0)[0].passage]
    assert fact.answer in best.text
    assert best.document == fact.document
    assert best.text == PLANTED.texts[fact.document].text[best.start : best.end]
    assert [one.score for one in result.of_item(0)] == sorted(
        (one.score for one in result.of_item(0)), reverse=True
    )
    assert result.indexed > len(result.passages) == spec.options.top
    with pytest.raises(BadSpec):
        PassagesSpec(question=" ", texts=PLANTED.texts).check()


def test_an_encoder_folder_is_used_and_named_when_it_is_none(engine, tmp_path):
    folder = sentence_folder(tmp_path / "encoder")
    question = PLANTED.facts[0].question
    for _ in range(2):  # the second time it is there already
        options = DocumentOptions(max_new_tokens=8, encoder=str(folder), rank="embeddings")
        result = asked(engine, texts=PLANTED.texts, question=question, options=options)
        assert [one.by_meaning for one in result.citations] == sorted(
            one.by_meaning for one in result.citations
        )
    options = DocumentOptions(encoder=str(tmp_path / "none"))
    with pytest.raises(JobFailed, match="none"):
        asked(engine, texts=PLANTED.texts, question=question, options=options)


def test_a_text_that_fits_is_read_whole(engine):
    fact = PLANTED.facts[0]
    text = PLANTED.texts[fact.document]
    result = asked(engine, texts=(text,), question=fact.question)
    assert result.flow == "whole"
    assert found(result.answer, fact.answer)
    assert len(result.steps) == 1


@pytest.mark.parametrize(
    ("scenario", "question", "tokens", "flow"),
    [
        ("", "Who?", 900, "whole"),
        ("", "Who?", 9000, "retrieval"),
        ("", "", 9000, "map-reduce"),
        ("dqa", "Who?", 5000, "nbce"),
        ("dqa", "Who?", 500_000, "retrieval"),
        ("few-shot", "", 5000, "map-reduce"),
        ("multi-turn", "Who?", 5000, "retrieval"),
        ("novel", "A novel.", 100, "long-output"),
    ],
)
def test_the_advisor_gives_a_reason(scenario, question, tokens, flow):
    advice = advise(scenario, question, tokens, 1000)
    assert advice.flow == flow
    assert advice.reason


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"flow": "whole", "question": "Who?"}, "Choose another flow"),
        ({"flow": "retrieval", "question": "Who? " * 400}, "leaves 0 of"),
        ({"options": DocumentOptions(window=4096), "question": "Who?"}, "wider than"),
    ],
)
def test_what_cannot_be_asked_says_why(engine, values, said):
    with pytest.raises(JobFailed, match=said):
        asked(engine, texts=PLANTED.texts, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"flow": "retrieval", "texts": PLANTED.texts},
        {"question": "Who?"},
        {"question": "Who?", "texts": PLANTED.texts, "options": DocumentOptions(top=0)},
        {"question": "Who?", "texts": PLANTED.texts, "options": DocumentOptions(window=3)},
    ],
)
def test_a_spec_that_asks_nothing_is_refused(values):
    with pytest.raises(BadSpec):
        DocumentsSpec(**values).check()


def test_a_spec_survives_json():
    spec = DocumentsSpec(question="Who?", texts=PLANTED.texts, scenario="dqa", flow="nbce")
    assert decode(encode(spec)) == spec


def test_the_command_prints_answer_provenance_steps_and_counts(tmp_path):
    fact = PLANTED.facts[0]
    for one in PLANTED.texts:
        (tmp_path / one.name).write_text(one.text, encoding="utf-8")
    files = [str(tmp_path / one.name) for one in PLANTED.texts]
    line = ["extend", "documents", "--flow", "nbce", "--question", fact.question, "--json", *files]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert fact.answer in printed["answer"]
    assert {"flow", "reason", "tokens", "citations", "steps", "counts", "provenance"} <= set(
        printed
    )
    won = {token["passage"] for token in printed["tokens"] if token["passage"] >= 0}
    sources = {printed["passages"][at]["source"] for at in won}
    assert sources == {fact.document}


def test_the_command_says_what_is_wrong_with_a_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    done = CliRunner().invoke(app, ["extend", "documents", "-q", "Who?", str(tmp_path / "a.txt")])
    assert done.exit_code == 2
    assert "a.txt" in done.stderr
