"""Depth and cost: what is measured is what is said to be measured."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from engine.errors import BadSpec
from engine.inspection.anatomy.cost import block, norms, one_thread
from engine.inspection.anatomy.cost_spec import NormCostSpec
from engine.inspection.anatomy.depth import gradient_norms
from engine.inspection.anatomy.depth_spec import DepthSpec
from engine.inspection.anatomy.norms.deep_norm import factors
from engine.inspection.anatomy.stacks import make_stack
from engine.jobs.spec import decode, encode

SMALL = DepthSpec(layers=12, width=32, heads=2, tokens=6, batch=4, seeds=1)


@pytest.mark.parametrize("form", ["fused", "written"])
def test_both_forms_compute_the_norms(form: str):
    x = torch.randn(5, 24, dtype=torch.float32) * 3 + 1
    layer, rms = norms(form, 24, "cpu")
    assert torch.allclose(layer(x), F.layer_norm(x, (24,), eps=1e-5), atol=1e-5)
    assert torch.allclose(rms(x), F.rms_norm(x, (24,), eps=1e-5), atol=1e-5)


def test_the_block_differs_by_its_norm_alone():
    x = torch.randn(6, 128)
    layer, rms = norms("fused", 128, "cpu")
    assert torch.equal(block(layer, 128, "cpu")(x), block(layer, 128, "cpu")(x))
    assert not torch.allclose(block(layer, 128, "cpu")(x + 1), block(rms, 128, "cpu")(x + 1))
    changed = x.clone()
    changed[4] += 1
    assert torch.allclose(block(rms, 128, "cpu")(changed)[:4], block(rms, 128, "cpu")(x)[:4])


def test_threads_come_back():
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_stacks_differ_by_placement_alone():
    post = make_stack(3, 16, 2, "post", 0)
    pre = make_stack(3, 16, 2, "pre", 0)
    deep = make_stack(3, 16, 2, "deep", 0)
    beta = factors(decoder_layers=3).decoder.beta
    for a, b, c in zip(post, pre, deep, strict=True):
        assert torch.equal(a.up.weight, b.up.weight)
        assert torch.allclose(c.up.weight, a.up.weight * beta)
        assert torch.equal(c.query.weight, a.query.weight)
    x = torch.randn(1, 4, 16)
    first = post[0]
    h = F.layer_norm(x + first._attention(x), (16,))
    assert torch.allclose(first(x), F.layer_norm(h + first._network(h), (16,)), atol=1e-5)
    first = pre[0]
    h = x + first._attention(F.layer_norm(x, (16,)))
    assert torch.allclose(first(x), h + first._network(F.layer_norm(h, (16,))), atol=1e-5)


def test_gradients_shrink_towards_the_input_of_post_norm_and_grow_in_pre_norm():
    """Xiong et al. 2020, §3.3: what the depth does to the gradients at the start of training."""
    post, size = gradient_norms(SMALL, "post", 0)
    pre, grown = gradient_norms(SMALL, "pre", 0)
    deep, _ = gradient_norms(SMALL, "deep", 0)
    assert post[-1] > post[0]
    assert pre[0] > pre[-1]
    spread = [np.log(values.max() / values.min()) for values in (post, pre, deep)]
    assert spread[2] < min(spread[:2])  # DeepNorm is the evenest
    assert np.allclose(size, 1.0, atol=1e-3)  # a normalised residual
    assert (np.diff(grown) > 0).all()  # pre-norm adds up


@pytest.mark.parametrize("bad", [DepthSpec(layers=1), DepthSpec(width=33), NormCostSpec(widths=()),
                                 NormCostSpec(repeats=1)])  # fmt: skip
def test_nonsense_is_refused(bad):
    with pytest.raises(BadSpec):
        bad.check()


def test_specs_are_values():
    for spec in (SMALL, NormCostSpec(widths=(64,), repeats=4)):
        assert decode(encode(spec)) == spec
