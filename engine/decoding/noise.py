"""Common random numbers: one Gumbel noise tape per (seed, item, sample), for all variants.

The noise of a step is a pure function of (seed, item, sample, step, token id), so it does not
depend on which other rows share the batch, nor on their order or the device. Sampling is then
``argmax(logits / T + gumbel)`` (the Gumbel-max trick), which draws exactly from the softmax.
Numbers come from SplitMix64 (Steele, Lea, Flood 2014): its output function applied to
``key + (token id + 1) · golden``, in int64 arithmetic that wraps around.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import torch

GOLDEN = 0x9E3779B97F4A7C15
MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
MASK = (1 << 64) - 1
LARGEST = 1.0 - 2.0**-24


def tape_key(seed: int, item: str, sample: int) -> int:
    """The 64-bit key of a tape."""
    name = f"{seed}\x00{item}\x00{sample}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little")


def step_key(tape: int, step: int) -> int:
    """The 64-bit key of one step of a tape."""
    z = (tape + (step + 1) * GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * MULTIPLIERS[0]) & MASK
    z = ((z ^ (z >> 27)) * MULTIPLIERS[1]) & MASK
    return z ^ (z >> 31)


def gumbel(keys: Sequence[int], token_ids: torch.Tensor) -> torch.Tensor:
    """Gumbel noise for each key and token.

    Args:
        keys: `step_key` values, one per row.
        token_ids: int64 ``[tokens]`` for all rows alike, or ``[rows, tokens]``.

    Returns:
        float32 ``[rows, tokens]`` on the device of `token_ids`, always finite.
    """
    if token_ids.dim() == 1:
        unique = list(dict.fromkeys(keys))
        noise = _gumbel(unique, token_ids[None, :])
        if len(unique) == len(keys):
            return noise
        place = {key: index for index, key in enumerate(unique)}
        return noise[torch.tensor([place[key] for key in keys], device=noise.device)]
    return _gumbel(keys, token_ids)


def _gumbel(keys: Sequence[int], token_ids: torch.Tensor) -> torch.Tensor:
    start = torch.tensor([_signed(key) for key in keys], device=token_ids.device)[:, None]
    z = start + (token_ids + 1) * _signed(GOLDEN)
    z = (z ^ _shift(z, 30)) * _signed(MULTIPLIERS[0])
    z = (z ^ _shift(z, 27)) * _signed(MULTIPLIERS[1])
    z = z ^ _shift(z, 31)
    # The upper 53 bits as a share of 1. Small shares keep their precision in float32, and
    # -log1p(-share) is an exponential variate whose small values make the largest noise.
    share = ((_shift(z, 11).float() + 0.5) * 2.0**-53).clamp_(max=LARGEST)
    return share.neg_().log1p_().neg_().log_().neg_()


def _shift(z: torch.Tensor, bits: int) -> torch.Tensor:
    """Logical right shift; torch's is arithmetic."""
    return (z >> bits) & ((1 << (64 - bits)) - 1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
