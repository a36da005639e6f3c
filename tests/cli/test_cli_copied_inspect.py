"""A copied `lathe inspect` line, read by the command line, asks the same model, loaded alike."""

from __future__ import annotations

import os
import shlex
from typing import cast

import pytest
import typer
from typer.testing import CliRunner

from engine import cli
from engine.api import Engine
from engine.evaluation.spec import Provenance
from engine.inspection.capture import Capture
from engine.inspection.text_spec import ModelTextSpec
from engine.models.reference import LoadOptions, ModelRef
from tests.inspection.positions.captures import rope_layer
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.attention_command import inspect_command
from workbench.viewmodels.attention_heads import HeadAt
from workbench.viewmodels.position import PositionModel
from workbench.viewmodels.position_commands import alibi_command, rope_command

TEXT = "Say “it's” twice:\n  $HOME - no"
MODELS = (
    ModelRef("teach-rope"),
    ModelRef("owner/name", "abc1", LoadOptions(device="cuda:1", dtype="bfloat16")),
    ModelRef("owner/name", None, LoadOptions(device="cpu", dtype="float32", quantization="nf4")),
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the line is quoted for cmd.exe there")


def asked_by(line: str, monkeypatch: pytest.MonkeyPatch) -> ModelTextSpec:
    """What a line would have run first."""
    specs: list[ModelTextSpec] = []

    def catch(engine: Engine, spec: ModelTextSpec, *_: object) -> None:
        specs.append(spec)
        raise typer.Exit(0)

    monkeypatch.setattr(Engine, "submit", catch)
    done = CliRunner().invoke(cli.app, shlex.split(line)[1:])
    assert done.exit_code == 0, done.output
    (spec,) = specs
    return spec


@pytest.mark.parametrize("ref", MODELS, ids=lambda ref: ref.options.device)
@pytest.mark.parametrize("chat", [False, True])
def test_a_line_of_position(ref, chat, qapp, monkeypatch) -> None:
    model = PositionModel(None)  # type: ignore[arg-type]
    model.ref, model.text, model.chat, model.layer = ref, TEXT, chat, 1
    for line in (rope_command(model), alibi_command(model, "remove")):
        spec = asked_by(line, monkeypatch)
        assert spec.model == ref
        assert (spec.text == TEXT, bool(spec.messages)) == (not chat, chat)


@pytest.mark.parametrize("ref", MODELS, ids=lambda ref: ref.options.device)
def test_a_line_of_attention(ref, monkeypatch) -> None:
    layer, _, _ = rope_layer(tokens=3, heads=2, seed=0)
    capture = Capture(("a", "b", "c"), (0, 1, 2), (), (layer,), 1, 2, cast(Provenance, None))
    case = AttentionCase(ref, TEXT)
    for head in (None, HeadAt(0, 1)):
        spec = asked_by(inspect_command(case, capture, head, "softmax", "self"), monkeypatch)
        assert spec.model == ref
        assert spec.text == TEXT
