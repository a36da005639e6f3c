"""The most memory that tensors held while a block ran, weights not counted."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Peak:
    """What was found, in bytes; 0 until the block is left."""

    bytes: int = 0


@contextmanager
def peak_of(model: PreTrainedModel) -> Iterator[Peak]:
    """Measure a block of forward passes.

    A CUDA device counts for itself. Elsewhere every operation is watched and each storage counted
    from the operation that made it until nothing holds it, so the figure is exact and repeats.
    """
    found = Peak()
    if model.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(model.device)
        before = torch.cuda.memory_allocated(model.device)
        yield found
        found.bytes = torch.cuda.max_memory_allocated(model.device) - before
        return
    with _Watched(model) as watched:
        yield found
    found.bytes = watched.most


class _Watched(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.most = 0
        self._held = 0
        tensors = (*model.parameters(), *model.buffers())
        self._known = {one.untyped_storage()._cdata for one in tensors}

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> object:
        out = func(*args, **(kwargs or {}))
        for one in tree_leaves(out):
            if isinstance(one, torch.Tensor):
                self._count(one)
        return out

    def _count(self, made: torch.Tensor) -> None:
        storage = made.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key in self._known:
            return
        self._known.add(key)
        self._held += size
        self.most = max(self.most, self._held)
        weakref.finalize(storage, self._gone, key, size).atexit = False

    def _gone(self, key: int, size: int) -> None:
        self._known.discard(key)
        self._held -= size
