"""One forward pass: every matrix is judged by the inputs that it really gets."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from transformers import PreTrainedModel

from engine.errors import BadSpec, JobCancelled, UnsupportedModel
from engine.models.layers import decoder_layers
from engine.pruning.inputs import Inputs
from engine.pruning.one_pass import restored, visit_in_one_pass
from engine.pruning.passages import Passages
from engine.pruning.ranking import rank
from engine.pruning.recipe import PRESETS
from engine.pruning.score import score
from engine.pruning.targets import Target, targets
from tests.support import tiny_models

FAMILIES = ("llama", "qwen3", "gpt2", "bloom", "glm", "gemma2")


def tiny_model(family: str) -> PreTrainedModel:
    """The same random weights every time."""
    return tiny_models.tiny_model(family)[0].eval()


def text(windows: int = 3, length: int = 12) -> Passages:
    ids = torch.randint(4, 200, (windows, length), generator=torch.Generator().manual_seed(2))
    real = torch.ones_like(ids, dtype=torch.bool)
    real[-1, 7:] = False
    return Passages(ids, real, real, "", "test")


def mask(target: Target, norms: Tensor) -> Tensor:
    return rank(score(target.weight, norms, PRESETS["wanda"]), "row").pruned(0.5)


def wanda(target: Target, inputs: Inputs) -> None:
    target.weight.masked_fill_(mask(target, inputs.norms), 0)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_matrix_is_judged_by_inputs_of_pruned_matrices(family: str) -> None:
    """The slow way: find the inputs of one matrix at a time, after all before it were pruned."""
    model, slow = tiny_model(family), tiny_model(family)
    slow.load_state_dict(model.state_dict())
    words = text()
    found = targets(model)
    visit_in_one_pass(model, found, words, wanda, lambda: None)

    order: list[str] = []
    for target in targets(slow):
        target.module.register_forward_pre_hook(lambda _m, _i, name=target.name: order.append(name))
    run = {"input_ids": words.ids, "attention_mask": words.real.long(), "use_cache": False}
    with torch.no_grad():
        slow(**run)
    by_name = {target.name: target for target in targets(slow)}
    for name in list(order):
        target, seen = by_name[name], []
        handle = target.module.register_forward_pre_hook(
            lambda _m, inputs, seen=seen: seen.append(inputs[0])
        )
        with torch.no_grad():
            slow(**run)
        handle.remove()
        real_inputs = seen[0].reshape(-1, seen[0].shape[-1])[words.real.reshape(-1)]
        target.weight.masked_fill_(mask(target, real_inputs.norm(dim=0)), 0)

    for one, other in zip(found, targets(slow), strict=True):
        assert one.name == other.name
        assert torch.equal(one.weight, other.weight), one.name
        assert (one.weight == 0).float().mean() == pytest.approx(0.5, abs=0.02)


def test_every_linear_of_the_layers_is_found_and_no_embedding() -> None:
    model = tiny_model("llama")
    names = {target.name for target in targets(model)}
    expected = {
        f"model.layers.{layer}.{part}.weight"
        for layer in range(2)
        for part in (
            "self_attn.q_proj self_attn.k_proj self_attn.v_proj self_attn.o_proj "
            "mlp.gate_proj mlp.up_proj mlp.down_proj"
        ).split()
    }
    assert names == expected
    assert {target.kind for target in targets(model)} == {
        name.removeprefix("model.layers.0.").removesuffix(".weight")
        for name in expected
        if ".layers.0." in name
    }


def test_weights_come_back_bit_for_bit_wherever_it_is_stopped() -> None:
    model = tiny_model("llama")
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    found = targets(model)
    for stop in range(len(found) + 1):
        calls = 0

        def check(stop: int = stop) -> None:
            nonlocal calls
            calls += 1
            if calls > stop:
                raise JobCancelled

        try:
            with restored(found):
                visit_in_one_pass(model, found, text(), wanda, check)
                assert stop == len(found)
        except JobCancelled:
            assert stop < len(found)
        for name, tensor in model.state_dict().items():
            assert torch.equal(tensor, before[name])
        hooks = [len(module._forward_pre_hooks) for module in model.modules()]
        assert sum(hooks) == 0


def test_activations_that_are_no_numbers_are_named() -> None:
    model = tiny_model("llama")
    with torch.no_grad():
        next(decoder_layers(model)[1].parameters()).fill_(float("nan"))
    found = targets(model)
    with pytest.raises(BadSpec, match="not finite"), restored(found):
        visit_in_one_pass(model, found, text(), wanda, lambda: None)


def test_a_model_without_linear_layers_is_refused() -> None:
    model = tiny_model("llama")
    for layer in decoder_layers(model):
        for name, _ in list(layer.named_children()):
            setattr(layer, name, torch.nn.Identity())
    with pytest.raises(UnsupportedModel, match="can be pruned"):
        targets(model)
