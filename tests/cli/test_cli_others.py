"""The other commands: help without torch, models, bench, hand-over to the window."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.bench import run as bench_registry
from engine.bench.run import run_bench
from engine.cli import app
from engine.commands import window
from engine.errors import BadSpec
from tests.support.tiny_models import save_tiny

ROOT = Path(__file__).parents[2]


def lathe(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_help_and_refused_input_import_neither_torch_nor_qt():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from engine.cli import app\n"
        "for line in (['--help'], ['compare', '--help'], ['models', '--help'], ['compare']):\n"
        "    CliRunner().invoke(app, line)\n"
        "heavy = {'torch', 'transformers', 'PySide6'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["compare", "models", "doctor", "bench", "app"])
def test_help_names_every_command(command):
    assert command in lathe("--help").stdout


def test_version():
    result = lathe("--version")
    assert result.exit_code == 0
    assert result.stdout.strip()[0].isdigit()


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["--screenshot", "compare", "--theme", "dark", "out.png"], True),
        (["--scale=1.5"], True),
        (["--page", "models"], True),
        (["--safe-mode"], True),
        (["--self-test"], True),
        (["--project", "x.lathe"], False),
        (["compare", "--task", "code"], False),
        (["--help"], False),
        (["--version"], False),
    ],
)
def test_what_goes_to_the_window(arguments, wanted):
    assert window.wants_window(arguments) is wanted


WINDOW_LINES = [
    ("--screenshot", "compare", "out.png"),
    ("--size", "800x600"),
    ("--page", "models"),
    ("--theme", "system"),
    ("--theme", "dark"),
    ("--lang", "zh_CN"),
    ("--scale", "1.5"),
    ("--safe-mode",),
    ("--self-test",),
]


@pytest.mark.parametrize("line", WINDOW_LINES)
def test_what_the_help_names_the_window_takes(line):
    from workbench.options import Options, parse

    assert line[0] in lathe("--help").stdout
    assert window.wants_window(line)
    assert parse(line) != Options()


def test_the_help_names_every_option_of_the_window_and_no_other():
    import re

    told = set(re.findall(r"--[a-z-]+", lathe("--help").stdout))
    assert {line[0] for line in WINDOW_LINES} == set(window.WINDOW_OPTIONS)
    general = {"--help", "--version", "--install-completion", "--show-completion"}
    assert told - general == set(window.WINDOW_OPTIONS)


def test_the_window_gets_its_options_unchanged(monkeypatch):
    seen = []
    monkeypatch.setattr(window.os, "name", "nt")
    monkeypatch.setattr(window.subprocess, "call", lambda command: seen.append(command) or 7)
    with pytest.raises(SystemExit) as caught:
        window.open_window(["--screenshot", "compare", "out.png"])
    assert caught.value.code == 7
    assert seen == [[sys.executable, "-m", "workbench", "--screenshot", "compare", "out.png"]]


def test_an_unknown_bench_and_an_option_it_lacks(monkeypatch):
    assert lathe("bench", "nothing").exit_code == 2
    monkeypatch.setitem(bench_registry.BENCHES, "made-up", f"{__name__}:_measure")
    assert run_bench("made-up", models=("a", "b")) == {"rows": [], "models": ("a", "b")}
    with pytest.raises(BadSpec, match="--n"):
        run_bench("made-up", n=3)


def _measure(models=(), progress=None):
    if progress is not None:
        progress("first")
        progress(0.5, "second")
    return {"rows": [], "models": models}


def test_a_bench_may_tell_words_or_a_fraction_and_words(monkeypatch):
    monkeypatch.setitem(bench_registry.BENCHES, "made-up", f"{__name__}:_measure")
    told = []
    run_bench("made-up", progress=told.append)
    assert told == ["first", "50% second"]
    result = lathe("bench", "made-up", "--json")
    assert json.loads(result.stdout) == {"rows": [], "models": []}
    assert "50% second" in result.stderr


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_tiny("bloom", folder)
    return folder


def test_models_show_and_load(tiny):
    shown = lathe("models", "show", tiny, "--json")
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["anatomy"]["layers"] == 2
    loaded = lathe("models", "load", tiny, "--json")
    assert loaded.exit_code == 0, loaded.output
    assert json.loads(loaded.stdout)["device"]
    assert "Layers" in lathe("models", "show", tiny).stdout


def test_models_list_is_json(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    result = lathe("models", "list", "--json")
    assert result.exit_code == 0, result.output
    assert isinstance(json.loads(result.stdout)["models"], list)


def test_a_missing_model_is_named(tmp_path):
    result = lathe("models", "show", tmp_path / "nothing")
    assert result.exit_code == 1
    assert "nothing" in result.stderr
    assert lathe("models", "remove", "no/such", "--yes").exit_code == 1
