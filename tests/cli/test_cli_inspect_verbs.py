"""Every verb of `lathe inspect`: an empty text is refused, a long one is read with a remark."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.support.tiny_models import save_tiny

READING = ("attention", "rope", "alibi", "ablate", "sweep", "lens", "mask", "states")
LONG = "one two three four five six seven " * 20


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {name: str(save_tiny(name, folder / name)) for name in ("llama", "gpt2")}


def inspect(*arguments):
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


@pytest.mark.parametrize("verb", READING)
def test_an_empty_text_is_refused_with_a_next_step(verb):
    done = inspect(verb, "--text", "")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "The text is empty." in done.stderr
    assert "--text" in done.stderr


def test_an_empty_file_is_refused_where_losses_are_read_from_it(tmp_path):
    file = tmp_path / "nothing.txt"
    file.write_text("")
    done = inspect("anatomy", "components", "--text", file)
    assert done.exit_code == 2
    assert "nothing.txt is empty" in done.stderr


@pytest.mark.parametrize("verb", ["attention", "ablate", "lens", "mask"])
def test_a_text_beyond_training_is_read_with_a_remark(models, verb, tmp_path):
    text = tmp_path / "long.txt"
    text.write_text(LONG)
    done = inspect(verb, "--model", models["llama"], "--text", f"@{text}", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)
    assert "trained on 512" in done.stderr
    done = inspect(verb, "--model", models["gpt2"], "--text", f"@{text}")
    assert done.exit_code == 2
    assert "at most 512" in done.stderr


def test_states_and_sweeps_are_written_as_tables(models, tmp_path):
    done = inspect(
        *("states", "--model", models["llama"], "--state", "int8", "--text", "one two"),
        *("--out", tmp_path / "states.csv"),
    )
    assert done.exit_code == 0, done.output
    rows = (tmp_path / "states.csv").read_text().splitlines()
    assert rows[0].startswith("layer,role,head,divergence")
    assert len(rows) == 1 + 2 * 4
    done = inspect(
        *("sweep", "--model", models["llama"], "--text", "one two", "--part", "mlp"),
        *("--ranking", tmp_path / "ranking.json", "--out", tmp_path / "sweep.json"),
    )
    assert done.exit_code == 0, done.output
    assert len(json.loads((tmp_path / "sweep.json").read_text())["parts"]["part"]) == 2
    assert (tmp_path / "ranking.json").exists()


def test_a_file_of_an_unknown_kind_is_no_folder(models, tmp_path):
    place = tmp_path / "lens.docx"
    done = inspect("lens", "--model", models["llama"], "--text", "one", "--out", place)
    assert done.exit_code == 2
    assert "lens.docx" in done.stderr
    assert ".csv" in done.stderr
    assert not place.exists()


def test_patching_brings_the_clean_answer_back(models, tmp_path):
    done = inspect(
        *("patch", "one two three", "one two four", "--answer", "a", "--other", "b"),
        *("--model", models["llama"], "--out", tmp_path / "patch.npz"),
    )
    assert done.exit_code == 0, done.output
    with np.load(tmp_path / "patch.npz") as arrays:
        assert arrays["recovered"].shape[0] == 2
        assert arrays["recovered"][-1, -1] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("verb", "column"),
    [
        (("rows", "--names", "llama,bloom"), "norm"),
        (("activations", "--points", "5"), "swish"),
        (("deepnorm", "--decoder", "28"), "alpha"),
        (("depth", "--layers", "4", "--seeds", "2"), "pre"),
    ],
)
def test_anatomy_is_written_in_every_format(verb, column, tmp_path):
    for ending in (".csv", ".json", ".npz"):
        place = tmp_path / f"out{ending}"
        done = inspect("anatomy", *verb, "--out", place)
        assert done.exit_code == 0, done.output
    name = verb[0]
    table = json.loads((tmp_path / "out.json").read_text())[name]
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row[column] for row in rows] == [str(value) for value in table[column]]
    with np.load(tmp_path / "out.npz") as arrays:
        assert [str(value) for value in arrays[f"{name}_{column}"].tolist()] == [
            str(value) for value in table[column]
        ]


@pytest.mark.parametrize(
    "verb",
    [
        ("rows", "--names", "nothing"),
        ("activations", "--names", "nothing"),
        ("activations", "--points", "1"),
        ("deepnorm", "--decoder", "-1"),
        ("depth", "--layers", "0"),
        ("cost", "--widths", "wide"),
        ("components", "--items", "0"),
    ],
)
def test_wrong_use_of_anatomy_is_one_sentence(verb):
    done = inspect("anatomy", *verb)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert "Error:" in done.stderr
