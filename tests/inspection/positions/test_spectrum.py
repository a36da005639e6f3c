"""Wavelengths against the trained length, and the wheels of real frequencies."""

from __future__ import annotations

from math import ceil, log, pi

import numpy as np
import pytest

from engine.context.scaling.base import plain
from engine.context.scaling.registry import inv_freq
from engine.inspection.positions.spectrum import spectrum
from engine.inspection.positions.wheels import rotary_wheels

LLAMA = plain(10_000.0, 128, 4096)


def test_which_pairs_never_complete_a_turn() -> None:
    found = spectrum(LLAMA)
    complete = [2 * pi * 10_000 ** (2 * i / 128) <= 4096 for i in range(64)]
    assert found.complete.tolist() == complete
    assert found.critical_dim == 2 * ceil(64 * log(4096 / (2 * pi)) / log(10_000)) == 92
    assert 2 * sum(complete) == found.critical_dim
    assert found.turns[0] == pytest.approx(4096 / (2 * pi))


def test_interpolation_stretches_all_wavelengths() -> None:
    stretched, _ = inv_freq("linear", LLAMA, 8.0)
    found = spectrum(LLAMA, stretched)
    np.testing.assert_allclose(found.wavelengths, spectrum(LLAMA).wavelengths * 8)
    assert found.complete.sum() < spectrum(LLAMA).complete.sum()


def test_wheels_within_training_show_nothing_new() -> None:
    found = rotary_wheels(LLAMA, LLAMA.inv_freq, 4095)
    assert not found.unseen.any()
    np.testing.assert_allclose(found.angles, (4095 * LLAMA.inv_freq) % (2 * pi), atol=1e-9)
    assert (found.spacing == 1).all()


def test_direct_extrapolation_shows_new_angles_and_interpolation_crowds() -> None:
    beyond = 4 * 4096 - 1.0
    direct = rotary_wheels(LLAMA, LLAMA.inv_freq, beyond)
    turns = 4095 * LLAMA.inv_freq / (2 * pi)
    assert direct.unseen.tolist() == (turns < 1).tolist()
    squeezed, _ = inv_freq("linear", LLAMA, 4.0)
    linear = rotary_wheels(LLAMA, squeezed, 4 * 4095.0)
    assert not linear.unseen.any()
    assert (linear.spacing == 0.25).all()
    radix, _ = inv_freq("ntk-exact", LLAMA, 4.0)
    ntk = rotary_wheels(LLAMA, radix, 4 * 4095.0)
    assert ntk.spacing[0] == 1
    assert ntk.spacing[-1] == pytest.approx(0.25)
    assert 0 < ntk.unseen.sum() < direct.unseen.sum()
