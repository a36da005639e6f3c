"""Block-sequential pruning: statistics of a dense block behind pruned ones."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.models.layers import decoder_layers
from engine.pruning.inputs import Inputs
from engine.pruning.passages import Passages
from engine.pruning.ranking import rank
from engine.pruning.recipe import PRESETS
from engine.pruning.score import score
from engine.pruning.targets import Target, targets
from engine.pruning.two_pass import visit_in_two_passes
from tests.support.tiny_models import tiny_model


def gone(target: Target, norms: Tensor) -> Tensor:
    return rank(score(target.weight, norms, PRESETS["wanda"]), "row").pruned(0.5)


@pytest.mark.parametrize("family", ["llama", "gpt2", "bloom"])
def test_each_block_is_judged_dense_behind_pruned_ones(family: str) -> None:
    model, slow = tiny_model(family)[0].eval(), tiny_model(family)[0].eval()
    slow.load_state_dict(model.state_dict())
    ids = torch.randint(4, 200, (3, 12), generator=torch.Generator().manual_seed(2))
    real = torch.ones_like(ids, dtype=torch.bool)
    real[-1, 7:] = False
    found = targets(model)

    def visit(target: Target, inputs: Inputs) -> None:
        target.weight.masked_fill_(gone(target, inputs.norms), 0)

    visit_in_two_passes(model, found, Passages(ids, real, real, "", ""), visit, lambda: None)

    for number in range(len(decoder_layers(slow))):  # one block after the other, by hand
        own = [target for target in targets(slow) if target.layer == number]
        seen: dict[str, Tensor] = {}
        handles = [
            target.module.register_forward_pre_hook(
                lambda _m, inputs, name=target.name, seen=seen: seen.update({name: inputs[0]})
            )
            for target in own
        ]
        with torch.no_grad():
            slow(input_ids=ids, attention_mask=real.long(), use_cache=False)
        for handle in handles:
            handle.remove()
        for target in own:
            rows = seen[target.name].reshape(-1, target.weight.shape[1])[real.reshape(-1)]
            target.weight.masked_fill_(gone(target, rows.norm(dim=0)), 0)
    for one, other in zip(found, targets(slow), strict=True):
        assert torch.equal(one.weight, other.weight), one.name
    assert not any(module._forward_pre_hooks for module in model.modules())
