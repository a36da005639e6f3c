"""A copied `lathe extend finetune` line, read by the command line, asks for the very same."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from engine import cli
from engine.commands import extend_finetune
from engine.context.tune_spec import Lora, TuneContextSpec
from engine.errors import BadSpec
from engine.models.reference import LoadOptions, ModelRef
from engine.text_source import TextSource
from workbench.viewmodels.context_command import tune_command

MODEL = ModelRef("owner/name", "abc1", LoadOptions(device="cuda:1", dtype="float32"))
PACKED = replace(MODEL, options=replace(MODEL.options, quantization="nf4"))
SPECS = (
    TuneContextSpec(model=MODEL),
    TuneContextSpec(
        model=MODEL, method="yarn", factor=1 / 3 + 2, steps=7, rate=1e-4, seed=3, measured=0,
        source=TextSource("/texts/my text.txt"), language="zh", out="/made here/x",
        adapter="full", begin="finish",
    ),
    TuneContextSpec(
        model=MODEL, adapter="lora", written="adapter", begin="fresh",
        lora=Lora(3, 7.5, "attention", ()),
    ),
    TuneContextSpec(model=PACKED, lora=Lora(also=("embeddings", "norms"))),
)  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_a_copied_line_asks_for_the_very_same(
    spec: TuneContextSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TuneContextSpec] = []

    def run(given: TuneContextSpec) -> None:
        asked.append(given)
        raise BadSpec("Nothing is run here.")

    monkeypatch.setattr(extend_finetune, "_run", run)
    words = shlex.split(tune_command(spec))
    assert words.pop(0) == "lathe"
    CliRunner().invoke(cli.app, words)
    assert asked == [spec]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--factor 0.5", "factor 0.5"),
        ("--rank 0 --adapter lora", "rank 0"),
        ("--adapter half", "--adapter"),
        ("--also norms,hands", "--also"),
        ("--quantization nf4 --write merged", "cannot be added"),
        ("--model teach-alibi --steps 1 --n 0", "ALiBi turns nothing"),
    ],
)
def test_what_cannot_be_is_told_in_words(words: str, said: str) -> None:
    found = CliRunner().invoke(cli.app, ["extend", "finetune", *words.split()])
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr
