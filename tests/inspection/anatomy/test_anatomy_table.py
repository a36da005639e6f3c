"""The rows run, and their pictures and claims are what another look at the model says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.errors import BadSpec
from engine.inspection.anatomy.mask_pictures import expected, leak, mask_pictures, tokens_of
from engine.inspection.anatomy.proofs import part_claims, shift_claim
from engine.inspection.anatomy.reference.chatglm import positions_2d
from engine.inspection.anatomy.rows.base import VOCABULARY
from engine.inspection.anatomy.rows.registry import ROWS, SPECIMENS, specimen
from engine.inspection.anatomy.running import Runner, built
from engine.inspection.anatomy.table import run_row
from engine.inspection.anatomy.table_spec import MaskPicture, TableSpec
from engine.jobs.spec import decode, encode

TOKENS = 7
TEXTBOOK = {
    "native": ("encoder-decoder", "sinusoidal", "ReLU", "post-LayerNorm"),
    "bert": ("encoder", "learned absolute", "GELU", "post-LayerNorm"),
    "llama": ("causal decoder", "RoPE", "SwiGLU", "pre-RMSNorm"),
    "chatglm": ("prefix decoder", "2-D RoPE", "GeGLU", "post-DeepNorm"),
    "bloom": ("causal decoder", "ALiBi", "GELU", "pre-LayerNorm"),
}


def test_the_five_models_stand_first_with_the_textbook_s_values():
    lecture = [row for row in ROWS if row.lecture]
    assert lecture == list(ROWS[:5])
    for row in lecture:
        assert (row.structure, row.position, row.activation, row.norm) == TEXTBOOK[row.id]
    assert {row.id for row in ROWS[5:]} == {"bart", "t5", "gpt2", "glm4"}
    assert all(fact.text and fact.source for row in ROWS for fact in row.facts)


@pytest.fixture(scope="module", params=list(SPECIMENS))
def ran(request):
    return specimen(request.param), run_row(specimen(request.param), TOKENS, seed=3)


def test_every_claim_holds_and_none_is_missing(ran):
    one, result = ran
    assert {claim.id: claim.holds for claim in result.claims if not claim.holds} == {}
    wanted = {"mask", "activation", "norm", "placement"}
    absolute = one.row.position_kind in ("sinusoidal", "learned")
    wanted.add("absolute" if absolute else "relative")
    wanted |= {"alibi"} if one.row.id == "bloom" else set()
    wanted |= {"table"} if one.row.id == "native" else set()
    wanted |= {"released"} if one.row.id == "chatglm" else set()
    assert {claim.id for claim in result.claims} == wanted


def test_shares_add_up(ran):
    _, result = ran
    assert sum(share.parameters for share in result.shares) == result.parameters
    assert {"attention", "mlp", "norm", "embedding"} <= {share.part for share in result.shares}
    assert "other" not in {share.part for share in result.shares}


def test_pictures_by_taking_the_gradient_instead(ran):
    """What an output depends on is also told by automatic differentiation."""
    one, result = ran
    if one.row.structure == "encoder-decoder":
        return  # covered by `test_both_halves…`
    model = built(one.build, 3)
    ids, _ = tokens_of(TOKENS, 3, VOCABULARY)
    table = next(m for m in model.modules() if isinstance(m, torch.nn.Embedding))
    states = []

    def keep(_module, _args, out):
        states.append(out.requires_grad_(True))
        return states[-1]

    handle = table.register_forward_hook(keep)
    words = {"prefix": result.prefix} if one.row.structure == "prefix decoder" else {}
    logits = model(input_ids=ids, **words).logits[0]
    handle.remove()
    reached = np.zeros((TOKENS, TOKENS), bool)
    for i in range(TOKENS):
        (gradient,) = torch.autograd.grad(logits[i].square().sum(), states[0], retain_graph=True)
        reached[i] = gradient[0].abs().amax(-1).numpy() > 1e-12
    (picture,) = result.masks
    assert np.array_equal(picture.seen, reached)


@pytest.mark.parametrize("name", ["native", "bart", "t5"])
def test_both_halves_and_the_look_between_them(name: str):
    result = run_row(specimen(name), TOKENS, seed=5)
    pictures = {mask.half: mask.seen for mask in result.masks}
    assert list(pictures) == ["encoder", "decoder", "cross"]
    assert pictures["encoder"].all()
    assert pictures["cross"].all()
    assert np.array_equal(pictures["decoder"], np.tri(TOKENS, dtype=bool))


def test_the_prefix_sees_itself_and_the_answer_only_its_past():
    result = run_row(specimen("chatglm"), 10, seed=1)
    assert result.prefix == 4
    (picture,) = result.masks
    for i in range(10):
        for j in range(10):
            assert picture.seen[i, j] == (j <= i or (i < 4 and j < 4))
    inside, block = positions_2d(7, 4)
    assert inside.tolist() == [0, 1, 2, 3, 3, 3, 3]
    assert block.tolist() == [0, 0, 0, 0, 1, 2, 3]


def test_a_leak_and_a_missing_link_are_seen():
    causal = expected("causal decoder", "decoder", 5, 0)
    influence = causal.astype(float)
    influence[1, 3] = 0.2
    assert leak(MaskPicture("decoder", influence, influence > 0), causal) == 0.2
    influence[1, 3], influence[4, 0] = 0.0, 0.0
    assert leak(MaskPicture("decoder", influence, influence > 0), causal) == 1.0


def test_claims_can_fail():
    """GPT-2 put to LLaMA's claims: positions, norm, place of the norm and activation differ."""
    one = specimen("gpt2")
    model = built(one.build, 0)
    ids, other = tokens_of(TOKENS, 0, VOCABULARY)
    wrong = Runner(specimen("llama").row, model, 0)
    assert not shift_claim(wrong, ids, other).holds
    activation, norm, _ = part_claims(wrong, one.wiring, ids, other, "relu")
    assert not activation.holds
    assert not norm.holds
    post = Runner(specimen("bert").row, model, 0)
    assert not part_claims(post, one.wiring, ids, other, "gelu-tanh")[2].holds
    (picture,) = mask_pictures(Runner(one.row, model, 0), ids, other)
    assert leak(picture, expected("encoder", "encoder", TOKENS, 0)) == 1.0


def test_building_leaves_the_random_state_alone():
    torch.manual_seed(11)
    wanted = torch.randn(3)
    torch.manual_seed(11)
    built(specimen("gpt2").build, 0)
    assert torch.equal(torch.randn(3), wanted)


def test_the_spec_is_a_value_and_refuses_nonsense():
    spec = TableSpec(rows=("bloom", "llama"), tokens=6, seed=2)
    assert decode(encode(spec)) == spec
    assert spec.chosen() == ("llama", "bloom")
    with pytest.raises(BadSpec, match="no model “gpt9”"):
        TableSpec(rows=("gpt9",)).check()
    with pytest.raises(BadSpec, match="3 tokens"):
        TableSpec(tokens=3).check()
