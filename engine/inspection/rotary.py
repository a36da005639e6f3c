"""The rotary embedding of an attention module, read from the live model while it runs.

Frequencies come from the rotary module itself, and which dimensions turn together is proven: the
family's own `apply_rotary_pos_emb` turns a random vector, and the pairing that does the same is
the one. GPT-J and its kin keep tables of sines instead; there the pairing is theirs by definition.
"""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import numpy as np
import torch

from engine.inspection.capture import Pairing, Rotation
from engine.inspection.rotation import turned
from engine.models.rotary import is_rotary

if TYPE_CHECKING:
    from torch import nn

TRIED_POSITIONS: Final = 8
AGREEMENT: Final = 1e-3


@dataclass
class Turn:
    """What a rotary module gave in this run.

    Attributes:
        inv_freq: Its frequencies at that moment, float64.
        scaling: Its factor on cos and sin.
        cos, sin: Its output, ``[1, tokens, width]``.
        positions: Positions it was given, float64 ``[tokens]``.
    """

    inv_freq: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    scaling: float
    cos: torch.Tensor
    sin: torch.Tensor
    positions: np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def rotary_modules(model: nn.Module) -> dict[str, nn.Module]:
    """Modules that give (cos, sin), by name."""
    return {name: module for name, module in model.named_modules() if is_rotary(module)}


def turn_of(
    rotary: nn.Module, args: tuple[object, ...], kwargs: dict[str, object], output: object
) -> tuple[str, Turn] | None:
    """(layer type or "", what it gave) of one call of a rotary module; None of an unknown kind."""
    if not (isinstance(output, tuple) and len(output) == 2):
        return None
    cos, sin = output
    if not (isinstance(cos, torch.Tensor) and isinstance(sin, torch.Tensor) and cos.dim() == 3):
        return None
    bound = _bound(rotary, args, kwargs)
    kind = bound.get("layer_type")
    layer_type = kind if isinstance(kind, str) else ""
    lead = f"{layer_type}_" if layer_type else ""
    inv_freq = getattr(rotary, f"{lead}inv_freq", None)
    if not isinstance(inv_freq, torch.Tensor):
        return None
    positions = bound.get("position_ids")
    if isinstance(positions, torch.Tensor) and positions.dim() == 2:
        at = positions[0].double().cpu().numpy()
    else:
        at = np.arange(cos.shape[1], dtype=np.float64)
    scaling = getattr(rotary, f"{lead}attention_scaling", 1.0)
    frequencies = inv_freq.detach().double().cpu().numpy().copy()
    return layer_type, Turn(frequencies, float(scaling), cos, sin, at)


def rotation_of(module: nn.Module, head_dim: int, turn: Turn) -> Rotation | None:
    """The rotation that an attention module applies, its pairing proven; None when it is unknown.

    Args:
        module: The attention module.
        head_dim: Width of its heads.
        turn: What its rotary module gave.
    """
    if getattr(module, "use_rope", True) is False:
        return None
    apply = getattr(sys.modules[type(module).__module__], "apply_rotary_pos_emb", None)
    if apply is None:
        return None
    rotary_dim = min(head_dim, 2 * len(turn.inv_freq))
    count = len(turn.positions)
    at = np.unique(np.linspace(0, count - 1, min(count, TRIED_POSITIONS)).astype(np.int64))
    draws = np.random.default_rng(0)
    sample = draws.standard_normal((1, 1, len(at), head_dim)).astype(np.float32)
    real = _applied(apply, torch.from_numpy(sample), turn, torch.from_numpy(at))
    if real is None:
        return None
    for pairing in get_args(Pairing):
        rotation = Rotation(turn.inv_freq, turn.positions, pairing, rotary_dim, turn.scaling)
        ours = turned(sample[0, 0], rotation, turn.positions[at])
        if np.abs(ours - real).max() < AGREEMENT * max(1.0, float(np.abs(real).max())):
            return rotation
    return None


def table_rotation(module: nn.Module, head_dim: int, tokens: int) -> Rotation | None:
    """GPT-J and CodeGen: sines and cosines of every position in a buffer, pairs interleaved."""
    table = getattr(module, "embed_positions", None)
    if not isinstance(table, torch.Tensor) or table.dim() != 2 or table.shape[0] < 2:
        return None
    sin, cos = table[1].double().cpu().chunk(2)
    width = getattr(module, "rotary_dim", None) or head_dim
    frequencies = torch.atan2(sin, cos).numpy()  # at position 1 the angle is the frequency
    return Rotation(frequencies, np.arange(tokens, dtype=np.float64), "interleaved", int(width))


def _applied(
    apply: object, sample: torch.Tensor, turn: Turn, at: torch.Tensor
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None:
    assert callable(apply)
    cos, sin = (part[:, at.to(part.device)].float().cpu() for part in (turn.cos, turn.sin))
    try:
        found = apply(sample, sample, cos, sin)
    except (TypeError, RuntimeError, ValueError):
        width = 2 * len(turn.inv_freq)  # families that cut the turning part off beforehand
        try:
            found = apply(sample[..., :width], sample[..., :width], cos, sin)
        except (TypeError, RuntimeError, ValueError):
            return None
        rest = sample[..., width:]
        return torch.cat([found[0], rest], dim=-1)[0, 0].numpy()
    if not isinstance(found, tuple):
        return None
    out: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = found[0][0, 0].numpy()
    return out


def _bound(
    rotary: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]
) -> dict[str, object]:
    try:
        bound = inspect.signature(rotary.forward).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return dict(kwargs)
    return dict(bound.arguments)
