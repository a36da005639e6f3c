"""Pruning weights that bitsandbytes has packed: dequantise, prune, requantise.

Packed weights cannot be zeroed in place. For the time of a job each packed layer gives way to a
plain one with the values that it stands for; what is measured and written afterwards is packed
again. Zero is a value of every packed format, so what was pruned stays zero.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor, nn

from engine.models.layers import decoder_layers, encoder_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LEVELS: Final = 127
"""Steps of an 8-bit row on either side of zero."""


class Packing:
    """The packed layers of a model.

    Args:
        model: Loaded in 4 or 8 bits, or not (then nothing is done).
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._places = _places(model)
        self._plain: list[nn.Linear] = []

    @property
    def packed(self) -> bool:
        """Whether the model has packed layers."""
        return bool(self._places)

    @contextmanager
    def unpacked(self) -> Iterator[None]:
        """Plain layers with the packed ones' values; afterwards the packed ones stand again."""
        dtype = self._model.dtype
        self._plain = [_plain(module, dtype) for _parent, _name, module in self._places]
        self._put(self._plain)
        try:
            yield
        finally:
            self._put([module for _parent, _name, module in self._places])
            self._plain = []

    def repack(self) -> None:
        """Within `unpacked`: the plain layers' values as they are now, packed like before."""
        modules = [module for _parent, _name, module in self._places]
        self._put(
            [_packed(module, plain) for module, plain in zip(modules, self._plain, strict=True)]
        )

    @contextmanager
    def packed_again(self) -> Iterator[None]:
        """Within `unpacked`: the model packed as its plain layers are now; afterwards plain."""
        self.repack()
        try:
            yield
        finally:
            self._put(self._plain)

    def _put(self, modules: list[nn.Linear] | list[nn.Module]) -> None:
        for (parent, name, _module), module in zip(self._places, modules, strict=True):
            setattr(parent, name, module)


def _places(model: PreTrainedModel) -> list[tuple[nn.Module, str, nn.Module]]:
    """(parent, name there, layer) of every packed layer."""
    return [
        (parent, name, child)
        for layer in [*encoder_layers(model), *decoder_layers(model)]
        for parent in layer.modules()
        for name, child in parent.named_children()
        if _kind(child)
    ]


def _kind(module: nn.Module) -> str:
    """``"4"``, ``"8"``, or empty for a layer that is not packed."""
    name = type(module).__name__
    return {"Linear4bit": "4", "Linear8bitLt": "8"}.get(name, "")


@torch.no_grad()
def _plain(module: Any, dtype: torch.dtype) -> nn.Linear:  # noqa: ANN401 - without types
    """A plain layer that computes with the values that a packed one stands for."""
    weight = _dequantised_4(module) if _kind(module) == "4" else _dequantised_8(module)
    rows, columns = weight.shape
    plain = nn.Linear(columns, rows, bias=module.bias is not None, device="meta")
    plain.weight = nn.Parameter(weight.to(dtype), requires_grad=False)
    if module.bias is not None:
        plain.bias = nn.Parameter(module.bias.to(dtype), requires_grad=False)
    return plain


@torch.no_grad()
def _packed(module: nn.Module, plain: nn.Linear) -> nn.Module:
    """A packed layer like an earlier one, with other values."""
    pack: Callable[[Any, Tensor], nn.Module] = _pack_4 if _kind(module) == "4" else _pack_8
    return pack(module, plain.weight.data)


def _dequantised_4(module: Any) -> Tensor:  # noqa: ANN401
    from bitsandbytes import functional

    packed, state = module.weight.data, copy.copy(module.weight.quant_state)
    if getattr(state, "packing_format_for_cpu", False):
        # A processor with bfloat16 instructions has laid the values out anew at the first
        # forward; bitsandbytes' way back leaves the blocks' scales as they are.
        scales = state.absmax.T.reshape(-1).float()
        state.original_nested = False
        packed, state = functional._convert_weight_packed_for_cpu_inverse(packed, state)
        state.absmax, state.nested = scales, False
    state.dtype = torch.float32  # 16 bits would round the largest of each block
    found: Tensor = functional.dequantize_4bit(packed, state)
    return found.clone()


def _pack_4(module: Any, weight: Tensor) -> nn.Module:  # noqa: ANN401
    from bitsandbytes.nn.modules import Params4bit

    make: Any = Params4bit
    old = module.weight
    again = copy.copy(module)
    again._parameters = dict(module._parameters)
    again.weight = make(
        weight.float(),
        requires_grad=False,
        quant_type=old.quant_type,
        blocksize=old.blocksize,
        compress_statistics=old.compress_statistics,
        quant_storage=old.quant_storage,
    ).to(weight.device)
    again.weight.module = again
    kind = getattr(old.quant_state, "original_dtype", old.quant_state.dtype)
    again.weight.quant_state.dtype = kind
    again.quant_state = again.weight.quant_state
    found: nn.Module = again
    return found


def _scales_8(module: Any) -> tuple[Tensor, Tensor]:  # noqa: ANN401
    """(int8 values ``[out, in]``, largest magnitude of each row ``[out]``)."""
    state = module.state
    values = module.weight.data if state.CB is None else state.CB
    scales = module.weight.SCB if state.SCB is None else state.SCB
    return values, scales


def _dequantised_8(module: Any) -> Tensor:  # noqa: ANN401
    values, scales = _scales_8(module)
    return values.float() * (scales.float() / LEVELS).unsqueeze(1)


def _pack_8(module: Any, weight: Tensor) -> nn.Module:  # noqa: ANN401
    again = copy.deepcopy(module)
    values, scales = _scales_8(again)
    steps = (weight.float() * (LEVELS / scales.float()).unsqueeze(1)).round_()
    packed = steps.clamp_(-LEVELS, LEVELS).to(values.dtype)
    values.copy_(packed)
    if again.weight.data is not values:
        again.weight.data.copy_(packed)
    found: nn.Module = again
    return found
