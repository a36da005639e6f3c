"""Loaded models find their row, and their gates are seen in their modules."""

from __future__ import annotations

import pytest

from engine.inspection.anatomy.diagram import diagram
from engine.inspection.anatomy.placing import activation_name, place
from engine.inspection.anatomy.rows.registry import ROWS, SPECIMENS
from engine.models.anatomy import anatomy_of
from tests.support.tiny_models import tiny_config


@pytest.mark.parametrize(
    ("architecture", "row", "differs"),
    [
        ("llama", "llama", ()),
        ("mistral", "llama", ()),
        ("qwen3", "llama", ()),
        ("glm", "llama", ()),
        ("bloom", "bloom", ()),
        ("gpt2", "gpt2", ()),
        ("bert", "bert", ()),
        ("bart", "bart", ()),
        ("t5", "t5", ()),
        ("gemma2", "llama", ("activation", "norm")),
    ],
)
def test_nearest_row(architecture: str, row: str, differs: tuple[str, ...]):
    placed = place(anatomy_of(tiny_config(architecture)))
    assert placed.row == row
    assert tuple(one.trait for one in placed.differences) == differs


def test_gates_are_seen_in_modules():
    gated = {
        name: anatomy_of(tiny_config(name)).gated for name in ("llama", "glm", "gpt2", "bert", "t5")
    }
    assert gated == {"llama": True, "glm": True, "gpt2": False, "bert": False, "t5": False}


def test_names_of_activations():
    assert activation_name("gelu_pytorch_tanh", True) == "GEGLU"
    assert activation_name("silu", True) == "SwiGLU"
    assert activation_name("silu", False) == "Swish"
    assert activation_name("gated-gelu", False) == "GEGLU"
    assert activation_name("BloomGelu", False) == "GELU"
    assert activation_name("quick_brown", False) == "quick_brown"


@pytest.mark.parametrize("row", ROWS, ids=list(SPECIMENS))
def test_diagrams_follow_the_row(row):
    stacks = diagram(row)
    both = row.structure == "encoder-decoder"
    assert [stack.half for stack in stacks] == (
        ["encoder", "decoder"] if both else ["encoder" if row.structure == "encoder" else "decoder"]
    )
    assert stacks[-1].after[-1] == "head"
    for stack in stacks:
        kinds = [one.kind for one in stack.sublayers]
        assert ("cross-attention" in kinds) == (both and stack.half == "decoder")
        assert ("position" in stack.before) == (row.position_kind in ("learned", "sinusoidal"))
        scores = {one.inside for one in stack.sublayers if "cross" not in one.kind} - {""}
        relative = row.position_kind in ("rope", "alibi", "t5")
        assert scores == ({row.position_kind} if relative else set())
        assert {one.placement for one in stack.sublayers} == {row.placement}
