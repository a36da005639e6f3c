"""How much memory a load will need, before it starts, against what is free.

weights + KV cache at the planned context + working memory. The first needs the model's shapes
only (`census`, from a skeleton without memory), so the whole is recomputed at once whenever an
option changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.devices import BYTES_PER_VALUE
from engine.models.reference import PLANNED_CONTEXT, Quantization
from engine.models.spec import MemoryForecast

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.models.architecture import Shape

CPU_BASE: Final = 16 << 20
CUDA_BASE: Final = 600 << 20
PREFILL_TOKENS: Final = 512
RESERVE: Final = 0.03
NF4_BYTES: Final = 0.5 + 4 / 64
INT8_BYTES: Final = 1.0


@dataclass(frozen=True)
class Census:
    """How many values a model holds, by what quantisation does to them.

    Attributes:
        quantizable: Weights of the linear layers that bitsandbytes packs.
        rows: Output rows of those layers (8-bit keeps one scale per row).
        other: Every other parameter: embeddings, norms, biases, the output layer.
        buffers: Bytes of buffers (they keep their format).
    """

    quantizable: int
    rows: int
    other: int
    buffers: int

    @property
    def parameters(self) -> int:
        return self.quantizable + self.other


def census(model: PreTrainedModel) -> Census:
    """Count a model's values (a skeleton on the meta device will do); tied weights once."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    output = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    packed: dict[int, tuple[int, int]] = {}
    for module in model.modules():
        if isinstance(module, nn.Linear) and module is not output:
            packed[id(module.weight)] = (module.weight.numel(), module.out_features)
        elif isinstance(module, Conv1D):
            packed[id(module.weight)] = (module.weight.numel(), module.nf)
    tied = output.weight if output is not None and hasattr(output, "weight") else None
    if tied is not None:
        packed.pop(id(tied), None)
    everything = {id(parameter): parameter.numel() for parameter in model.parameters()}
    quantizable = sum(count for count, _ in packed.values())
    return Census(
        quantizable=quantizable,
        rows=sum(rows for _, rows in packed.values()),
        other=sum(everything.values()) - quantizable,
        buffers=sum(item.numel() * item.element_size() for item in model.buffers()),
    )


def weight_bytes(counted: Census, dtype: str, quantization: Quantization) -> int:
    """Bytes of the weights in a format: 4-bit = half a byte and a float32 scale per 64 values."""
    per_value = BYTES_PER_VALUE[dtype]
    if quantization == "none":
        return counted.parameters * per_value + counted.buffers
    packed = counted.quantizable * (INT8_BYTES if quantization == "int8" else NF4_BYTES)
    scales = counted.rows * 4 if quantization == "int8" else 0
    return int(packed) + scales + counted.other * per_value + counted.buffers


def kv_bytes(shape: Shape, positions: int, dtype: str) -> int:
    """Bytes of the KV cache of one sequence; a layer with a sliding window keeps that much."""
    total = 0
    for width, window in zip(shape.kv_widths, shape.windows, strict=True):
        total += width * min(positions, window or positions)
    return total * BYTES_PER_VALUE[dtype]


def overhead_bytes(
    shape: Shape, positions: int, dtype: str, device: str, eager: bool = False
) -> int:
    """Working memory of one prefill block: activations, logits, and the device's own needs.

    Eager attention writes out one layer's scores, block × positions per head.
    """
    block = min(positions, PREFILL_TOKENS)
    activations = block * (6 * shape.hidden_size + 3 * shape.intermediate_size)
    scores = block * positions * shape.heads if eager else 0
    logits = block * shape.vocabulary * 4
    base = CPU_BASE if device == "cpu" else CUDA_BASE
    return base + (activations + scores) * BYTES_PER_VALUE[dtype] + logits


def planned_context(shape: Shape, wanted: int | None) -> int:
    """Positions to plan for: the wanted ones, else the model's own up to a usual length."""
    return wanted or min(shape.context_length or PLANNED_CONTEXT, PLANNED_CONTEXT)


def forecast(
    shape: Shape,
    counted: Census,
    *,
    device: str,
    dtype: str,
    quantization: Quantization,
    context_length: int | None,
    free: int,
    free_elsewhere: dict[str, int] | None = None,
    encoder_only: bool = False,
    eager: bool = False,
    packed_bytes: int | None = None,
) -> MemoryForecast:
    """What a load will need, whether it fits, and if not, what would.

    Args:
        shape: Sizes of the model.
        counted: Its values.
        device: Where it will live.
        dtype: Number format of computation and KV cache.
        quantization: Of the weights.
        context_length: Positions planned for; None = the model's own, up to a usual length.
        free: Bytes free on the device.
        free_elsewhere: Bytes free on the other devices, for the alternatives.
        encoder_only: Such a model keeps no KV cache.
        eager: The attention implementation writes the scores out.
        packed_bytes: Size of weights that are stored quantised; they stay as they are.
    """
    positions = planned_context(shape, context_length)

    def needs(context: int, quant: Quantization, where: str) -> tuple[int, int, int]:
        kv = 0 if encoder_only else kv_bytes(shape, context, dtype)
        stored = weight_bytes(counted, dtype, quant) if packed_bytes is None else packed_bytes
        return (
            stored,
            kv,
            overhead_bytes(shape, context, dtype, where, eager),
        )

    def fits(context: int, quant: Quantization, where: str, room: int) -> bool:
        return sum(needs(context, quant, where)) * (1 + RESERVE) <= room

    weights, kv, overhead = needs(positions, quantization, device)
    ok = fits(positions, quantization, device, free)
    total = weights + kv + overhead
    reason = f"needs {gigabytes(total)}, {gigabytes(free)} free on {device}"
    alternatives: list[str] = []
    if not ok:
        for shorter in _shorter(positions):
            if fits(shorter, quantization, device, free):
                alternatives.append(f"a context of {shorter} tokens")
                break
        for quant, name in _SMALLER[quantization] if packed_bytes is None else ():
            if fits(positions, quant, device, free):
                size = gigabytes(sum(needs(positions, quant, device)))
                alternatives.append(f"{name} ({size})")
                break
        for where, room in (free_elsewhere or {}).items():
            if fits(positions, quantization, where, room):
                alternatives.append(f"the device {where} ({gigabytes(room)} free)")
    return MemoryForecast(
        weights=weights,
        kv_cache=kv,
        overhead=overhead,
        free=free,
        device=device,
        context_length=positions,
        fits=ok,
        reason=reason,
        alternatives=tuple(alternatives),
    )


_SMALLER: Final[dict[str, tuple[tuple[Quantization, str], ...]]] = {
    "none": (("int8", "an 8-bit load"), ("nf4", "a 4-bit load")),
    "int8": (("nf4", "a 4-bit load"),),
    "nf4": (),
    "fp4": (),
}


def _shorter(positions: int) -> list[int]:
    """Shorter contexts to offer, longest first."""
    return [size for size in (65536, 32768, 16384, 8192, 4096, 2048, 1024) if size < positions]


def gigabytes(count: int) -> str:
    """Bytes for people: ``"9.8 GB"``, ``"412 MB"`` (powers of ten)."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} GB"
    return f"{max(1, round(count / 1e6))} MB"
