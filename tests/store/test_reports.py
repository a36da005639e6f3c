"""Reports: lossless where promised, escaped everywhere, environment always there."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from engine.errors import BadSpec, DataError
from engine.store.export import csv as csv_report
from engine.store.export import html as html_report
from engine.store.export import json as json_report
from engine.store.export import markdown
from engine.store.export.registry import FORMATS, export, format_for
from tests.support.cells import comparison

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


def test_an_unknown_suffix_is_named(tmp_path):
    with pytest.raises(BadSpec, match="report"):
        format_for(tmp_path / "report.pdf")
