"""Writing into a running model through public hooks, and nothing left behind afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import torch
from torch import nn

from engine.errors import UnsupportedModel

Side = Literal["in", "out"]
EVERY: Final = slice(None)


def every() -> slice:
    """The whole of an axis."""
    return EVERY


@dataclass(frozen=True, eq=False)
class Write:
    """A rectangle of what enters or leaves a module, overwritten.

    Attributes:
        module: The module.
        side: Its first input or its (first) output, ``[rows, tokens, columns]``.
        value: What is written; broadcast over the rectangle.
        rows, tokens, columns: The rectangle; of tokens also a list.
    """

    module: nn.Module
    side: Side
    value: torch.Tensor | float
    rows: slice = field(default_factory=every)
    tokens: slice | list[int] = field(default_factory=every)
    columns: slice = field(default_factory=every)


@contextmanager
def written(writes: Iterable[Write], rows: int) -> Iterator[None]:
    """Overwrite while the block lasts; the hooks are gone when it is left, however it is left.

    Args:
        writes: What to overwrite; several on one module are made in order.
        rows: Rows of the batch (some modules see rows and tokens folded into one axis).

    Raises:
        UnsupportedModel: A module was not called: its class goes around it, so nothing was
            overwritten.
    """
    grouped: dict[tuple[nn.Module, Side], list[Write]] = {}
    for write in writes:
        grouped.setdefault((write.module, write.side), []).append(write)
    called: set[tuple[nn.Module, Side]] = set()
    handles = []
    try:
        for key, own in grouped.items():
            handles.append(_attach(key, own, rows, called))
        yield
        if len(called) < len(grouped):
            raise UnsupportedModel(
                "The model goes around a part that was to be changed, so nothing was measured.",
                "Choose another part, or another model.",
            )
    finally:
        for handle in handles:
            handle.remove()


def _attach(
    key: tuple[nn.Module, Side],
    writes: list[Write],
    rows: int,
    called: set[tuple[nn.Module, Side]],
) -> torch.utils.hooks.RemovableHandle:
    module, side = key

    def before(_module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        called.add(key)
        return (_overwritten(args[0], writes, rows), *args[1:])

    def after(_module: nn.Module, _args: object, output: Any) -> Any:  # noqa: ANN401
        called.add(key)
        if isinstance(output, tuple):
            return (_overwritten(output[0], writes, rows), *output[1:])
        return _overwritten(output, writes, rows)

    if side == "in":
        return module.register_forward_pre_hook(before)
    return module.register_forward_hook(after)


def _overwritten(values: torch.Tensor, writes: list[Write], rows: int) -> torch.Tensor:
    changed = values.clone()
    table = changed.view(rows, -1, changed.shape[-1])  # [rows, tokens, columns]
    for write in writes:
        value = write.value
        if isinstance(value, torch.Tensor):
            value = value.to(device=table.device, dtype=table.dtype)
        table[write.rows, write.tokens, write.columns] = value
    return changed
