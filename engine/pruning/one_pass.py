"""True-sequential pruning in one forward pass.

A pre-hook of every linear module reads its inputs, prunes its weights, and lets the forward go
on: each matrix is judged by inputs that come from already pruned matrices, and the calibration
text is read once instead of twice per block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.errors import BadSpec
from engine.pruning.passages import Passages
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Decide = Callable[[Target, Tensor], Tensor]


class InputNorms:
    """L2 norms of the features of an input over its real tokens, computed once per tensor.

    q, k and v read one tensor, gate and up another: the last one is held and compared by
    identity. (By address would be wrong: the allocator hands addresses out again.)
    """

    def __init__(self, real: Tensor) -> None:
        self._real = real
        self._held: Tensor | None = None
        self._norms: Tensor | None = None

    def of(self, inputs: Tensor, name: str) -> Tensor:
        """``[in]``, float32, of inputs ``[windows, length, in]`` or ``[tokens, in]``.

        Raises:
            BadSpec: The activations are not finite.
        """
        if inputs is self._held and self._norms is not None:
            return self._norms
        flat = inputs.detach().reshape(-1, inputs.shape[-1])
        norms = flat[self._real.reshape(-1)].float().square().sum(0).sqrt()
        if not torch.isfinite(norms).all():
            raise BadSpec(
                f"The activations before {name} are not finite numbers.",
                "Load the model in float32 or bfloat16, or choose another calibration text.",
            )
        self._held, self._norms = inputs, norms
        return norms


@contextmanager
def restored(found: Sequence[Target]) -> Iterator[None]:
    """Every weight is bit for bit what it was when the block is left, however it is left."""
    kept = [(target.parameter, target.parameter.detach().clone()) for target in found]
    try:
        yield
    finally:
        for parameter, dense in kept:
            parameter.data.copy_(dense)


@torch.no_grad()
def prune_in_one_pass(
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    decide: Decide,
    check: Callable[[], None],
) -> None:
    """Read the calibration text once; every matrix is pruned before its first product.

    Args:
        model: Its weights are changed; see `restored`.
        found: The matrices.
        text: Calibration windows, read as one batch.
        decide: Gives the mask of what goes, ``[out, in]``, for a target and its input norms.
        check: Called before each matrix; what it raises ends the pass.
    """
    norms = InputNorms(text.real.to(model.device))
    by_module = {id(target.module): target for target in found}

    def before(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        check()
        target = by_module[id(module)]
        gone = decide(target, norms.of(inputs[0], target.name))
        target.weight.masked_fill_(gone, 0)

    handles = [target.module.register_forward_pre_hook(before) for target in found]
    try:
        model.base_model(  # without the head: nothing of it is needed
            input_ids=text.ids.to(model.device),
            attention_mask=text.real.long().to(model.device),
            use_cache=False,
        )
    finally:
        for handle in handles:
            handle.remove()
