"""Rotary modules of a loaded model: what tells them, and a block that leaves them untouched.

A dynamic rotation (`dynamic`, `longrope`) changes its module while it runs: transformers then
registers a new tensor of frequencies, writes into the old one, and remembers the longest text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import nn


def is_rotary(module: nn.Module) -> bool:
    """Whether a module gives the cosines and sines of rotary positions."""
    return "rotaryemb" in type(module).__name__.lower()


@contextmanager
def preserved(model: nn.Module) -> Iterator[None]:
    """Put the rotary modules back bit-exactly as they were, however the block is left.

    The very same tensors with the same values, and everything else that the modules keep.
    """
    modules = [module for module in model.modules() if is_rotary(module)]
    before = [(module, _own(module), dict(module._buffers)) for module in modules]
    values = [
        (buffer, buffer.clone())
        for _, _, buffers in before
        for buffer in buffers.values()
        if buffer is not None
    ]
    try:
        yield
    finally:
        for module, attributes, buffers in before:
            for name in _own(module).keys() - attributes.keys():
                del module.__dict__[name]
            module.__dict__.update(attributes)
            module._buffers.clear()
            module._buffers.update(buffers)
        with torch.no_grad():
            for buffer, value in values:
                buffer.copy_(value)


def _own(module: nn.Module) -> dict[str, Any]:
    """What a module keeps beside its buffers and hooks."""
    return {name: value for name, value in module.__dict__.items() if not name.startswith("_")}
