"""Reports: lossless where promised, escaped everywhere, environment always there."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from engine.errors import BadSpec, DataError
from engine.evaluation.datasets.asserts import Assert, AssertSet, written
from engine.evaluation.spec import Extraction, Stage, Vote
from engine.evaluation.summary import summarise
from engine.store.export import csv as csv_report
from engine.store.export import html as html_report
from engine.store.export import json as json_report
from engine.store.export import jsonl, markdown, promptfoo
from engine.store.export.registry import FORMATS, export, format_for
from tests.support.cells import answered, comparison

NASTY = '</span><script>alert("x")</script> & `````\n# no heading | "quoted", 中文\t=1+1'


def test_json_gives_the_comparison_back():
    spec, result = comparison("The answer is 4.", NASTY)
    text = json_report.render(spec, result)
    assert json_report.read(text) == (spec, result)


def test_json_shows_figures_texts_tokens_and_timings_at_once():
    data = json.loads(json_report.render(*comparison()))
    assert data["summaries"][0]["technique"] == "zero-shot"
    assert data["summaries"][0]["accuracy"] == 1.0
    cell = data["cells"][0]
    assert cell["text"] == "The answer is 4."
    assert cell["tokens"][0]["logprob"] == -0.25
    assert cell["timings"]["tokens_per_second"] == pytest.approx(1 / 0.04)
    assert data["cells"][1]["error"]["message"] == "The prompt is empty."


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other"}', '{"format": "lathe-compare"}'])
def test_other_json_is_refused(text):
    with pytest.raises(DataError):
        json_report.read(text)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def test_html_is_escaped_self_contained_and_tinted():
    spec, result = comparison(NASTY)
    page = html_report.render(spec, result)
    reader = _Reader()
    reader.feed(page)
    assert "script" not in reader.tags
    assert NASTY in reader.text
    assert not [value for name, value in reader.attributes if name in ("src", "href")]
    assert "http" not in page.replace("http-equiv", "")
    tints = [value for name, value in reader.attributes if name == "style"]
    assert len(tints) == 2
    assert all("--heat" in tint for tint in tints)
    hints = [value for name, value in reader.attributes if name == "title"]
    assert all("77.9 %" in hint for hint in hints)  # exp(-0.25)


def test_markdown_cannot_be_broken_out_of():
    page = markdown.render(*comparison(NASTY))
    fence = "`" * 6
    block = page.split(f"{fence}text\n")[1].split(f"\n{fence}")[0]
    assert block == NASTY
    outside = "".join(part.split(f"\n{fence}")[-1] for part in page.split(f"{fence}text\n"))
    assert "script" not in outside


def test_csv_has_one_row_for_each_cell_and_rule():
    spec, result = comparison("The answer is 4.", NASTY)
    rows = list(csv.DictReader(io.StringIO(csv_report.render(spec, result), newline="")))
    assert len(rows) == 2 * 2 + 2
    assert {row["rule"] for row in rows if row["text"]} == {"last-answer", "exact"}
    assert rows[2]["text"] == NASTY
    assert rows[0]["correct"] == "1"
    assert rows[-1]["error"].startswith("The prompt is empty.")


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_report_carries_environment_seed_and_rules(tmp_path, suffix):
    spec, result = comparison()
    path = tmp_path / f"report{suffix}"
    export(path, spec, result)
    text = path.read_text("utf-8")
    for fact in (
        "float32",
        "sdpa",
        "2.13.0",
        "f00d",
        "last-answer",
        "greedy: no noise",
        "pruned 50",
    ):
        assert fact in text.replace("\\", "")


def voted(texts=("The answer is 4.", "No.", "The answer is 5.")):
    """Two columns over three items; the first has two samples, a stage and a vote each."""
    spec, result = comparison(*texts)
    spec = replace(spec, variants=(replace(spec.variants[0], samples=2), replace(spec.variants[1])))
    cells = []
    for cell in result.cells:
        if cell.key.variant == 1:
            right = cell.key.item == 0
            found = (Extraction("last-answer", "4", 0, 1, right),)
            cells.append(replace(answered(cell.key), extractions=found))
            continue
        stage = Stage("steps", 0, cell.sent, (7, 8), cell.generation, value="4", count=2)
        cells.append(replace(cell, stages=(stage,)))
        cells.append(replace(cell, key=replace(cell.key, sample=1)))
    votes = tuple(
        Vote(0, 0, item, "v0", f"i{item}", "last-answer", winner=NASTY, counts={NASTY: 2, "5": 1},
             weights={NASTY: 1.5}, agreement=0.5, samples=3, invalid=1, correct=True)
        for item in range(3)
    )  # fmt: skip
    cells = tuple(cells)
    return spec, replace(result, cells=cells, votes=votes, summaries=summarise(spec, cells, votes))


def test_json_lines_give_everything_back():
    spec, result = voted(("The answer is 4.", NASTY, "\u2028 \x85 \r\n"))
    text = jsonl.render(spec, result)
    assert jsonl.read(text) == (spec, result)
    assert jsonl.read(text.encode()) == (spec, result)
    kinds = [json.loads(line)["line"] for line in text.split("\n")[:-1]]
    assert kinds == ["run"] + ["cell"] * 9 + ["vote"] * 3
    assert json_report.read(json_report.render(spec, result)) == (spec, result)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "lathe-run", "version": 9}'])
def test_other_lines_are_refused(text):
    with pytest.raises(DataError):
        jsonl.read(text)


def test_promptfoo_gets_columns_as_prompts_and_samples_as_tests():
    spec, result = voted()
    data = json.loads(promptfoo.render(spec, result))
    summary = data["results"]
    assert summary["version"] == 3
    assert [(one["label"], one["provider"]) for one in summary["prompts"]] == [
        ("v0", "teach-rope"),
        ("v1", "teach-rope"),
    ]
    rows = summary["results"]
    assert len({(row["promptIdx"], row["testIdx"]) for row in rows}) == len(rows) == 9
    first = rows[0]
    assert first["vars"] == {"q": "2+2?"}
    assert first["response"]["output"] == "The answer is 4."
    assert first["response"]["tokenUsage"]["completion"] == 2
    assert first["testCase"]["assert"][0] == {
        "type": "equals",
        "value": "4",
        "metric": "last-answer",
    }
    assert [row["success"] for row in rows if row["promptIdx"] == 1] == [True, False, False]
    assert [row["failureReason"] for row in rows if row["promptIdx"] == 1] == [0, 1, 1]
    assert summary["stats"]["failures"] == 2
    assert summary["stats"]["successes"] + summary["stats"]["errors"] == 7
    failures = json.loads(promptfoo.render(*comparison()))["results"]
    assert failures["results"][1]["failureReason"] == 2
    assert failures["stats"]["errors"] == 1
    assert failures["prompts"][1]["metrics"]["testErrorCount"] == 1


def test_promptfoo_gets_no_score_where_none_is_known_and_no_dropped_sample():
    spec, result = voted()
    cells = list(result.cells)
    stopped = replace(cells[0].generation, finish="cancelled")
    unknown = tuple(replace(one, correct=None) for one in cells[1].extractions)
    cells[0] = replace(cells[0], generation=stopped)
    cells[1] = replace(cells[1], extractions=unknown)
    data = json.loads(promptfoo.render(spec, replace(result, cells=tuple(cells))))["results"]
    assert len(data["results"]) == len(cells) - 1
    row = data["results"][0]
    assert (row["success"], row["score"], row["failureReason"]) == (None, None, 0)
    assert row["namedScores"] == {}
    assert row["gradingResult"]["score"] is None
    named = data["prompts"][0]["metrics"]
    counted = named["testPassCount"] + named["testFailCount"] + named["testErrorCount"]
    assert counted == sum(row["promptIdx"] == 0 for row in data["results"]) - 1
    without = replace(spec, extraction=())
    assert json.loads(promptfoo.render(without, result))["results"]["results"]


def test_promptfoo_gets_the_checks_of_an_item_as_its_own():
    spec, result = comparison("The answer is 4.")
    checks = AssertSet(
        (
            Assert("contains-any", ("4",)),
            Assert("icontains", ("no",), negated=True),
            Assert("is-json", (), negated=True),
        )
    )
    item = replace(spec.items[0], expected=written(checks))
    spec = replace(spec, items=(item, *spec.items[1:]), extraction=("asserts",))
    case = json.loads(promptfoo.render(spec, result))["config"]["tests"][0]
    assert [(one["type"], one.get("value")) for one in case["assert"]] == [
        ("contains-any", ["4"]),
        ("not-icontains", "no"),
        ("not-is-json", None),
    ]


@pytest.mark.parametrize("report", [html_report, markdown], ids=["html", "markdown"])
def test_a_set_shows_its_statistics_votes_and_stages(report):
    page = report.render(*voted())
    assert "What it shows" in page
    assert "95 % CI" in page
    assert "steps 1" in page
    assert "wins with 2 of 3" in page
    assert "sample 2" in page
    assert "<script>" not in page.replace("\\<script\\>", "")
    assert "What it shows" not in report.render(*comparison())


def test_csv_carries_the_vote_of_each_item():
    rows = list(csv.DictReader(io.StringIO(csv_report.render(*voted()), newline="")))
    first = [row for row in rows if row["variant"] == "v0"]
    assert {row["vote_winner"] for row in first} == {NASTY}
    assert {row["vote_correct"] for row in first} == {"1"}
    assert {row["vote_winner"] for row in rows if row["variant"] == "v1"} == {""}


def test_a_long_run_is_written_without_a_span_for_each_token(monkeypatch):
    monkeypatch.setattr(html_report, "MOST_TINTED", 1)
    spec, result = comparison(NASTY)
    reader = _Reader()
    page = html_report.render(spec, result)
    reader.feed(page)
    assert NASTY in reader.text
    assert "tinted" not in page


def test_the_longer_suffix_counts(tmp_path):
    assert format_for(tmp_path / "a.promptfoo.json").name == "promptfoo"
    assert format_for(tmp_path / "a.json").name == "JSON"
    assert format_for(tmp_path / "A.JSONL").name == "JSON lines"


def test_an_unknown_suffix_is_named(tmp_path):
    with pytest.raises(BadSpec, match="report"):
        format_for(tmp_path / "report.pdf")
