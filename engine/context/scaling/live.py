"""The rotary embedding of a loaded model: read as numbers, and stretched while a block lasts.

Changing `config.rope_parameters` after a load does nothing; the frequencies live in the rotary
modules. They are swapped there and put back, the very same tensors, however the block is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from engine.context.scaling.base import Frequencies, RopeConfig
from engine.errors import BadSpec
from engine.models.architecture import LENGTH_DEPENDENT_ROPE
from engine.models.rotary import is_rotary
from engine.models.rotary import preserved as preserved

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

SUFFIX: Final = "inv_freq"

Change = Callable[[RopeConfig], tuple[Frequencies, float]]


@dataclass(frozen=True, eq=False)
class LiveRope:
    """The frequencies of one kind of layer.

    Attributes:
        layer_type: ``"full_attention"``, ``"sliding_attention"`` …; empty where all layers share.
        modules: The rotary modules that hold them.
        config: What they are.
    """

    layer_type: str
    modules: tuple[nn.Module, ...]
    config: RopeConfig


def live_ropes(model: PreTrainedModel) -> tuple[LiveRope, ...]:
    """Every kind of rotation in a model; empty for a model that rotates nothing."""
    found: dict[str, list[nn.Module]] = {}
    for module in model.modules():
        for name in _frequency_names(module):
            found.setdefault(name, []).append(module)
    return tuple(
        LiveRope(_type_of(name), tuple(modules), _read(model, modules[0], name))
        for name, modules in found.items()
    )


def live_config(model: PreTrainedModel) -> RopeConfig:
    """The rotation that reaches farthest: of full attention where kinds of layers differ.

    Raises:
        BadSpec: The model has no rotation that is kept as frequencies.
    """
    return _stretched(_some(model))[0].config


def stretched_ropes(model: PreTrainedModel) -> tuple[LiveRope, ...]:
    """The rotations that grow with a text: of full attention where kinds of layers differ.

    Raises:
        BadSpec: The model has no rotation that is kept as frequencies.
    """
    return _stretched(_some(model))


@contextmanager
def stretched(model: PreTrainedModel, change: Change) -> Iterator[RopeConfig]:
    """Run with other frequencies in the layers of full attention; yields what they were before.

    Layers with a sliding window keep theirs: their distances never grow.

    Raises:
        BadSpec: The model has no rotation, or the change does not apply.
    """
    ropes = _stretched(_some(model))
    with _swapped(ropes, change):
        yield ropes[0].config


@contextmanager
def unrotated(model: PreTrainedModel) -> Iterator[RopeConfig]:
    """Run without any rotation: all angles 0, in layers of every kind.

    Raises:
        BadSpec: The model has no rotation.
    """
    ropes = _some(model)

    def still(config: RopeConfig) -> tuple[Frequencies, float]:
        return np.zeros(config.pairs), config.attention

    with _swapped(ropes, still):
        yield _stretched(ropes)[0].config


@contextmanager
def _swapped(ropes: tuple[LiveRope, ...], change: Change) -> Iterator[None]:
    planned = [(rope, *change(rope.config)) for rope in ropes]
    undo: list[Callable[[], None]] = []
    try:
        for rope, frequencies, attention in planned:
            for module in rope.modules:
                undo.append(_put(module, rope.layer_type, frequencies, attention))
        yield
    finally:
        for back in reversed(undo):
            back()


def _put(
    module: nn.Module, layer_type: str, frequencies: Frequencies, attention: float
) -> Callable[[], None]:
    """Swap what a module holds; returns what puts it back."""
    lead = f"{layer_type}_" if layer_type else ""
    name, factor = f"{lead}{SUFFIX}", f"{lead}attention_scaling"
    old: torch.Tensor = module._buffers[name]  # type: ignore[assignment]
    before = {key: module.__dict__[key] for key in (factor, "rope_type") if key in module.__dict__}
    fresh = torch.as_tensor(frequencies, dtype=old.dtype, device=old.device)

    def back() -> None:
        module._buffers[name] = old
        module.__dict__.update(before)

    module._buffers[name] = fresh
    if factor in before:
        module.__dict__[factor] = attention
    if "rope_type" in before:  # or a dynamic module would compute its own again
        module.__dict__["rope_type"] = _plain_type(before["rope_type"], layer_type)
    return back


def _plain_type(own: Any, layer_type: str) -> Any:  # noqa: ANN401 - as the library keeps it
    return own | {layer_type: "default"} if isinstance(own, dict) else "default"


def keeps_frequencies(module: nn.Module) -> bool:
    """Whether a module is a rotary embedding that `live_ropes` knows."""
    return bool(_frequency_names(module))


def full_attention(ropes: tuple[LiveRope, ...]) -> RopeConfig | None:
    """Of several rotations the one that reaches farthest, as `live_config`; None of none."""
    return _stretched(ropes)[0].config if ropes else None


def _frequency_names(module: nn.Module) -> list[str]:
    if not is_rotary(module):
        return []
    return [
        name
        for name, buffer in module._buffers.items()
        if name.endswith(SUFFIX) and "original" not in name and buffer is not None
    ]


def _type_of(name: str) -> str:
    return name.removesuffix(SUFFIX).rstrip("_")


def _some(model: PreTrainedModel) -> tuple[LiveRope, ...]:
    ropes = live_ropes(model)
    if not ropes:
        raise BadSpec(
            f"The model “{model.config.model_type}” keeps no rotary frequencies that could be "
            "changed.",
            "Choose a model with rotary positions (RoPE), such as Llama or Qwen.",
        )
    return ropes


def _stretched(ropes: tuple[LiveRope, ...]) -> tuple[LiveRope, ...]:
    """Those of full attention first of all; all of them where no kind is called so."""
    return tuple(rope for rope in ropes if rope.layer_type == "full_attention") or ropes


def _read(model: PreTrainedModel, module: nn.Module, name: str) -> RopeConfig:
    layer_type = _type_of(name)
    language = model.config.get_text_config(decoder=True)
    own = getattr(module, "config", language)  # of a module that was exchanged: not the model's
    parameters: dict[str, Any] = getattr(own, "rope_parameters", None) or {}
    parameters = parameters.get(layer_type, parameters) if layer_type else parameters
    lead = f"{layer_type}_" if layer_type else ""
    original = getattr(module, f"{lead}original_inv_freq", None)
    switches = _kind(module, layer_type) in LENGTH_DEPENDENT_ROPE and isinstance(
        original, torch.Tensor
    )
    source = original if switches else module._buffers[name]
    assert isinstance(source, torch.Tensor)
    inv_freq = source.detach().double().cpu().numpy().copy()
    trained = int(getattr(language, "max_position_embeddings", 0) or 2048)
    longer: tuple[float, ...] = ()
    if _kind(module, layer_type) == "longrope":
        trained = int(parameters.get("original_max_position_embeddings", trained))
        # Relative to the frequencies in use within the trained length, as `RopeConfig` has them.
        pairs = zip(parameters["long_factor"], parameters["short_factor"], strict=True)
        longer = tuple(float(far) / float(near) for far, near in pairs)
    attention = getattr(module, f"{lead}attention_scaling", 1.0)
    base = float(parameters.get("rope_theta", 10_000.0))
    return RopeConfig(inv_freq, trained, base, float(attention or 1.0), long_factor=longer)


def _kind(module: nn.Module, layer_type: str) -> str:
    kind = getattr(module, "rope_type", "default")
    return str(kind.get(layer_type, "default") if isinstance(kind, dict) else kind)
