"""`lathe extract`: values, spans and figures of a log."""

from __future__ import annotations

import json
import logging

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.evaluation.extractors.registry import TEXT_RULES


def lathe(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [
        {"id": "a", "output": "3 + 4 = 7. The answer is 7.", "target": "7", "n": 1},
        {"id": "b", "output": "The answer is $18.00.", "target": "steps\n#### 18", "n": 2},
        {"id": "c", "output": "答案是１８。", "target": "17", "n": 3},
        {"id": "d", "output": None, "target": "1", "n": 4},
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\ufeff" + text + "\n\n", encoding="utf-8")
    return path


def test_values_and_spans_of_one_rule(log):
    done = lathe("extract", "--rule", "last-answer", log, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    rows = found["rows"]
    assert [row["value"] for row in rows] == ["7", "18", "18", None]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    outputs = [json.loads(line)["output"] for line in log.read_text("utf-8-sig").split("\n")[:4]]
    for row, output in zip(rows[:3], outputs, strict=False):
        start, end = row["span"]
        assert output[start:end] == row["text"]
    assert rows[3]["span"] is None
    assert found["summary"]["last-answer"] == {"n": 4, "invalid": 1, "invalid_rate": 0.25}
    assert rows[0]["correct"] is None


def test_an_expected_field_adds_the_accuracy(log):
    done = lathe("extract", "--rule", "last-answer", "--expected", "target", log, "--json")
    found = json.loads(done.stdout)
    assert [row["correct"] for row in found["rows"]] == [True, True, False, False]
    figures = found["summary"]["last-answer"]
    assert figures["accuracy"] == 0.5
    assert figures["wilson"]["low"] == pytest.approx(0.1500, abs=1e-4)
    assert figures["wilson"]["high"] == pytest.approx(0.8500, abs=1e-4)


def test_all_rules_and_those_that_need_a_run(log):
    done = lathe("extract", "--rule", "all", log, "--json")
    found = json.loads(done.stdout)
    assert found["rules"] == list(TEXT_RULES)
    assert set(found["rows"][0]["found"]) == set(TEXT_RULES)
    assert set(found["needs_a_run"]) == {"two-stage", "label-likelihood"}
    shown = lathe("extract", "--rule", "all", log, "--expected", "target")
    assert "gsm8k-strict" in shown.stdout
    assert "asks the model a second time" in shown.stdout


def test_other_fields_dotted_paths_and_patterns(tmp_path):
    path = tmp_path / "resps.jsonl"
    path.write_text('{"resps": [["x <a>４</a>"]], "doc": {"answer": 4}}\n', encoding="utf-8")
    done = lathe(
        "extract", "--rule", "regex:<a>(.*?)</a>", "--field", "resps.0.0",
        "--expected", "doc.answer", path, "--json",
    )  # fmt: skip
    row = json.loads(done.stdout)["rows"][0]
    assert (row["value"], row["span"], row["correct"]) == ("4", [5, 6], True)


def test_the_printed_rows_and_the_summary_alone(log):
    done = lathe("extract", "--rule", "last-number", log, "--expected", "target")
    assert "1: 7" in done.stdout
    assert "nothing found" in done.stdout
    assert "Only the first" not in done.stdout
    brief = lathe("extract", "--rule", "last-number", log, "--summary", "--json")
    assert "rows" not in json.loads(brief.stdout)


def test_rows_that_are_not_shown_are_counted(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text("".join(f'{{"output": "The answer is {n}."}}\n' for n in range(30)))
    done = lathe("extract", "--rule", "last-number", path)
    shown = [line for line in done.stdout.splitlines() if line.partition(":")[0].isdigit()]
    assert f"Only the first {len(shown)} of 30 rows are shown" in done.stdout
    assert 0 < len(shown) < 30
    whole = lathe("extract", "--rule", "last-number", path, "--summary")
    assert "Only the first" not in whole.stdout


def test_a_table_without_rows_is_told(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("output,target\n")
    done = lathe("extract", "--rule", "exact", path)
    assert done.exit_code == 2
    assert "has a header and no rows" in done.stderr


def test_warnings_go_to_the_log_file(tmp_path, monkeypatch, log):
    monkeypatch.setenv("LATHE_HOME", str(tmp_path / "home"))
    lathe("extract", "--rule", "exact", log)
    lathe("extract", "--rule", "exact", log)  # a second command of the process logs once
    assert not list((tmp_path / "home").rglob("*.log"))
    logging.getLogger("transformers.tokenizer").warning("Token indices are long.")
    (file,) = (tmp_path / "home").rglob("*.log")
    assert file.read_text().count("Token indices are long.") == 1


def test_other_tables_and_chinese_encodings(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes("output,target\n答案是十八。,18\n".encode("gb18030"))
    done = lathe("extract", "--rule", "last-answer", path, "--expected", "target", "--json")
    assert json.loads(done.stdout)["rows"][0]["correct"] is True


def test_a_long_log_is_read_line_by_line(tmp_path):
    """Rows leave before the last line is read: a broken end costs nothing before it."""
    path = tmp_path / "long.jsonl"
    path.write_text('{"output": "The answer is 1."}\n' * 3000 + "{broken\n")
    done = lathe("extract", "--rule", "last-answer", path, "--json")
    assert done.exit_code == 2
    assert done.stdout.count('"value":"1"') == 3000
    assert "Line 3001" in done.stderr


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ('{"output": "x"}\n', ("--rule", "none-such"), "none-such"),
        ('{"output": "x"}\n', ("--rule", "regex:("), "cannot be read"),
        ('{"output": "x"}\n', ("--rule", "two-stage"), "asks the model again"),
        ('{"text": "x"}\n', ("--rule", "exact"), "no field “output”; it has text"),
        ("[1]\n", ("--rule", "exact"), "Line 1 of “log.jsonl” is no JSON object"),
        ("\n", ("--rule", "exact"), "is empty"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_printed(tmp_path, text, options, said):
    path = tmp_path / "log.jsonl"
    path.write_text(text)
    done = lathe("extract", *options, path, "--json")
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_pattern_that_takes_too_long_names_its_line(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"output": "a" * 60 + "b"}) + "\n")
    done = lathe("extract", "--rule", "regex:(?:a|aa)+$", path, "--json")
    assert done.exit_code == 2
    assert "Line 1" in done.stderr
    assert "took longer" in done.stderr
