"""`lathe compare` as a person calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import decode, encode
from engine.store.export.json import read
from engine.store.project import Project
from tests.support.tiny_models import save_tiny

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_tiny("llama", folder)
    return str(folder)


def lathe(*arguments, text=None):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)], input=text)


def ask(tiny, *arguments):
    """A comparison with the options that all tests share."""
    return lathe("--model", tiny, "--dtype", "float32", "--max-tokens", 6, *arguments)


def test_json_is_pure_and_holds_accuracy_texts_tokens_and_timings(tiny):
    result = ask(
        tiny, "--task", "code", "--items", 3, "--techniques", "zero-shot,few-shot", "--json"
    )
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert [(row["technique"], row["n"]) for row in data["summaries"]] == [
        ("zero-shot", 3),
        ("few-shot", 3),
    ]
    assert all(row["accuracy"] == 0 for row in data["summaries"])
    assert len(data["cells"]) == 6
    for cell in data["cells"]:
        assert len(cell["tokens"]) == 6
        assert all(token["logprob"] < 0 for token in cell["tokens"])
        assert all(len(token["top"]) == 5 for token in cell["tokens"])
        assert cell["timings"]["total_ms"] >= cell["timings"]["first_token_ms"] > 0
        assert cell["provenance"]["dtype"] == "float32"
        assert cell["expected"]
    spec, comparison = read(result.stdout)
    assert isinstance(spec, CompareSpec)
    assert comparison.cells[0].generation.text == data["cells"][0]["text"]


def test_the_same_call_gives_the_same_tokens_again(tiny):
    call = (
        "--input",
        "2+2?",
        "--techniques",
        "zero-shot",
        "--temperature",
        1,
        "--samples",
        2,
        "--json",
    )
    first, second = (json.loads(ask(tiny, *call).stdout) for _ in range(2))
    tokens = [[t["id"] for t in cell["tokens"]] for cell in first["cells"]]
    assert tokens == [[t["id"] for t in cell["tokens"]] for cell in second["cells"]]
    assert tokens[0] != tokens[1]


def test_the_table_names_techniques_and_every_answer(tiny):
    result = ask(tiny, "--instruction", "Add.", "--input", "{{q}}", "--var", "q=2+2",
                 "--expected", "4", "--techniques", "zero-shot,zero-shot-cot")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stdout.count("item 0") == 2
    assert "zero-shot-cot" in result.stdout


def test_reports_and_project_are_written(tiny, tmp_path):
    paths = [tmp_path / f"r{suffix}" for suffix in (".html", ".md", ".json", ".csv")]
    outs = [argument for path in paths for argument in ("--out", path)]
    project = tmp_path / "p.lathe"
    result = ask(tiny, "--input", "2+2?", "--techniques", "zero-shot", "--project", project, *outs)
    assert result.exit_code == 0, result.output
    assert all(path.stat().st_size > 200 for path in paths)
    with Project.open(project) as opened:
        (run,) = opened.runs()
        assert (run.status, run.cells) == ("finished", 1)


def test_prompt_files_items_and_examples(tiny, tmp_path):
    prompt = tmp_path / "p.prompt.md"
    prompt.write_text("# instruction\nAdd.\n# input\n{{q}}\n", "utf-8")
    items = tmp_path / "i.csv"
    items.write_text("id,q,answer\na,1+1,2\nb,2+2,4\n", "utf-8")
    examples = tmp_path / "e.csv"
    examples.write_text("input,output\n3+3,6\n", "utf-8")
    result = ask(tiny, "--prompt-file", prompt, "--items", items, "--examples", examples,
                 "--techniques", "few-shot", "--json")  # fmt: skip
    data = json.loads(result.stdout)
    assert [cell["item_id"] for cell in data["cells"]] == ["a", "b"]
    assert "".join(part["text"] for part in data["cells"][1]["sent"]).count("Q: ") == 2
    assert [cell["expected"] for cell in data["cells"]] == ["2", "4"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to compare"),
        (("--task", "astrology"), "no task “astrology”"),
        (("--task", "code", "--items", "many"), "no number"),
        (("--task", "code", "--input", "x"), "brings its own prompt"),
        (("--input", "x", "--techniques", "magic"), "no technique “magic”"),
        (("--input", "x", "--temperature", "-1"), "temperature"),
        (("--input", "x", "--extract", "guess"), "no extraction rule"),
        (("--input", "x", "--dtype", "float7"), "--dtype float7"),
        (("--input", "x", "--language", "fr"), "--language fr"),
        (("--input", "x", "--out", "r.pdf"), "report"),
        (("--input", "x", "--var", "q"), "--var q"),
        (("--input", "x", "--item", "{"), "--item"),
        (("--prompt-file", "nowhere.md"), "cannot be read"),
        (("--input", "x", "--examples", "nowhere.csv"), "cannot be read"),
        (("--spec", "nowhere.json"), "cannot be read"),
        (("--input", " ", "--techniques", "zero-shot"), "prompt is empty"),
        (("--input", "{{q}}", "--techniques", "zero-shot"), "{{q}}"),
    ],
)
def test_bad_input_is_one_sentence_a_next_step_and_code_two(tiny, arguments, said):
    result = ask(tiny, *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout.count("Traceback") == 0


def test_a_missing_model_is_a_failure(tmp_path):
    result = lathe("--input", "x", "--model", tmp_path / "nothing", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "nothing" in result.stderr


def test_the_help_has_no_double_negation():
    result = lathe("--help")
    assert "--no-calibration" in result.output
    assert "--no-no-" not in result.output


def test_a_failing_column_blocks_no_other(tiny):
    result = ask(tiny, "--input", "x", "--techniques", "zero-shot,few-shot")
    assert result.exit_code != 0
    assert "needs examples" in result.stderr


def test_a_saved_spec_runs_from_a_file_and_from_a_pipe(tiny, tmp_path):
    first = ask(tiny, "--input", "2+2?", "--techniques", "zero-shot", "--json")
    spec, _ = read(first.stdout)
    path = tmp_path / "s.json"
    path.write_text(encode(spec), "utf-8")
    for result in (
        lathe("--spec", path, "--json"),
        lathe("--spec", "-", "--json", text=encode(spec)),
    ):
        assert read(result.stdout)[0] == spec
    assert decode(path.read_text("utf-8")) == spec


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process group")
def test_ctrl_c_stops_the_job_and_keeps_finished_cells(tiny, tmp_path):
    project = tmp_path / "p.lathe"
    command = [sys.executable, "-m", "engine.cli", "compare", "--model", tiny, "--dtype", "float32",
               "--task", "code", "--items", "400", "--techniques", "zero-shot", "--batch-size", "1",
               "--max-tokens", "200", "--project", str(project), "--json"]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        with Project.open(project) as opened:
            while process.poll() is None and not any(run.cells for run in opened.runs()):
                _short_wait(process)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    shown = json.loads(stdout)["cells"]
    with Project.open(project) as opened:
        (run,) = opened.runs()
    assert run.status == "cancelled"
    assert 1 <= run.cells == len(shown) < 400


def _short_wait(process):
    """Until the process ends or a tenth of a second has gone."""
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return


def test_a_column_that_failed_as_a_whole_is_named_with_its_next_step(tiny):
    examples = [f'--example={{"input": "{"long " * 400}", "output": "{n}"}}' for n in range(4)]
    result = ask(
        tiny,
        "--input",
        "Say {{q}}.",
        "--var",
        "q=x",
        "--techniques",
        "zero-shot,few-shot",
        *examples,
    )
    assert result.exit_code == 2, result.output
    said = " ".join(result.stderr.split())
    assert "few-shot: its one answer failed. The prompt has" in said
    assert "Show fewer with --shots." in said
    assert "zero-shot:" not in said
