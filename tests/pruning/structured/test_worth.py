"""Worth of neurons and heads, and the biases that make up for them, against float64."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, PreTrainedModel

from engine.pruning.loss import loss
from engine.pruning.passages import Passages
from engine.pruning.structured.compensation import biases_for
from engine.pruning.structured.importance import Importance, importance
from engine.pruning.structured.layout import layout
from engine.pruning.structured.measured import blocks_by_loss, groups_by_loss
from engine.pruning.structured.slicing import narrowed, shortened
from engine.pruning.structured.widths import Kept, dropped, kept
from engine.pruning.structured_spec import Worth
from tests.support import tiny_models

IDS = torch.randint(4, 200, (3, 12), generator=torch.Generator().manual_seed(3))
REAL = torch.ones_like(IDS, dtype=torch.bool)
REAL[-1, 7:] = False
TEXT = Passages(IDS, REAL, REAL, "", "test")


@torch.no_grad()
def inputs_of(model: PreTrainedModel, module: torch.nn.Module) -> Tensor:
    """What a projection reads at the real tokens, float64 ``[tokens, in]``."""
    got: list[Tensor] = []
    handle = module.register_forward_pre_hook(lambda _m, inputs: got.append(inputs[0]))
    model(input_ids=IDS, attention_mask=REAL.long(), use_cache=False)
    handle.remove()
    return got[0].flatten(0, 1)[REAL.flatten()].double()


def slow(rule: Worth, weight: Tensor, rows: Tensor, column: int) -> float:
    values = [float(row[column]) for row in rows]
    weights = [float(one[column]) for one in weight.double()]
    match rule:
        case "wifn":
            norm = sum(value**2 for value in values) ** 0.5
            return sum(abs(one) for one in weights) / len(weights) * norm
        case "flap":
            mean = sum(values) / len(values)
            spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
            return spread * sum(one**2 for one in weights)
        case _:
            return sum(abs(one) for one in weights) / len(weights)


@pytest.mark.parametrize("rule", ["wifn", "flap", "magnitude"])
@pytest.mark.parametrize("family", ["llama", "qwen3"])
def test_worth_is_the_formula(rule: Worth, family: str) -> None:
    model = tiny_models.tiny_model(family)[0]
    found = importance(model, TEXT, lambda: None, rule)
    for number, layer in enumerate(layout(model)):
        assert layer.mlp is not None
        assert layer.attention is not None
        reader, output = layer.mlp.reader, layer.attention.output
        rows = inputs_of(model, reader.module)
        expected = [slow(rule, reader.weight, rows, one) for one in range(0, 128, 7)]
        assert found.neurons[number][::7].tolist() == pytest.approx(expected, rel=1e-4)
        rows = inputs_of(model, output.module)
        columns = [slow(rule, output.weight, rows, one) for one in range(64)]
        sums = [sum(columns[:32]), sum(columns[32:])]  # two groups of two heads of 16
        assert found.groups[number].tolist() == pytest.approx(sums, rel=1e-4)


def model_with(**settings: bool) -> PreTrainedModel:
    config = tiny_models.tiny_config("llama")
    for name, value in settings.items():
        setattr(config, name, value)
    model = AutoModelForCausalLM.from_config(config).eval()
    for name, parameter in model.named_parameters():
        if name.endswith(".bias"):
            parameter.data.normal_()
    return model


CUT = Kept((torch.arange(64), torch.arange(128)), (torch.tensor([0, 1]), torch.tensor([1])))


@torch.no_grad()
@pytest.mark.parametrize("own", [False, True])
def test_a_bias_gives_what_the_cut_parts_gave_on_average(own: bool) -> None:
    model = model_with(attention_bias=own, mlp_bias=own)
    worth = importance(model, TEXT, lambda: None, "flap")
    biases = biases_for(model, layout(model), worth, CUT)
    assert biases.refused == ()
    small = narrowed(model, CUT, biases)
    first, whole = layout(small)[0].mlp.reader, layout(model)[0].mlp.reader
    rows = inputs_of(model, whole.module)
    expected = whole.weight[:, 64:].double() @ rows[:, 64:].mean(0)
    before = whole.module.bias if own else torch.zeros(64)
    assert torch.allclose(first.module.bias, before + expected.float(), atol=1e-5)
    # so the mean of what the MLP gives stays as it was
    kept_rows = rows[:, :64]
    after = kept_rows @ first.weight.double().T + first.module.bias.double()
    dense = rows @ whole.weight.double().T + before.double()
    assert torch.allclose(after.mean(0), dense.mean(0), atol=1e-5)
    # projections whose neighbours got a bias say what they said
    gate = layout(small)[1].mlp.writers[0].module
    assert (
        torch.equal(gate.bias, layout(model)[1].mlp.writers[0].module.bias)
        if own
        else (not gate.bias.any())
    )


def test_an_architecture_without_room_for_a_bias_says_so() -> None:
    model = tiny_models.tiny_model("qwen2")[0]
    worth = importance(model, TEXT, lambda: None, "flap")
    biases = biases_for(model, layout(model), worth, CUT)
    assert biases.refused == ("down_proj", "o_proj")
    assert not biases.added
    with torch.no_grad():
        narrowed(model, CUT, biases)(input_ids=IDS)


def worth_of(groups: list[list[float]], comparable: bool) -> Importance:
    return Importance(
        neurons=tuple(torch.ones(16) for _ in groups),
        groups=tuple(torch.tensor(one) for one in groups),
        influence=(0.0,) * len(groups),
        comparable=comparable,
    )


def test_scores_on_one_scale_are_compared_as_they_are() -> None:
    """The first layer's heads all matter more; only standardised scores see the layers alike."""
    groups = [[9.0, 8.0, 7.0, 6.0], [0.1, 0.2, 0.3, 0.4]]
    options = {"neurons": 0.0, "groups": 0.5, "sharing": "per-layer"}
    same = kept(worth_of(groups, True), **options)
    assert [one.tolist() for one in same.groups] == [[0, 1, 2, 3], [3]]  # one stays at least
    alike = kept(worth_of(groups, False), **options)
    assert [one.tolist() for one in alike.groups] == [[0, 1], [2, 3]]


def test_layers_of_the_least_influence_go() -> None:
    assert dropped((0.9, 0.1, 0.05, 0.4), 2) == (1, 2)
    assert dropped((0.1, 0.1, 0.1), 1) == (2,)
    assert dropped((0.1, 0.2), 0) == ()


def test_a_group_is_worth_what_a_model_without_it_loses() -> None:
    """Slicing the group out is the independent way."""
    model = tiny_models.tiny_model("qwen3")[0]
    found = groups_by_loss(model, layout(model), TEXT, lambda: None)
    dense = loss(model, TEXT, lambda: None).nll
    for layer, group in ((0, 0), (1, 1)):
        groups = [torch.tensor([0, 1]), torch.tensor([0, 1])]
        groups[layer] = torch.tensor([1 - group])
        small = narrowed(model, Kept((torch.arange(128),) * 2, tuple(groups)))
        rise = loss(small, TEXT, lambda: None).nll - dense
        assert float(found[layer][group]) == pytest.approx(rise, abs=1e-5)


def test_layers_go_one_after_the_other_by_the_loss() -> None:
    config = tiny_models.tiny_config("llama")
    config.num_hidden_layers = 4
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config).eval()
    gone: tuple[int, ...] = ()
    for count in (1, 2):
        left = [one for one in range(4) if one not in gone]
        losses = {
            one: loss(shortened(model, tuple(sorted((*gone, one)))), TEXT, lambda: None).nll
            for one in left
        }
        gone = tuple(sorted((*gone, min(losses, key=losses.__getitem__))))
        assert blocks_by_loss(model, layout(model), TEXT, count, lambda: None) == gone
