"""Norms against torch, DeepNorm's factors against the paper's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from engine.errors import BadSpec
from engine.inspection.anatomy.norms.deep_norm import chatglm_alpha, deep_norm, factors
from engine.inspection.anatomy.norms.layer_norm import layer_norm
from engine.inspection.anatomy.norms.placement import sublayer, through, vector
from engine.inspection.anatomy.norms.rms_norm import rms_norm


def test_norms_are_torch_s():
    rng = np.random.default_rng(0)
    x, gain, bias = rng.normal(size=(4, 9)) * 3 + 2, rng.normal(size=9), rng.normal(size=9)
    wanted = F.layer_norm(torch.tensor(x), (9,), torch.tensor(gain), torch.tensor(bias), 1e-5)
    assert np.abs(layer_norm(x, gain, bias) - wanted.numpy()).max() < 1e-12
    wanted = F.rms_norm(torch.tensor(x), (9,), torch.tensor(gain), 1e-5)
    assert np.abs(rms_norm(x, gain) - wanted.numpy()).max() < 1e-12


@pytest.mark.parametrize("layers", [1, 6, 28, 1000])
def test_deepnorm_of_one_stack(layers: int):
    for half in (factors(layers).encoder, factors(0, layers).decoder):
        assert half.alpha**4 == pytest.approx(2 * layers)
        assert half.beta**-4 == pytest.approx(8 * layers)
    assert factors(layers).decoder is None
    assert factors(0, layers).encoder is None


def test_deepnorm_of_both_halves():
    found = factors(6, 18)
    assert (found.encoder.alpha / 0.81) ** 16 == pytest.approx(6**4 * 18)
    assert (found.encoder.beta / 0.87) ** -16 == pytest.approx(6**4 * 18)
    assert found.decoder.alpha**4 == pytest.approx(3 * 18)
    assert found.decoder.beta**-4 == pytest.approx(12 * 18)


def test_the_released_chatglm_uses_a_square_root():
    assert chatglm_alpha(28) ** 2 == pytest.approx(56)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (-1, 4), (3, -1)])
def test_no_layers_are_refused(n: int, m: int):
    with pytest.raises(BadSpec, match="at least one layer"):
        factors(n, m)


def test_the_same_vector_through_each():
    x = vector(12, offset=1.5, scale=2.0)
    steps = {step.id: step for step in through(x, alpha=3.0)}
    added = sublayer(12) @ x
    assert steps["input"].values is x
    assert abs(steps["layer-norm"].mean) < 1e-12
    assert steps["layer-norm"].rms == pytest.approx(1.0, abs=1e-5)
    assert steps["rms-norm"].rms == pytest.approx(1.0, abs=1e-5)
    assert abs(steps["rms-norm"].mean) > 0.1  # the mean stays: that is the difference
    assert np.allclose(steps["post"].values, layer_norm(x + added))
    assert np.allclose(steps["deep"].values, layer_norm(3.0 * x + added))
    assert np.allclose(steps["pre"].values - x, sublayer(12) @ layer_norm(x))
    assert np.allclose(deep_norm(x, added, 1.0), layer_norm(x + added))
