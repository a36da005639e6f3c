"""The bit-mask file gives back every bit, and is as small as it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.models import bitmask


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("shape", [(7, 13), (64, 96), (3, 8, 5)])
def test_round_trip_is_exact(tmp_path: Path, dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(shape, generator=generator).to(dtype)
    weight[torch.rand(shape, generator=generator) < 0.5] = 0
    weight.view(-1)[3] = -0.0
    other = torch.randn(5, generator=generator).to(dtype)
    bitmask.save({"a.weight": weight, "norm.weight": other}, {"a.weight"}, tmp_path)
    back = bitmask.load(tmp_path)
    assert set(back) == {"a.weight", "norm.weight"}
    assert torch.equal(back["norm.weight"], other)
    assert back["a.weight"].dtype == dtype
    assert torch.equal(back["a.weight"], weight)
    assert torch.equal(torch.signbit(back["a.weight"]), torch.signbit(weight))


def test_half_zeros_in_sixteen_bits_take_nine_sixteenths(tmp_path: Path) -> None:
    weight = torch.ones(512, 1024, dtype=torch.bfloat16)
    weight[:, ::2] = 0
    file = bitmask.save({"w": weight}, {"w"}, tmp_path)
    dense = weight.numel() * 2
    assert file.stat().st_size == pytest.approx(dense * 9 / 16, rel=0.001)
