"""Stopping inside a forward pass: a hook before each decoder layer asks whether to go on.

`StoppingCriteria` is asked between tokens only and so cannot stop a long prefill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from engine.models.layers import decoder_layers

Check = Callable[[], None]


def no_check() -> None:
    """Never stops."""


@contextmanager
def interruptible(model: nn.Module, check: Check) -> Iterator[None]:
    """Call `check` before each decoder layer; what it raises ends the forward pass.

    The hooks are gone when the block is left, however it is left.
    """

    def before_layer(_module: nn.Module, _args: tuple[torch.Tensor, ...]) -> None:
        check()

    handles = []
    try:
        if check is not no_check:
            for layer in decoder_layers(model):
                handles.append(layer.register_forward_pre_hook(before_layer))
        yield
    finally:
        for handle in handles:
            handle.remove()
