"""A mask of ours in every layer, in the form that each attention implementation takes.

The layer's own argument is replaced, so it works where the model refuses a mask of four axes
(Bloom builds its bias from the mask that it is given), and a sliding window stays per layer. A
bool mask under written-out attention would be added as 0 and 1: it is made additive there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from engine.errors import UnsupportedModel
from engine.inspection.interface import EAGER_LENS, SDPA_LENS
from engine.models.architecture import shape_of
from engine.models.layers import decoder_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ARGUMENT: Final = "attention_mask"
FUSED: Final = ("sdpa", SDPA_LENS)
FORMS: Final = (*FUSED, "eager", EAGER_LENS)

Replace = Callable[
    [nn.Module, tuple[Any, ...], dict[str, Any]], tuple[tuple[Any, ...], dict[str, Any]]
]


@contextmanager
def masked(model: PreTrainedModel, seen: torch.Tensor | None) -> Iterator[None]:
    """Run the model's last stack under `seen` while the block lasts; None = its own mask.

    Args:
        model: A decoder or an encoder.
        seen: Which keys each query sees, bool ``[queries, keys]``; the queries are the last ones.

    Raises:
        UnsupportedModel: The attention implementation takes no mask of this form.
    """
    if seen is None:
        yield
        return
    name = str(model.config._attn_implementation)
    if name not in FORMS:
        raise UnsupportedModel(
            f"The attention “{name}” takes no painted mask.",
            "Load the model with the attention “sdpa” or “eager”.",
        )
    windows = shape_of(model.config).windows
    handles = []
    try:
        for number, layer in enumerate(decoder_layers(model)):
            window = windows[number] if number < len(windows) else None
            hook = _replacing(model, layer, within(seen, window))
            handles.append(layer.register_forward_pre_hook(hook, with_kwargs=True))
        yield
    finally:
        for handle in handles:
            handle.remove()


def within(seen: torch.Tensor, window: int | None) -> torch.Tensor:
    """The mask cut to a sliding window of so many keys, the query's own included."""
    queries, keys = seen.shape
    if window is None or keys <= window:
        return seen
    i = torch.arange(keys - queries, keys, device=seen.device)[:, None]
    j = torch.arange(keys, device=seen.device)[None, :]
    return seen & (i - j < window)


def formed(model: PreTrainedModel, seen: torch.Tensor) -> torch.Tensor:
    """The mask as a layer's attention takes it, ``[1, 1, queries, keys]``."""
    seen = seen.to(model.device)[None, None]
    if model.config.model_type == "mpt":  # it fills where its mask is true
        return ~seen
    if model.config._attn_implementation in FUSED:
        return seen
    additive = torch.zeros(seen.shape, dtype=model.dtype, device=model.device)
    return additive.masked_fill(~seen, torch.finfo(model.dtype).min)


def _replacing(model: PreTrainedModel, layer: nn.Module, seen: torch.Tensor) -> Replace:
    names = list(inspect.signature(type(layer).forward).parameters)[1:]  # without self
    if ARGUMENT not in names:
        raise UnsupportedModel(
            f"The layers of a “{model.config.model_type}” take no mask.", "Choose another model."
        )
    place = names.index(ARGUMENT)
    mask = formed(model, seen)

    def replace(
        _layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if place < len(args):
            return (*args[:place], mask, *args[place + 1 :]), kwargs
        return args, {**kwargs, ARGUMENT: mask}

    return replace
