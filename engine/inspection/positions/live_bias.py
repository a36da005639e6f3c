"""Linear biases put on, or taken from, a model while it runs: hooks before its attentions."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import torch

from engine.errors import BadSpec
from engine.inspection.positions.alibi import Slopes
from engine.models.anatomy import structure_of
from engine.models.layers import decoder_layers

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

OWN: Final = {"bloom": "alibi", "mpt": "position_bias"}
"""Argument of an attention module that brings its biases, by model type."""
FALCON: Final = "falcon"
MOST_BYTES: Final = 2 << 30
CACHES: Final = ("past_key_values", "past_key_value", "layer_past")


@contextmanager
def without_alibi(model: PreTrainedModel) -> Iterator[None]:
    """Run with all linear biases 0.

    Raises:
        BadSpec: The model has none.
    """
    kind = str(model.config.model_type)
    if kind == FALCON and getattr(model.config, "alibi", False):
        with _built_as_zeros(model):
            yield
        return
    if kind not in OWN:
        raise BadSpec(
            f"The model “{kind}” has no linear biases that could be taken away.",
            "Choose Bloom, MPT or a Falcon with ALiBi.",
        )

    def before(
        module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        own = _argument(module, OWN[kind], args, kwargs)
        return _replaced(module, OWN[kind], torch.zeros_like(own), args, kwargs)

    with _hooked(attentions(model, OWN[kind]), before):
        yield


@contextmanager
def with_alibi(model: PreTrainedModel, slopes: Slopes) -> Iterator[None]:
    """Run with −slope·(i − j) added to every score that the mask shows.

    Args:
        model: A decoder with attention that takes an additive mask.
        slopes: One per query head.

    Raises:
        BadSpec: No decoder, its own biases, or an attention kernel that takes no bias. When it
            runs: a text whose biases do not fit in memory.
    """
    _check_can_add(model)
    modules = attentions(model, "attention_mask")
    made: dict[tuple[object, ...], torch.Tensor] = {}
    column = torch.as_tensor(slopes, dtype=torch.float32, device=model.device)[:, None, None]

    def before(
        module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        hidden = _argument(module, "hidden_states", args, kwargs)
        mask = _argument(module, "attention_mask", args, kwargs)
        width = _keys(module, hidden, mask, args, kwargs)
        key = (id(mask), hidden.shape[1], width)
        if key not in made:
            made.clear()  # one at a time; the layers of one pass share it
            made[key] = _added(mask, column, hidden, width)
        return _replaced(module, "attention_mask", made[key], args, kwargs)

    with _hooked(modules, before):
        yield
    made.clear()


@contextmanager
def _built_as_zeros(model: PreTrainedModel) -> Iterator[None]:
    """Falcon mixes its biases into the mask, so they must be 0 from the start.

    They come from a function of its module, which is replaced for this thread alone.
    """
    home = sys.modules[type(model).__module__]
    real: Callable[..., torch.Tensor] = home.build_alibi_tensor
    owner = threading.get_ident()

    def build(*args: Any, **kwargs: Any) -> torch.Tensor:  # noqa: ANN401 - as the library's
        made = real(*args, **kwargs)
        return torch.zeros_like(made) if threading.get_ident() == owner else made

    vars(home)["build_alibi_tensor"] = build
    try:
        yield
    finally:
        vars(home)["build_alibi_tensor"] = real


def attentions(model: PreTrainedModel, argument: str) -> list[nn.Module]:
    """The outermost attention module of each decoder layer that takes `argument`.

    Raises:
        BadSpec: A layer has none.
    """
    found = []
    for layer in decoder_layers(model):
        outer = [
            module
            for name, module in layer.named_modules()
            if name
            and ("attention" in type(module).__name__.lower() or "attn" in name.lower())
            and argument in inspect.signature(module.forward).parameters
        ]
        if not outer:
            raise BadSpec(
                f"A layer of the model “{model.config.model_type}” has no attention to which "
                "biases could be added.",
                "Choose a model whose layers all have ordinary attention.",
            )
        found.append(outer[0])
    return found


def _check_can_add(model: PreTrainedModel) -> None:
    kind = str(model.config.model_type)
    if kind in OWN or getattr(model.config, "alibi", False):
        raise BadSpec(
            f"The model “{kind}” has linear biases of its own.", "Take them away instead."
        )
    if structure_of(model.config) != "causal decoder":
        raise BadSpec(
            f"ALiBi is for causal decoders, and the model “{kind}” is none.",
            "Choose a decoder such as Llama or GPT-2.",
        )
    kernel = str(model.config._attn_implementation)
    if kernel != "eager" and "sdpa" not in kernel:
        raise BadSpec(
            f"The attention kernel {kernel} takes no bias.", "Load the model with sdpa or eager."
        )


def _added(
    mask: torch.Tensor | None, slopes: torch.Tensor, hidden: torch.Tensor, keys: int
) -> torch.Tensor:
    """Mask and bias as one additive mask, ``[1, heads, queries, keys]``."""
    queries = hidden.shape[1]
    needed = 4 * slopes.shape[0] * queries * keys
    if needed > MOST_BYTES:
        raise BadSpec(
            f"The linear biases of {keys:,} tokens would take {needed / 2**30:.1f} GB.",
            "Shorten the text.",
        )
    i = torch.arange(keys - queries, keys, device=hidden.device)[:, None]
    j = torch.arange(keys, device=hidden.device)[None, :]
    bias = slopes * (j - i)  # [heads, queries, keys]
    least = torch.finfo(hidden.dtype).min
    if mask is None:
        seen = (j <= i)[None, None]
        return torch.where(seen, bias, least).to(hidden.dtype)
    shown = mask[..., :keys]
    if shown.dtype == torch.bool:
        return torch.where(shown, bias, least).to(hidden.dtype)
    hidden_cells = shown <= least / 2
    return torch.where(hidden_cells, least, shown + bias).to(hidden.dtype)


def _keys(
    module: nn.Module,
    hidden: torch.Tensor,
    mask: torch.Tensor | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> int:
    """How many keys the module is about to see."""
    if mask is not None:
        return int(mask.shape[-1])
    queries = int(hidden.shape[1])
    for name in CACHES:
        cache = _argument(module, name, args, kwargs)
        if cache is not None:
            return int(cache.get_mask_sizes(queries, getattr(module, "layer_idx", 0))[0])
    return queries


def _argument(module: nn.Module, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - tensors, caches and flags of many families
    names = list(inspect.signature(module.forward).parameters)
    if name in kwargs:
        return kwargs[name]
    place = names.index(name) if name in names else len(args)
    return args[place] if place < len(args) else None


def _replaced(
    module: nn.Module,
    name: str,
    value: torch.Tensor,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    place = list(inspect.signature(module.forward).parameters).index(name)
    if name not in kwargs and place < len(args):
        return (*args[:place], value, *args[place + 1 :]), kwargs
    return args, kwargs | {name: value}


@contextmanager
def _hooked(modules: list[nn.Module], before: Any) -> Iterator[None]:  # noqa: ANN401 - torch's own
    handles = [module.register_forward_pre_hook(before, with_kwargs=True) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
