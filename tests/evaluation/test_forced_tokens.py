"""What was put there to ask for the answer counts nowhere, and holds no answer."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import pytest

from engine.decoding.records import Generation, TokenRecord, with_forced
from engine.evaluation.rescoring import read_by
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellKey, CompareResult, Stage
from engine.evaluation.summary import summarise
from engine.evaluation.voting import weight_of
from engine.store.details import details_of
from engine.store.export import csv as csv_export
from engine.store.export import html, jsonl, promptfoo
from engine.store.export import json as json_export
from engine.store.project import Project
from tests.support.cells import answered, comparison

STEPS, LEAD = ("3 and", " 4 make 7."), ("\nTherefore, the", " answer is")
OPTIONS = "\nAmong A through E, the answer is"


def said(answer: tuple[str, ...], steps=STEPS, lead=LEAD) -> Generation:
    """An answer whose chosen tokens have −0.5 and whose forced ones −8."""
    words = (*steps, *lead, *answer)
    first, end = len(steps), len(steps) + len(lead)
    tokens = tuple(
        TokenRecord(n, word, -8.0 if first <= n < end else -0.5, 1.0, ())
        for n, word in enumerate(words)
    )
    return with_forced(
        Generation("".join(words), tokens, "stop-token", 3, 1, 10.0, 110.0, 2), first, end
    )


def cell(answer: tuple[str, ...] = (" 7", ".")):
    generation = said(answer)
    steps = replace(generation, text="3 and 4 make 7.", tokens=generation.tokens[:2])
    found = extract("last-answer", generation.text, "7", generation.lead)
    return replace(
        answered(CellKey()),
        expected="7",
        generation=generation,
        extractions=(found,),
        stages=(Stage("steps", generation=replace(steps, forced=(0, 0), lead=(0, 0))),),
    )


def test_the_span_is_known_in_tokens_and_in_characters():
    generation = said((" 7", "."))
    assert generation.forced == (2, 4)
    start, end = generation.lead
    assert generation.text[start:end] == "".join(LEAD)
    assert [token.text for token in generation.chosen] == [*STEPS, " 7", "."]
    cut = with_forced(replace(said((" 7",)), text="3 and"), 2, 99)
    assert (cut.forced, cut.lead) == ((2, 5), (5, 5))


def test_means_and_counts_are_those_of_the_chosen_tokens():
    generation = said((" 7", "."))
    assert generation.mean_logprob == pytest.approx(-0.5)
    assert weight_of(generation) == pytest.approx(math.exp(-0.5))
    assert replace(generation, forced=(0, 6)).mean_logprob is None
    assert weight_of(replace(generation, forced=(0, 6))) == 0.0
    spec, _ = comparison()
    (figures,) = summarise(spec, (cell(),))
    assert (figures.new_tokens, figures.mean_logprob) == (4, pytest.approx(-0.5))


@pytest.mark.parametrize(
    ("rule", "answer", "value"),
    [
        ("last-answer", " 18 apples.", "18 apples"),
        ("last-number", " 18.", "18"),
        ("gsm8k-flexible", " 18.", "18"),
        ("exact", " 18. ", "18."),
        ("regex:[0-9]+", " 18.", "18"),
        ("yes-no", " no.", "no"),
        ("last-answer", " 18. So the answer is 20.", "20"),
        ("first-answer", " 18. So the answer is 20.", "18"),
    ],
)
def test_rules_read_behind_the_sentence_that_asks(rule, answer, value):
    generation = said((answer,), steps=("Yes, 3 and 4 make 7. The answer is 7.",))
    found = extract(rule, generation.text, None, generation.lead)
    assert found.value == value
    assert found.start >= generation.lead[1]
    shown = generation.text[found.start : found.end].casefold()
    assert value in shown


@pytest.mark.parametrize(
    "rule", ["last-answer", "first-answer", "last-number", "gsm8k-flexible", "yes-no", "exact",
             "option-letter", "gsm8k-strict", "regex:[0-9A-E]+"],
)  # fmt: skip
@pytest.mark.parametrize("steps", ["3 and 4 make 7.", "Yes. (B) #### 7. The answer is 7"])
@pytest.mark.parametrize("answer", ["", " ", "\n"])
def test_an_empty_answer_is_invalid_whatever_the_steps_say(rule, steps, answer):
    generation = said((answer,), steps=(steps,), lead=(OPTIONS,))
    for truth in ("7", "yes", "B"):
        found = extract(rule, generation.text, truth, generation.lead)
        assert (found.value, found.correct) == (None, False)


def test_rules_that_are_tried_later_read_the_same_part():
    empty = cell(("",))
    assert empty.extractions[0].value is None
    read = read_by(empty, ("last-number", "exact"))
    assert [found.value for found in read.extractions] == [None, None, None]
    assert read_by(cell(), ("last-number",)).extractions[1].value == "7"


def test_files_keep_the_span_and_count_without_it(tmp_path):
    spec, _ = comparison()
    cells = (cell(),)
    result = CompareResult("run1", cells, summarise(spec, cells), 1.25)
    for export in (json_export, jsonl):
        again = export.read(export.render(spec, result))[1]
        assert again.cells == cells
    (row,) = csv.DictReader(io.StringIO(csv_export.render(spec, result)))
    assert (row["new_tokens"], float(row["mean_logprob"])) == ("4", pytest.approx(-0.5))
    (one,) = promptfoo.document(spec, result)["results"]["results"]
    assert one["response"]["logProbs"] == [-0.5] * 4
    assert one["tokenUsage"]["completion"] == 4
    page = html.render(spec, result)
    assert '<span class="tpl">\nTherefore, the answer is</span>' in page
    assert "4 new" in page


def test_a_file_of_before_the_span_was_known_is_read(tmp_path):
    spec, result = comparison()
    text = json_export.render(spec, result)
    old = text.replace('"forced": [', '"was": [').replace('"lead": [', '"once": [')
    assert old != text
    assert json_export.read(old)[1].cells == result.cells


def test_the_project_keeps_the_span(tmp_path):
    spec, _ = comparison()
    with Project.open(tmp_path / "p.lathe") as project:
        run = project.begin_run(spec, 2)
        project.save_cell(run, cell())
        project.save_cell(run, answered(CellKey(variant=1)))
        project.finish_run(run, "finished")
        assert project.load_run(run)[1] == (cell(), answered(CellKey(variant=1)))
        bare = project.load_run(run, tokens=False)[1][0]
        assert (bare.generation.tokens, bare.generation.lead) == ((), cell().generation.lead)
        assert bare.answer_stage
        (figures, _) = details_of(project, run).summaries
        assert (figures.new_tokens, figures.mean_logprob) == (4, pytest.approx(-0.5))
        project.save_cell(run, cell())  # asked again: replaces all that belonged to it
        project.delete([run])
        project.empty_bin(-1.0)
        assert project.read(lambda c: c.execute("SELECT count(*) FROM forced").fetchone()[0]) == 0
