"""Every preset against its closed formula in float64, and against the library where it has it."""

from __future__ import annotations

from math import ceil, floor, log, pi, sqrt

import numpy as np
import pytest

from engine.context.scaling.base import from_frequencies, plain
from engine.context.scaling.longrope import LongRope
from engine.context.scaling.registry import SCALINGS, inv_freq, scaling
from engine.errors import BadSpec

BASE, DIM, TRAINED = 10_000.0, 64, 2048
ROPE = plain(BASE, DIM, TRAINED)
PAIRS = DIM // 2
THETA = [BASE ** (-2 * i / DIM) for i in range(PAIRS)]
LONG = tuple(1 + 0.25 * i for i in range(PAIRS))
SHORT = tuple(1 + 0.01 * i for i in range(PAIRS))


def _by_parts(turns_low: float, turns_high: float, s: float) -> list[float]:
    found = []
    for theta in THETA:
        turns = TRAINED * theta / (2 * pi)
        keep = min(1.0, max(0.0, (turns - turns_low) / (turns_high - turns_low)))
        found.append((1 - keep) * theta / s + keep * theta)
    return found


def _yarn(s: float) -> list[float]:
    def pair(turns: float) -> float:
        return DIM * log(TRAINED / (turns * 2 * pi)) / (2 * log(BASE))

    low, high = floor(pair(32)), ceil(pair(1))
    ramp = [min(1.0, max(0.0, (i - low) / (high - low))) for i in range(PAIRS)]
    return [r * theta / s + (1 - r) * theta for r, theta in zip(ramp, THETA, strict=True)]


def _expected(name: str, s: float, length: int) -> tuple[list[float], float]:
    powers = [2 * i / DIM for i in range(PAIRS)]
    exact = DIM / (DIM - 2)
    match name:
        case "direct":
            return THETA, 1.0
        case "linear":
            return [theta / s for theta in THETA], 1.0
        case "ntk":
            return [(BASE * s) ** -p for p in powers], 1.0
        case "ntk-exact":
            return [(BASE * s**exact) ** -p for p in powers], 1.0
        case "ntk-mixed":
            a = log(s) / PAIRS**0.625
            return [t / np.exp(a * (m + 1) ** 0.625) for m, t in enumerate(THETA)], 1.0
        case "ntk-by-parts":
            return _by_parts(1, 32, s), 1.0
        case "dynamic":
            grown = s * max(length, TRAINED) / TRAINED - (s - 1)
            return [(BASE * grown**exact) ** -p for p in powers], 1.0
        case "ntk-request":
            grown = ceil(length / TRAINED) if length > TRAINED else 1
            return [(BASE * grown**exact) ** -p for p in powers], 1.0
        case "yarn":
            return _yarn(s), 0.1 * log(s) + 1
        case "llama3":
            return _by_parts(1, 4, s), 1.0
        case "longrope":
            chosen = LONG if length > TRAINED else SHORT
            temperature = sqrt(1 + log(s) / log(TRAINED))
            return [t / f for t, f in zip(THETA, chosen, strict=True)], temperature
    raise AssertionError(name)


@pytest.mark.parametrize("length", [512, TRAINED, 6000])
@pytest.mark.parametrize("factor", [2.0, 4.0, 7.5])
@pytest.mark.parametrize("name", SCALINGS)
def test_closed_formula(name: str, factor: float, length: int) -> None:
    preset = LongRope(LONG, SHORT) if name == "longrope" else scaling(name)
    found, attention = preset.inv_freq(ROPE, factor, length)
    frequencies, temperature = _expected(name, factor, length)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, frequencies, rtol=1e-13)
    assert attention == pytest.approx(temperature, rel=1e-14)


@pytest.mark.parametrize("name", [n for n in SCALINGS if n != "longrope"])
def test_factor_one_changes_no_bit(name: str) -> None:
    found, attention = inv_freq(name, ROPE, 1.0, TRAINED)
    assert np.array_equal(found, ROPE.inv_freq)
    assert attention == 1.0


def test_end_points() -> None:
    """Interpolation divides all; both NTKs keep the fastest; only the exact one ends at 1/k."""
    k = 8.0
    linear, _ = inv_freq("linear", ROPE, k)
    assert np.array_equal(linear, ROPE.inv_freq / k)
    for name, end in (("ntk", k ** ((DIM - 2) / DIM)), ("ntk-exact", k), ("ntk-mixed", k)):
        found, _ = inv_freq(name, ROPE, k)
        assert ROPE.inv_freq[-1] / found[-1] == pytest.approx(end, rel=1e-12)
        if name != "ntk-mixed":
            assert found[0] == ROPE.inv_freq[0]
    wide = plain(10_000.0, 128, 4096)
    textbook, _ = inv_freq("ntk", wide, k)
    assert textbook[-1] / wide.inv_freq[-1] == pytest.approx(0.1291, abs=5e-5)


def test_a_models_own_attention_factor_is_kept() -> None:
    own = from_frequencies(ROPE.inv_freq, TRAINED, attention=1.2)
    assert inv_freq("linear", own, 2.0)[1] == 1.2
    assert inv_freq("yarn", own, 4.0)[1] == pytest.approx(1.2 * (0.1 * log(4) + 1))


@pytest.mark.parametrize("name", ["direct", "linear", "ntk", "yarn", "llama3"])
def test_the_base_is_found_in_the_frequencies(name: str) -> None:
    changed, _ = inv_freq(name, ROPE, 4.0)
    base = BASE * 4 if name == "ntk" else BASE
    assert from_frequencies(changed, TRAINED).base == pytest.approx(base, rel=1e-9)


def test_wrong_use() -> None:
    with pytest.raises(BadSpec, match="the factor"):
        inv_freq("linear", ROPE, 0.5)
    with pytest.raises(BadSpec, match="no scaling preset"):
        scaling("rope++")
    with pytest.raises(BadSpec, match="has none"):
        inv_freq("longrope", ROPE, 2.0)
    with pytest.raises(BadSpec, match="2 divisors for 32 pairs"):
        LongRope((1.0, 2.0)).inv_freq(ROPE, 2.0, 4096)
    with pytest.raises(BadSpec, match="2 divisors for 32 pairs"):  # within the trained length too
        LongRope((1.0, 2.0)).inv_freq(ROPE, 1.0, TRAINED)
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(BadSpec, match="not above 0"):
            LongRope((wrong, *[2.0] * 31)).inv_freq(ROPE, 2.0, 4096)
    with pytest.raises(BadSpec, match="single pair"):
        inv_freq("ntk-exact", plain(10_000.0, 2, TRAINED), 2.0)


@pytest.mark.parametrize("length", [512, 6000])
@pytest.mark.parametrize("name", ["linear", "dynamic", "yarn", "longrope", "llama3"])
def test_the_library_agrees(name: str, length: int) -> None:
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    own = {
        "linear": {},
        "dynamic": {},
        "yarn": {"original_max_position_embeddings": TRAINED},
        "longrope": {
            "original_max_position_embeddings": TRAINED,
            "short_factor": list(SHORT),
            "long_factor": list(LONG),
        },
        "llama3": {
            "original_max_position_embeddings": TRAINED,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
        },
    }[name]
    config = LlamaConfig(
        hidden_size=4 * DIM,
        num_attention_heads=4,
        max_position_embeddings=TRAINED,
        rope_parameters={"rope_type": name, "rope_theta": BASE, "factor": 4.0} | own,
    )
    theirs, temperature = ROPE_INIT_FUNCTIONS[name](config, None, seq_len=length)
    preset = LongRope(LONG, SHORT) if name == "longrope" else scaling(name)
    ours, attention = preset.inv_freq(ROPE, 4.0, length)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=2e-6)
    assert attention == pytest.approx(temperature, rel=1e-12)
