"""What a matrix's inputs tell about it: norms of the features, or their second moments.

q, k and v read one tensor, gate and up another: the last one is held and compared by identity,
so a statistic is computed once for all that share it. (By address would be wrong: the allocator
hands addresses out again.)
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from engine.errors import BadSpec


class Inputs:
    """The inputs of one matrix over the calibration's real tokens.

    Args:
        tensor: As the module received it, ``[windows, length, in]`` or ``[tokens, in]``.
        real: Which tokens are no padding, ``[windows, length]``.
        name: The matrix, for messages.
        whole: Whether there is no padding; None = look.
    """

    def __init__(self, tensor: Tensor, real: Tensor, name: str, whole: bool | None = None) -> None:
        self._tensor = tensor
        self._real = real
        self._whole = bool(real.all()) if whole is None else whole
        self._name = name
        self._norms: Tensor | None = None
        self._moments: Tensor | None = None
        self._kept: dict[object, Tensor] = {}

    def rows(self) -> Tensor:
        """The real tokens, float32 ``[tokens, in]``."""
        flat = self._tensor.detach().reshape(-1, self._tensor.shape[-1])
        if self._whole:
            return flat.float()
        return flat[self._real.reshape(-1)].float()

    @property
    def norms(self) -> Tensor:
        """L2 norm of each feature, float32 ``[in]``.

        Raises:
            BadSpec: The activations are not finite.
        """
        if self._norms is None:
            norms = self.rows().square().sum(0).sqrt()
            if not torch.isfinite(norms).all():
                raise BadSpec(
                    f"The activations before {self._name} are not finite numbers.",
                    "Load the model in float32 or bfloat16, or choose another calibration text.",
                )
            self._norms = norms
        return self._norms

    @property
    def moments(self) -> Tensor:
        """``2 XᵀX``, float32 ``[in, in]``: the Hessian of the layer's squared output error.

        Raises:
            BadSpec: The activations are not finite.
        """
        if self._moments is None:
            assert self.norms is not None  # says so when they are not finite
            rows = self.rows()
            self._moments = 2 * rows.T @ rows
        return self._moments

    def kept(self, key: object, make: Callable[[], Tensor]) -> Tensor:
        """What a method computes of these inputs, once for all matrices that read them."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


class SharedInputs:
    """Hands the same `Inputs` to all matrices that read one tensor.

    Attributes:
        whole: Whether the text has no padding.
    """

    def __init__(self, real: Tensor) -> None:
        self._real = real
        self.whole = bool(real.all())
        self._held: Tensor | None = None
        self._inputs: Inputs | None = None

    def of(self, tensor: Tensor, name: str) -> Inputs:
        """The inputs of a matrix; those of the matrix before it when the tensor is the same."""
        if self._inputs is None or tensor is not self._held:
            self._held = tensor
            self._inputs = Inputs(tensor, self._real, name, self.whole)
        return self._inputs
