"""The tap: sees products, softmaxes and fused kernels of attention modules as they run.

For families outside transformers' attention interface. A `TorchFunctionMode` costs one Python call
per tensor operation, so it is on only during a capture; hooks say which module is running.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.overrides import TorchFunctionMode

from engine.inspection.families.parts import Product, Tapped

if TYPE_CHECKING:
    from torch import nn

PRODUCTS: Final = frozenset({"matmul", "bmm", "__matmul__", "baddbmm"})
Found = Callable[[Tapped], None]


@contextmanager
def tapped(model: nn.Module, found: Found) -> Iterator[None]:
    """Call `found` after each softmax or fused kernel inside an attention module.

    Hooks and mode are gone when the block is left, however it is left.
    """
    running: list[Tapped] = []
    handles = []

    def enter(name: str) -> Callable[..., None]:
        def begin(module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
            running.append(Tapped(name, module, _call(module, args, kwargs)))

        return begin

    def leave(_module: nn.Module, _args: object, _output: object) -> None:
        running.pop()

    try:
        for name, module in model.named_modules():
            if is_attention(module):
                handles.append(module.register_forward_pre_hook(enter(name), with_kwargs=True))
                handles.append(module.register_forward_hook(leave, always_call=True))
        with _Mode(running, found):
            yield
    finally:
        for handle in handles:
            handle.remove()


def is_attention(module: nn.Module) -> bool:
    """By its class's name: `BloomAttention`, `DisentangledSelfAttention`, …"""
    return "attention" in type(module).__name__.lower()


class _Mode(TorchFunctionMode):
    def __init__(self, running: list[Tapped], found: Found) -> None:
        super().__init__()
        self.running = running
        self.found = found

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - torch's own contract
        types: Any,  # noqa: ANN401
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        kwargs = kwargs or {}
        if not self.running:
            return func(*args, **kwargs)
        now = self.running[-1]
        name = getattr(func, "__name__", "")
        if name == "scaled_dot_product_attention":
            now.kernel = _kernel(args, kwargs)
            self.found(now)
            return func(*args, **kwargs)
        if name in PRODUCTS and now.product is None and now.weights is None:
            now.product = _product(name, args, kwargs)
        result = func(*args, **kwargs)
        if name == "softmax" and isinstance(result, torch.Tensor) and now.weights is None:
            now.scores, now.weights = _four(args[0]), _four(result)
            self.found(now)
            now.scores = now.weights = torch.empty(0)  # seen; keep nothing large alive
        return result


def _product(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Product | None:
    if name != "baddbmm":
        given = [*args, *(kwargs[key] for key in ("other", "mat2") if key in kwargs)]
        return Product(given[0], given[1]) if len(given) > 1 else None
    added, *rest = args
    left, right = (*rest, *(kwargs[key] for key in ("batch1", "batch2") if key in kwargs))[:2]
    beta = float(kwargs.get("beta", 1.0))
    alpha = float(kwargs.get("alpha", 1.0))
    return Product(left, right, alpha, added if beta == 1 else added * beta)


def _kernel(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, object]:
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale")
    return dict(zip(names, args, strict=False)) | dict(kwargs)


def _four(tensor: torch.Tensor) -> torch.Tensor:
    """``[1, heads, queries, keys]`` of a batch of one."""
    return tensor[None] if tensor.dim() == 3 else tensor


def _call(
    module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]
) -> dict[str, object]:
    try:
        return dict(inspect.signature(module.forward).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return dict(kwargs)
