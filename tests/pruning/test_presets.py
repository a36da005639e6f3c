"""Scores kept under a name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import BadSpec, StoreError
from engine.paths import Paths
from engine.pruning.presets import FILE, presets, remove_preset, save_preset
from engine.pruning.recipe import Recipe

MINE = Recipe("row+col", 0.5, 0.25, "row")


def test_a_saved_score_comes_back_and_goes(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    assert presets(paths) == {}
    save_preset(paths, "我的", MINE)
    save_preset(paths, "other", Recipe())
    assert list(presets(paths).items()) == [("我的", MINE), ("other", Recipe())]
    remove_preset(paths, "我的")
    remove_preset(paths, "never-there")
    assert list(presets(paths)) == ["other"]


@pytest.mark.parametrize("name", ["wanda", "custom", "sparsegpt", "", "two words", "a,b", "x" * 41])
def test_names_that_cannot_be_called_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSpec):
        save_preset(Paths.below(tmp_path), name, MINE)
    assert not (tmp_path / "config").exists()


def test_a_broken_file_is_named_and_not_overwritten(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    save_preset(paths, "mine", MINE)
    file = paths.config / FILE
    file.write_text("{broken")
    with pytest.raises(StoreError, match=FILE):
        save_preset(paths, "next", MINE)
    assert file.read_text() == "{broken"


def test_the_command_prunes_by_a_saved_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATHE_HOME", str(tmp_path))
    short = ["--windows", "4", "--length", "64", "--measured", "4", "--device", "cpu", "--json"]
    save = ["prune", "--method", "custom", "--mode", "row+col", "--a", "0.25"]
    first = CliRunner().invoke(app, [*save, "--save-preset", "mine", *short])
    assert first.exit_code == 0, first.output
    assert presets(Paths.below(tmp_path)) == {"mine": Recipe("row+col", 1.0, 0.25, "row")}
    again = CliRunner().invoke(app, ["prune", "--method", "mine", *short])
    assert again.exit_code == 0, again.output
    one, other = json.loads(first.stdout), json.loads(again.stdout)
    assert one["recipe"] == other["recipe"]
    assert one["pruned"] == other["pruned"]
    unknown = CliRunner().invoke(app, ["prune", "--method", "yours", *short])
    assert unknown.exit_code == 2
