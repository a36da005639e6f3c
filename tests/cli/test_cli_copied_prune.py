"""A copied `lathe prune` line, read by the command line, asks for the very same."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from engine import cli
from engine.api import Engine
from engine.commands import prune, prune_outliers, prune_structured, prune_sweep, prune_tune
from engine.commands.text_option import source
from engine.jobs.spec import Spec
from engine.models.reference import LoadOptions, ModelRef
from engine.pruning.outliers_spec import OutliersSpec
from engine.pruning.prune_spec import PruneSpec
from engine.pruning.recipe import Recipe
from engine.pruning.structured_spec import StructuredSpec
from engine.pruning.sweep_spec import SweepPruneSpec
from engine.pruning.tune_spec import TuneSpec
from engine.text_source import TextSource
from workbench.viewmodels import pruning_command

MODEL = ModelRef(
    "owner/name", "abc1", LoadOptions(device="cuda:1", dtype="bfloat16", quantization="nf4")
)
PROMPT = TextSource("", "Say “it's” twice:\n  $HOME - no")
FILE = TextSource("/texts/my text.txt")
TEXTS = {"calibration": PROMPT, "evaluation": FILE, "windows": 3, "length": 40, "seed": 5}
COMMON = {"model": MODEL, "measured": 7, **TEXTS}
THIRD = 1 / 3

WHOLE = replace(MODEL, options=replace(MODEL.options, quantization="none"))
SPECS: tuple[tuple[Spec, Callable[..., str]], ...] = (
    (PruneSpec(**COMMON, ratio=THIRD, forecast=True), pruning_command.prune_command),
    (
        PruneSpec(
            **{**COMMON, "model": WHOLE}, method="custom", recipe=Recipe("row+col", 0.7, 1e-7),
            allocation="owl", fixed={"a.b.weight": 1e-9 + THIRD}, passes=2, bitmask=True, timed=24,
            out="/made here/x",
        ),
        pruning_command.prune_command,
    ),
    (
        SweepPruneSpec(
            **COMMON, methods=("wanda", "custom"), recipe=Recipe("none", 2.0, THIRD, "matrix"),
            ratios=(0.1, THIRD), allocation="water", task="key", language="zh", items=9,
            steps=True, afresh=True,
        ),
        pruning_command.sweep_command,
    ),
    (
        TuneSpec(
            **COMMON, ratio=THIRD, modes=("row+col",), magnitudes=(0.5, 2.0),
            activations=(0.0, THIRD), groups=("matrix",),
        ),
        pruning_command.tune_command,
    ),
    (
        OutliersSpec(**COMMON, methods=("ria",), strengths=(0.0, THIRD), ratio=0.6),
        pruning_command.outliers_command,
    ),
    (
        StructuredSpec(
            **COMMON, groups=THIRD, neurons=0.0, blocks=1, experts=0.25, widths="per-layer",
            importance="flap", ranking="/made here/heads.json", compensate=True, multiple=8,
            tokens=0, rounds=3, out="/made here/y", overwrite=True,
        ),
        pruning_command.structured_command,
    ),
)  # fmt: skip


def _no_files(_spec: Spec) -> None:
    """The files of these specs exist nowhere."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Spec]:
    """What the commands would have run."""
    specs: list[Spec] = []

    def catch(engine: Engine, spec: Spec, *_: object) -> None:
        specs.append(spec)
        raise typer.Exit(0)

    monkeypatch.setattr(Engine, "submit", catch)
    for verb in (prune, prune_outliers, prune_structured, prune_sweep, prune_tune):
        monkeypatch.setattr(verb, "check_files", _no_files)
    return specs


@pytest.mark.skipif(os.name == "nt", reason="the line is quoted for cmd.exe there")
@pytest.mark.parametrize(("spec", "command"), SPECS, ids=lambda one: getattr(one, "kind", ""))
def test_the_line_asks_for_the_same(
    spec: Spec, command: Callable[..., str], asked: list[Spec]
) -> None:
    words = shlex.split(command(spec))
    done = CliRunner().invoke(cli.app, words[1:])
    assert done.exit_code == 0, done.output
    assert asked == [spec]


def test_standard_input_is_read_once_for_both_texts(asked: list[Spec]) -> None:
    words = ["prune", "--calibration", "-", "--evaluation", "-"]
    done = CliRunner().invoke(cli.app, words, input="one two three")
    assert done.exit_code == 0, done.output
    (spec,) = asked
    assert isinstance(spec, PruneSpec)
    assert spec.calibration == spec.evaluation == TextSource("", "one two three")


def test_a_file_is_a_file(tmp_path: Path) -> None:
    assert source(str(tmp_path / "a.txt")) == TextSource(str(tmp_path / "a.txt"))
    assert source("text:a") == TextSource("", "a")
    assert source("notes#3.txt") == TextSource("notes#3.txt")


def test_the_columns_of_two_data_sets_are_read_back(asked: list[Spec]) -> None:
    spec = SweepPruneSpec(
        calibration=TextSource("a b.jsonl", column="the text"),
        evaluation=TextSource("c.csv", column="#2"),
    )
    words = shlex.split(pruning_command.sweep_command(spec))
    done = CliRunner().invoke(cli.app, words[1:])
    assert done.exit_code == 0, done.output
    (found,) = asked
    assert isinstance(found, SweepPruneSpec)
    assert (found.calibration, found.evaluation) == (spec.calibration, spec.evaluation)
