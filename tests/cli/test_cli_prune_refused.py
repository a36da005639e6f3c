"""What `lathe prune` refuses, it refuses at once: before torch is imported, with a next step."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine import cli
from engine.pruning.folder import PROVENANCE
from engine.pruning.prune_spec import METHODS
from engine.pruning.recipe import Recipe

VERBS = ((), ("sweep",), ("tune",), ("outliers",), ("structured",))


def _refused(*words: str) -> str:
    done = CliRunner().invoke(cli.app, ["prune", *words])
    assert done.exit_code == 2, done.output
    return done.stderr


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: " ".join(verb) or "prune")
@pytest.mark.parametrize("option", ["--calibration", "--evaluation"])
def test_a_missing_file_is_named(verb: tuple[str, ...], option: str, tmp_path: Path) -> None:
    said = _refused(*verb, option, str(tmp_path / "missing.txt"))
    assert "There is no file “missing.txt”." in said
    assert "There is no file “missing.jsonl”." in _refused(*verb, option, "missing.jsonl#text")


def test_a_missing_file_is_named_without_torch(tmp_path: Path) -> None:
    words = ["lathe", "prune", "--calibration", str(tmp_path / "missing.txt")]
    code = (
        f"import sys; sys.argv = {words!r}\n"
        "from engine.cli import app\n"
        "try:\n    app()\n"
        "except SystemExit as end:\n"
        "    sys.exit(9 if 'torch' in sys.modules else end.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "missing.txt" in done.stderr


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: " ".join(verb) or "prune")
def test_bytes_that_are_no_text_are_named(verb: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "picture.txt"
    file.write_bytes(bytes(range(256)))
    assert "The text picture.txt cannot be read." in _refused(*verb, "--calibration", str(file))


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    assert "cannot be read" in _refused("--calibration", str(tmp_path))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: " ".join(verb) or "prune")
def test_a_seed_below_0_is_refused(verb: tuple[str, ...]) -> None:
    assert "The seed -1 is below 0." in _refused(*verb, "--seed", "-1")


@pytest.mark.parametrize("verb", [(), ("structured",)], ids=["prune", "structured"])
def test_a_pruned_model_is_replaced_only_when_asked(verb: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / PROVENANCE).write_text("{}")
    assert "--overwrite" in _refused(*verb, "--out", str(tmp_path))
    (tmp_path / PROVENANCE).unlink()
    (tmp_path / "thesis.txt").write_text("mine")
    assert "holds no pruned model" in _refused(*verb, "--out", str(tmp_path), "--overwrite")


def test_an_unknown_method_is_told_all_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.commands import prune

    def saved(_paths: object) -> dict[str, Recipe]:
        return {"mine": Recipe(a=0.3)}

    monkeypatch.setattr(prune, "presets", saved)
    said = _refused("--method", "nope")
    for name in (*METHODS, "mine"):
        assert name in said
