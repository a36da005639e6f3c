"""Our entries in transformers' attention interface: they tell the probe, then do as before.

`sdpa_lens` goes on with the fused kernel; `eager_lens` with the family's own written-out function,
for classes that do not support the kernel (Gemma 2, gpt-oss). Each is registered with its mask
function: an attention function without one gets no mask at all. The kernel's check for support runs
for names that contain "sdpa" only, hence the name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedConfig, PreTrainedModel

SDPA_LENS: Final = "sdpa_lens"
EAGER_LENS: Final = "eager_lens"
Told = Callable[..., None]

_told: ContextVar[Told | None] = ContextVar("attention probe", default=None)


def uses_interface(model: PreTrainedModel) -> bool:
    """Whether the class asks the interface for its attention function."""
    if getattr(model.config, "reorder_and_upcast_attn", False):  # GPT-2's own path
        return False
    return bool(type(model)._can_set_attn_implementation())


@contextmanager
def told(model: PreTrainedModel, listener: Told) -> Iterator[str]:
    """Run the model under our entry; gives its name. The configuration is put back after.

    Args:
        model: One that `uses_interface`.
        listener: Called as ``listener(module, q, k, mask, **kwargs)`` before each attention.
    """
    _register()
    before = [(config, config._attn_implementation_internal) for config in _configs(model)]
    token = _told.set(listener)
    try:
        name = EAGER_LENS
        if model.config._attn_implementation != "eager":
            try:
                model.set_attn_implementation(SDPA_LENS)
                name = SDPA_LENS
            except ValueError:
                model.set_attn_implementation(EAGER_LENS)
        else:
            model.set_attn_implementation(EAGER_LENS)
        yield name
    finally:
        _told.reset(token)
        for config, implementation in before:
            config._attn_implementation_internal = implementation


def eager_function(module: nn.Module) -> Callable[..., Any] | None:
    """The written-out attention of a module's family, as its file defines it."""
    home = sys.modules[type(module).__module__]
    found: Callable[..., Any] | None = getattr(home, "eager_attention_forward", None)
    return found


def _sdpa_lens(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **kwargs: Any,  # noqa: ANN401 - the interface passes what the model passes
) -> tuple[torch.Tensor, None]:
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    listener = _told.get()
    if listener is not None:
        listener(module, query, key, value, attention_mask, **kwargs)
    return sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)


def _eager_lens(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **kwargs: Any,  # noqa: ANN401 - the interface passes what the model passes
) -> tuple[torch.Tensor, torch.Tensor | None]:
    listener = _told.get()
    if listener is not None:
        listener(module, query, key, value, attention_mask, **kwargs)
    eager = eager_function(module)
    if eager is None:
        raise ValueError(f"{type(module).__name__} has no written-out attention")
    found: tuple[torch.Tensor, torch.Tensor | None] = eager(
        module, query, key, value, attention_mask, **kwargs
    )
    return found


def _register() -> None:
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask, sdpa_mask

    AttentionInterface.register(SDPA_LENS, _sdpa_lens)
    AttentionMaskInterface.register(SDPA_LENS, sdpa_mask)
    AttentionInterface.register(EAGER_LENS, _eager_lens)
    AttentionMaskInterface.register(EAGER_LENS, eager_mask)


def _configs(model: PreTrainedModel) -> list[PreTrainedConfig]:
    """Every configuration in the model, each once."""
    found: dict[int, PreTrainedConfig] = {}

    def add(config: PreTrainedConfig) -> None:
        if id(config) in found:
            return
        found[id(config)] = config
        for name in config.sub_configs:
            inner = getattr(config, name, None)
            if inner is not None:
                add(inner)

    for module in model.modules():
        config = getattr(module, "config", None)
        if config is not None and hasattr(config, "_attn_implementation_internal"):
            add(config)
    return list(found.values())
