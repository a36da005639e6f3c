"""Experts are fused parameters: they are found, pruned one by one, and dropped by REAP's score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, GptOssConfig, PreTrainedModel

from engine.errors import UnsupportedModel
from engine.models import bitmask
from engine.pruning.inputs import Inputs
from engine.pruning.one_pass import restored, visit_in_one_pass
from engine.pruning.passages import Passages
from engine.pruning.ranking import rank
from engine.pruning.recipe import PRESETS
from engine.pruning.score import score
from engine.pruning.structured.importance import importance
from engine.pruning.structured.layout import layout
from engine.pruning.structured.slicing import narrowed, shortened
from engine.pruning.structured.widths import kept
from engine.pruning.targets import Target, targets
from engine.pruning.two_pass import visit_in_two_passes
from tests.support import tiny_models

EXPERTS, WIDTH, CHOSEN = 8, 32, 2


@pytest.fixture
def model() -> PreTrainedModel:
    return tiny_models.tiny_model("qwen3_moe")[0].eval()


def text(windows: int = 3, length: int = 12) -> Passages:
    ids = torch.randint(4, 200, (windows, length), generator=torch.Generator().manual_seed(2))
    real = torch.ones_like(ids, dtype=torch.bool)
    real[-1, 7:] = False
    return Passages(ids, real, real, "", "test")


@torch.no_grad()
def logits(model: PreTrainedModel) -> Tensor:
    words = text()
    return model(input_ids=words.ids, use_cache=False).logits


Read = tuple[Tensor, Tensor, Tensor]


@torch.no_grad()
def experts_inputs(model: PreTrainedModel, layer: int) -> Read:
    """What the experts of a layer get: real tokens' states, chosen experts, router's weights."""
    got: list[tuple[Tensor, ...]] = []
    module = model.model.layers[layer].mlp.experts
    handle = module.register_forward_pre_hook(lambda _m, inputs: got.append(inputs))
    words = text()
    model(input_ids=words.ids, attention_mask=words.real.long(), use_cache=False)
    handle.remove()
    real = words.real.flatten()
    states, chosen, weights = got[0]
    return states[real], chosen[real], weights[real]


def test_every_matrix_of_every_expert_is_found(model: PreTrainedModel) -> None:
    found = [target for target in targets(model) if target.expert is not None]
    assert len(found) == 2 * EXPERTS * 3
    assert len({target.name for target in found}) == len(found)
    total = sum(target.weight.numel() for target in found)
    fused = sum(p.numel() for name, p in model.named_parameters() if ".experts." in name)
    assert total == fused
    for target in found:  # what is written is the model's own
        target.weight.zero_()
    zero = [p for name, p in model.named_parameters() if ".experts." in name]
    assert all(not p.any() for p in zero)


def test_names_are_those_of_a_saved_model(model: PreTrainedModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    from safetensors.torch import load_file

    state = load_file(tmp_path / "model.safetensors")
    for target in targets(model):
        assert torch.equal(state[target.name], target.weight)


def test_kinds_are_the_same_in_every_layer(model: PreTrainedModel) -> None:
    kinds = [{t.kind for t in targets(model) if t.layer == layer} for layer in (0, 1)]
    assert kinds[0] == kinds[1]
    assert "mlp.experts.3.gate_proj" in kinds[0]
    assert "self_attn.q_proj" in kinds[0]


def prune(target: Target, inputs: Inputs) -> None:
    gone = rank(score(target.weight, inputs.norms, PRESETS["wanda"]), "row").pruned(0.5)
    target.weight.masked_fill_(gone, 0)


@pytest.mark.parametrize("passes", [1, 2])
def test_each_expert_is_judged_by_the_tokens_routed_to_it(
    model: PreTrainedModel, passes: int
) -> None:
    """The slow way, expert by expert, in float64."""
    dense = {target.name: target.weight.clone() for target in targets(model)}
    whole = experts_inputs(model, 0)
    walk = visit_in_one_pass if passes == 1 else visit_in_two_passes
    walk(model, targets(model), text(), prune, lambda: None)
    pruned = {target.name: target.weight for target in targets(model)}
    # one pass: of the attention as it was pruned; two: of the dense block
    states, chosen, _ = experts_inputs(model, 0) if passes == 1 else whole
    base = "model.layers.0.mlp.experts"
    reached = 0
    for expert in range(EXPERTS):
        rows = states[(chosen == expert).any(1)].double()
        if not len(rows):
            continue
        reached += 1
        parts = {}
        for part, inputs in (("gate", rows), ("up", rows), ("down", None)):
            if inputs is None:
                before = parts
                if passes == 2:
                    before = {n: dense[f"{base}.{expert}.{n}_proj.weight"] for n in parts}
                gate, up = (rows @ before[name].double().T for name in ("gate", "up"))
                inputs = torch.nn.functional.silu(gate) * up
            weight = dense[f"{base}.{expert}.{part}_proj.weight"]
            scores = weight.abs().double() * inputs.norm(dim=0)
            lowest = scores.argsort(dim=1)[:, : weight.shape[1] // 2]
            parts[part] = weight.clone().scatter_(1, lowest, 0.0)
            now = pruned[f"{base}.{expert}.{part}_proj.weight"]
            assert torch.equal(now, parts[part]), (expert, part)
    assert reached > EXPERTS // 2


def test_an_expert_that_no_token_reached_is_judged_by_its_weights(model: PreTrainedModel) -> None:
    one = text(windows=1, length=3)
    before = {target.name: target.weight.clone() for target in targets(model)}
    norms: dict[str, Tensor] = {}

    def visit(target: Target, inputs: Inputs) -> None:
        norms[target.name] = inputs.norms
        prune(target, inputs)

    visit_in_one_pass(model, targets(model), one, visit, lambda: None)
    assert set(norms) == set(before)
    alone = [name for name, norm in norms.items() if torch.equal(norm, torch.ones_like(norm))]
    assert len(alone) >= 2 * 3 * (EXPERTS - 3 * CHOSEN)  # three tokens cannot reach all
    for target in targets(model):
        if target.name in alone:
            lowest = before[target.name].abs().argsort(dim=1)[:, : target.weight.shape[1] // 2]
            assert torch.equal(target.weight, before[target.name].scatter(1, lowest, 0.0))


def test_every_expert_comes_back(model: PreTrainedModel) -> None:
    before = logits(model)
    with restored(targets(model)):
        visit_in_one_pass(model, targets(model), text(), prune, lambda: None)
        assert not torch.equal(logits(model), before)
    assert torch.equal(logits(model), before)


def test_zeros_of_experts_cost_one_bit(model: PreTrainedModel, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    visit_in_one_pass(model, targets(model), text(), prune, lambda: None)
    model.save_pretrained(tmp_path)
    state = load_file(tmp_path / "model.safetensors")
    file = bitmask.save(state, {target.name for target in targets(model)}, tmp_path)
    assert file.stat().st_size < 0.8 * (tmp_path / "model.safetensors").stat().st_size
    again = type(model).from_pretrained(
        None, state_dict=bitmask.load(tmp_path), config=model.config
    )
    assert torch.equal(logits(again.eval()), logits(model))


@torch.no_grad()
def reap(model: PreTrainedModel, layer: int) -> list[float]:
    """Equation of REAP, token by token in float64."""
    states, chosen, weights = experts_inputs(model, layer)
    module = model.model.layers[layer].mlp.experts
    sums, counts = [0.0] * EXPERTS, [0] * EXPERTS
    for state, experts, gates in zip(states, chosen, weights, strict=True):
        for expert, gate in zip(experts.tolist(), gates.tolist(), strict=True):
            both = module.gate_up_proj[expert].double() @ state.double()
            said = torch.nn.functional.silu(both[:WIDTH]) * both[WIDTH:]
            output = module.down_proj[expert].double() @ said
            sums[expert] += gate * float(output.norm())
            counts[expert] += 1
    return [one / max(1, count) for one, count in zip(sums, counts, strict=True)]


def test_worth_of_experts_is_the_formula(model: PreTrainedModel) -> None:
    found = importance(model, text(), lambda: None)
    for layer in range(2):
        assert found.experts[layer].tolist() == pytest.approx(reap(model, layer), rel=1e-4)


def test_a_model_of_fewer_experts_is_the_whole_one_without_their_routes(
    model: PreTrainedModel, tmp_path: Path
) -> None:
    worth = importance(model, text(), lambda: None)
    what = kept(worth, neurons=0, groups=0, sharing="uniform", experts=0.5, least=CHOSEN)
    for layer, stay in enumerate(what.experts):
        best = sorted(range(EXPERTS), key=lambda e: -reap(model, layer)[e])[: EXPERTS // 2]
        assert stay.tolist() == sorted(best)
    small = narrowed(model, what)
    assert small.config.num_experts == EXPERTS // 2
    for layer, stay in enumerate(what.experts):
        router = model.model.layers[layer].mlp.gate
        silence(router, set(stay.tolist()))
    assert torch.allclose(logits(small), logits(model), atol=1e-5)
    small.save_pretrained(tmp_path)
    assert torch.equal(logits(AutoModelForCausalLM.from_pretrained(tmp_path)), logits(small))


def silence(router: torch.nn.Module, stay: set[int]) -> None:
    """A router that never chooses some experts: the others share what it gave to all."""
    whole: Callable[..., Tensor] = torch.nn.functional.linear

    def forward(states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        scores = whole(states.reshape(-1, states.shape[-1]), router.weight)
        for expert in range(EXPERTS):
            if expert not in stay:
                scores[:, expert] = -torch.inf
        top, chosen = scores.softmax(-1, dtype=torch.float).topk(CHOSEN, dim=-1)
        return scores, top / top.sum(-1, keepdim=True), chosen

    router.forward = forward  # type: ignore[method-assign]


def test_as_many_experts_stay_as_a_token_needs(model: PreTrainedModel) -> None:
    worth = importance(model, text(), lambda: None)
    what = kept(worth, neurons=0, groups=0, sharing="uniform", experts=0.99, least=CHOSEN)
    assert [len(stay) for stay in what.experts] == [CHOSEN, CHOSEN]
    assert torch.isfinite(logits(narrowed(model, what))).all()


def test_layers_and_groups_of_a_mixture_go_too(model: PreTrainedModel, tmp_path: Path) -> None:
    small = shortened(model, (0,))
    left = importance(model, text(), lambda: None).of([1])
    small = narrowed(
        small, kept(left, neurons=0, groups=0.5, sharing="uniform", experts=0.25, least=CHOSEN)
    )
    assert [layer.attention.groups for layer in layout(small) if layer.attention] == [1]
    small.save_pretrained(tmp_path)
    assert torch.equal(logits(AutoModelForCausalLM.from_pretrained(tmp_path)), logits(small))


def test_experts_that_are_stored_otherwise_are_refused() -> None:
    """Transposed and with biases: pruning the rest alone would say that all was pruned."""
    config = GptOssConfig(
        vocab_size=64, hidden_size=32, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, head_dim=16, num_local_experts=4,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_config(config)
    with pytest.raises(UnsupportedModel, match="stored in a way that is not known"):
        targets(model)
