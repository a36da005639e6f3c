"""How much memory a load will need, before it starts, against what is free.

weights + KV cache at the planned context + working memory. The first needs the model's shapes
only (`census`, from a skeleton without memory), so the whole is recomputed at once whenever an
option changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.devices import BYTES_PER_VALUE
from engine.models.reference import PLANNED_CONTEXT, Quantization
from engine.models.spec import MemoryForecast

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.models.architecture import Shape

CPU_BASE: Final = 16 << 20
CUDA_BASE: Final = 600 << 20
PREFILL_TOKENS: Final = 4096
LOGIT_ROWS: Final = 64
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
    """Working memory of a prefill: activations, logits, and the device's own needs.

    Eager attention writes one layer's scores out, prompt × prompt per head. The factors were
    fitted to a measured prefill of 4 096 tokens on a CPU.
    """
    prompt = min(positions, PREFILL_TOKENS)
    activations = prompt * (8 * shape.hidden_size + 4 * shape.intermediate_size)
    scores = prompt * prompt * shape.heads if eager else 0
    logits = LOGIT_ROWS * shape.vocabulary * 4
    base = CPU_BASE if device == "cpu" else CUDA_BASE
    return base + (activations + scores) * BYTES_PER_VALUE[dtype] + logits


def planned_context(shape: Shape, wanted: int | None) -> int:
    """Positions to plan for: the wanted ones, else the model's own up to a usual length."""
    return wanted or min(shape.context_length or PLANNED_CONTEXT, PLANNED_CONTEXT)


@dataclass(frozen=True)
class Load:
    """One way to load a model: what the forecast is a function of.

    Attributes:
        device: Where the model will live.
        dtype: Number format of computation and KV cache.
        quantization: Of the weights.
        positions: Context planned for.
        eager: The attention implementation writes the scores out.
        encoder_only: Such a model keeps no KV cache.
        packed_bytes: Size of weights that are stored quantised; they stay as they are.
    """

    device: str
    dtype: str
    quantization: Quantization
    positions: int
    eager: bool = False
    encoder_only: bool = False
    packed_bytes: int | None = None

    def needs(self, shape: Shape, counted: Census) -> tuple[int, int, int]:
        """Bytes of weights, KV cache and working memory."""
        weights = self.packed_bytes
        if weights is None:
            weights = weight_bytes(counted, self.dtype, self.quantization)
        kv = 0 if self.encoder_only else kv_bytes(shape, self.positions, self.dtype)
        return (
            weights,
            kv,
            overhead_bytes(shape, self.positions, self.dtype, self.device, self.eager),
        )

    def fits(self, shape: Shape, counted: Census, free: int) -> bool:
        """Whether it fits into the free bytes, with a small reserve."""
        return sum(self.needs(shape, counted)) * (1 + RESERVE) <= free


def forecast(
    shape: Shape,
    counted: Census,
    load: Load,
    free: int,
    free_elsewhere: dict[str, int] | None = None,
) -> MemoryForecast:
    """What a load will need, whether it fits, and if not, what would.

    Args:
        shape: Sizes of the model.
        counted: Its values.
        load: How it will be loaded.
        free: Bytes free on the device.
        free_elsewhere: Bytes free on other devices, for the alternatives.
    """
    weights, kv, overhead = load.needs(shape, counted)
    ok = load.fits(shape, counted, free)
    total = weights + kv + overhead
    return MemoryForecast(
        weights=weights,
        kv_cache=kv,
        overhead=overhead,
        free=free,
        device=load.device,
        context_length=load.positions,
        fits=ok,
        reason=f"needs {gigabytes(total)}, {gigabytes(free)} free on {load.device}",
        alternatives=() if ok else _alternatives(shape, counted, load, free, free_elsewhere or {}),
    )


def _alternatives(
    shape: Shape, counted: Census, load: Load, free: int, free_elsewhere: dict[str, int]
) -> tuple[str, ...]:
    """What would fit: the longest shorter context, the mildest quantisation, another device."""
    ways: list[str] = []
    for shorter in _shorter(load.positions):
        if replace(load, positions=shorter).fits(shape, counted, free):
            ways.append(f"a context of {shorter} tokens")
            break
    for smaller, name in _smaller(load):
        if smaller.fits(shape, counted, free):
            ways.append(f"{name} ({gigabytes(sum(smaller.needs(shape, counted)))})")
            break
    for where, room in free_elsewhere.items():
        if replace(load, device=where).fits(shape, counted, room):
            ways.append(f"the device {where} ({gigabytes(room)} free)")
    return tuple(ways)


def _smaller(load: Load) -> list[tuple[Load, str]]:
    """The same load with smaller weights, mildest first."""
    ways: list[tuple[Load, str]] = []
    if load.packed_bytes is not None:
        return ways
    if load.quantization == "none" and load.dtype == "float32":
        ways.append((replace(load, dtype="bfloat16"), "bfloat16 weights"))
    if load.quantization == "none":
        ways.append((replace(load, quantization="int8"), "an 8-bit load"))
    if load.quantization in {"none", "int8"}:
        ways.append((replace(load, quantization="nf4"), "a 4-bit load"))
    return ways


def _shorter(positions: int) -> list[int]:
    """Shorter contexts to offer, longest first."""
    return [size for size in (65536, 32768, 16384, 8192, 4096, 2048, 1024) if size < positions]


def gigabytes(count: int) -> str:
    """Bytes for people: ``"9.8 GB"``, ``"412 MB"`` (powers of ten)."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} GB"
    return f"{max(1, round(count / 1e6))} MB"
