"""`lathe inspect rope` and `lathe inspect alibi` as a person calls them."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.inspection.positions.alibi import released_slopes
from tests.support.tiny_models import save_tiny


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {name: str(save_tiny(name, folder / name)) for name in ("llama", "bloom")}


def inspect(*arguments):
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


def test_a_scaling_is_told_in_json(models):
    done = inspect(
        *("rope", "--model", models["llama"], "--text", "one two three four", "--layer", 1),
        *("--head", 3, "--scaling", "linear", "--factor", 4, "--new-tokens", 3, "--json"),
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["trained"] == 512
    assert found["relative_deviation"] < 1e-4
    pairs = found["pairs"]
    assert pairs["inv_freq_after"] == pytest.approx([theta / 4 for theta in pairs["inv_freq"]])
    assert pairs["spacing_after"] == [0.25] * 8
    cells = found["distances"]
    assert cells["cells"] == list(range(len("one two three four"), 0, -1))
    assert cells["mean_score"][0] == pytest.approx(cells["mean_score_after"][0], abs=1e-5)
    assert found["kl_nats"] > 0


def test_keep_changes_nothing(models):
    done = inspect("rope", "--model", models["llama"], "--text", "one two", "--json")
    found = json.loads(done.stdout)
    assert found["kl_nats"] == 0
    assert found["loss_before"] == found["loss_after"]
    assert found["pairs"]["inv_freq_after"] == found["pairs"]["inv_freq"]


def test_a_folder_takes_every_file(models, tmp_path):
    place = tmp_path / "alibi"
    done = inspect(
        *("alibi", "--model", models["bloom"], "--text", "one two", "--layer", 1, "--head", 2),
        *("--out", place),
    )
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in place.iterdir()) == [
        "arrays.npz",
        "distances.csv",
        "facts.json",
        "heads.csv",
    ]
    with (place / "heads.csv").open() as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_allclose([float(row["slope"]) for row in rows], released_slopes(4))
    with np.load(place / "arrays.npz") as arrays:
        assert arrays["added"].shape == (7, 7)
        assert arrays["added"][6, 0] == pytest.approx(-6 * released_slopes(4)[2])
        assert "heads_slope" in arrays
    assert "0.25" in done.stdout


def test_biases_are_added_and_taken_away(models, tmp_path):
    for arguments in (("llama", "--add"), ("bloom", "--remove")):
        file = tmp_path / f"{arguments[0]}.json"
        done = inspect(
            *("alibi", "--model", models[arguments[0]], "--text", "one two", arguments[1]),
            *("--new-tokens", 2, "--out", file),
        )
        assert done.exit_code == 0, done.output
        assert "Loss of the text" in done.stdout
        assert json.loads(file.read_text())["kl_nats"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rope", "--model", "bloom"), "does not rotate"),
        (("alibi", "--model", "llama"), "adds no linear bias"),
        (("alibi", "--model", "bloom", "--add"), "linear biases of its own"),
        (("alibi", "--model", "llama", "--add", "--remove"), "exclude each other"),
        (("alibi", "--model", "bloom", "--slopes", "mine"), "--slopes mine"),
        (("rope", "--model", "llama", "--scaling", "rope++"), "no scaling preset"),
        (("rope", "--model", "llama", "--head", "9"), "head"),
        (("rope", "--model", "llama", "--factor", "2"), "without a scaling"),
    ],
)
def test_wrong_use_is_one_sentence(models, arguments, said):
    verb, option, name, *rest = arguments
    done = inspect(verb, option, models[name], "--text", "one two", *rest)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_table_is_never_cut_to_the_width_of_a_pipe():
    done = inspect("anatomy", "activations", "--points", 3, "--names", "relu,gelu,swish,swiglu,glu")
    assert done.exit_code == 0, done.output
    assert "…" not in done.stdout
    assert "5.000000" in done.stdout


def test_what_is_taken_out_is_named(models):
    done = inspect("ablate", "--model", models["llama"], "--text", "one two", "--unit", "1.2")
    assert done.exit_code == 0, done.output
    assert "Without 1.2:" in done.stdout
