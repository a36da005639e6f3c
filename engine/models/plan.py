"""Everything decided before a byte of weights is read: device, format, attention, memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.devices import available_devices, choose_device, choose_dtype, memory
from engine.errors import DoesNotFit, UnsupportedModel
from engine.models.attention import choose_attention
from engine.models.blueprint import Blueprint, blueprint_of
from engine.models.catalog import Found, find
from engine.models.forecast import Load, forecast, gigabytes, planned_context
from engine.models.spec import MemoryForecast

if TYPE_CHECKING:
    from engine.api import Resources
    from engine.models.reference import ModelRef


@dataclass(frozen=True)
class LoadPlan:
    """A load as decided, each choice with its reason.

    Attributes:
        device: Where the input goes and, unless it is spread, the whole model.
        devices: Every device that holds a part of it.
    """

    ref: ModelRef
    found: Found
    blueprint: Blueprint
    device: str
    devices: tuple[str, ...]
    dtype: str
    dtype_reason: str
    attention: str
    attention_reason: str
    forecast: MemoryForecast

    def refuse_if_too_large(self) -> None:
        """Raise `DoesNotFit`, naming what would fit."""
        if self.forecast.fits:
            return
        needed, free = gigabytes(self.forecast.total), gigabytes(self.forecast.free)
        ways = self.forecast.alternatives
        raise DoesNotFit(
            f"The model “{self.ref.id}” needs {needed}; {free} are free on {self.device}.",
            f"It would fit with {', or '.join(ways)}." if ways else "Choose a smaller model.",
            detail=self.forecast.reason,
        )


def plan_load(ref: ModelRef, resources: Resources) -> LoadPlan:
    """Decide how a model will be loaded. Imports torch; reads no weights.

    Raises:
        ModelLoadError, UnsupportedModel: It cannot be loaded at all.
        BadSpec: The device does not exist.
    """
    return plan_found(ref, find(ref, resources))


def plan_found(ref: ModelRef, found: Found) -> LoadPlan:
    """The plan for a model that was found already. Raises as `plan_load`."""
    options = ref.options
    blueprint = blueprint_of(found, options.trust_remote_code)
    _refuse_impossible(ref, found, blueprint)
    device, device_reason = choose_device(options.device)
    dtype, dtype_reason = choose_dtype(device, options.dtype, blueprint.census.parameters)
    attention, attention_reason = choose_attention(blueprint.model_class, options.attention, device)
    load = Load(
        device=device,
        dtype=dtype,
        quantization=options.quantization,
        positions=planned_context(blueprint.shape, options.context_length),
        eager=attention == "eager",
        encoder_only=blueprint.encoder_only,
        packed_bytes=found.weights.bytes if blueprint.quantized else None,
    )
    expected, devices = _place(blueprint, load, alone=options.device != "auto")
    reasons = [dtype_reason, f"{device}: {device_reason}"]
    if len(devices) > 1:
        reasons.append(f"spread over {len(devices)} GPUs, because one is too small")
    if device == "cpu" and options.quantization != "none":
        reasons.append("quantised on a CPU: less memory, slower than unquantised")
    return LoadPlan(
        ref=ref,
        found=found,
        blueprint=blueprint,
        device=device,
        devices=devices,
        dtype=dtype,
        dtype_reason="; ".join(reasons),
        attention=attention,
        attention_reason=attention_reason,
        forecast=expected,
    )


def _place(blueprint: Blueprint, load: Load, alone: bool) -> tuple[MemoryForecast, tuple[str, ...]]:
    """The forecast, and the devices that share the model: one, or every GPU if one is too small.

    Args:
        blueprint: Of the model.
        load: How it will be loaded, on the preferred device.
        alone: The person chose that device; do not spread.
    """
    free = {name: memory(name).free for name in available_devices()}
    others = {name: room for name, room in free.items() if name != load.device}
    expected = forecast(blueprint.shape, blueprint.census, load, free.get(load.device, 0), others)
    gpus = tuple(name for name in free if name.startswith("cuda"))
    if expected.fits or alone or len(gpus) < 2:
        return expected, (load.device,)
    together = forecast(
        blueprint.shape,
        blueprint.census,
        replace(load, device=" + ".join(gpus)),
        sum(free[name] for name in gpus),
    )
    return (together, gpus) if together.fits else (expected, (load.device,))


def _refuse_impossible(ref: ModelRef, found: Found, blueprint: Blueprint) -> None:
    if ref.options.quantization == "none":
        return
    if found.weights.format == "gguf":
        raise UnsupportedModel(
            f"The GGUF file {found.path.name} cannot be quantised a second time.",
            "Load it without quantisation, or choose a safetensors copy.",
        )
    if blueprint.quantized:
        raise UnsupportedModel(
            f"The model “{ref.id}” is already quantised.", "Load it without quantisation."
        )
