"""Activations and gates against torch in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from engine.errors import BadSpec
from engine.inspection.anatomy.activations.registry import (
    ACTIVATIONS,
    GATED_UNITS,
    activation,
    gated_unit,
)

X = np.concatenate([np.linspace(-9, 9, 401), [-800.0, 800.0, 0.0]])
TORCH = {
    "relu": lambda x, beta: F.relu(x),
    "gelu": lambda x, beta: F.gelu(x),
    "gelu-tanh": lambda x, beta: F.gelu(x, approximate="tanh"),
    "swish": lambda x, beta: x * torch.sigmoid(beta * x),
    "sigmoid": lambda x, beta: torch.sigmoid(x),
}


@pytest.mark.parametrize("beta", [0.0, 0.7, 1.0, 12.0])
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_value_and_slope_are_torch_s(name: str, beta: float):
    x = torch.tensor(X, requires_grad=True)
    wanted = TORCH[name](x, beta)
    (slope,) = torch.autograd.grad(wanted.sum(), x)
    found = activation(name, beta)
    assert np.abs(found.value(X) - wanted.detach().numpy()).max() < 1e-12
    assert np.abs(found.slope(X) - slope.numpy()).max() < 1e-12


@pytest.mark.parametrize("name", list(GATED_UNITS))
def test_gates_bend_one_half_and_let_the_other_through(name: str):
    rng = np.random.default_rng(0)
    gate, up = rng.normal(size=(2, 5, 7)) * 3
    unit = gated_unit(name)
    a, b = (torch.tensor(half, requires_grad=True) for half in (gate, up))
    wanted = TORCH[unit.activation](a, 1.5) * b
    slopes = torch.autograd.grad(wanted.sum(), (a, b))
    assert np.abs(unit.value(gate, up, 1.5) - wanted.detach().numpy()).max() < 1e-12
    for found, slope in zip(unit.slopes(gate, up, 1.5), slopes, strict=True):
        assert np.abs(found - slope.numpy()).max() < 1e-12


def test_glu_is_torch_s_with_its_halves_named():
    """torch's GLU lets the first half through and opens it by the second."""
    rng = np.random.default_rng(1)
    gate, up = rng.normal(size=(2, 6))
    wanted = F.glu(torch.tensor(np.concatenate([up, gate])), dim=-1).numpy()
    assert np.allclose(gated_unit("glu").value(gate, up), wanted, atol=1e-14)


def test_swish_goes_from_a_line_to_relu():
    x = np.linspace(-4, 4, 41)
    assert np.allclose(activation("swish", 0.0).value(x), x / 2)
    assert np.abs(activation("swish", 400.0).value(x) - np.maximum(x, 0)).max() < 1e-3


def test_the_tanh_form_stays_near_the_exact_one():
    x = np.linspace(-8, 8, 4001)
    gap = np.abs(activation("gelu-tanh").value(x) - activation("gelu").value(x)).max()
    assert 1e-5 < gap < 5e-4


def test_an_unknown_name_is_refused():
    with pytest.raises(BadSpec, match="no activation"):
        activation("gelo")
    with pytest.raises(BadSpec, match="no gated unit"):
        gated_unit("mlp")
