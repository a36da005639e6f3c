"""Everything decided before a byte of weights is read: device, format, attention, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.devices import available_devices, choose_device, choose_dtype, memory
from engine.errors import DoesNotFit, UnsupportedModel
from engine.models.attention import choose_attention
from engine.models.blueprint import Blueprint, blueprint_of
from engine.models.catalog import Found, find
from engine.models.forecast import forecast, gigabytes
from engine.models.spec import MemoryForecast

if TYPE_CHECKING:
    from engine.api import Resources
    from engine.models.reference import ModelRef


@dataclass(frozen=True)
class LoadPlan:
    """A load as decided, each choice with its reason."""

    ref: ModelRef
    found: Found
    blueprint: Blueprint
    device: str
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
    others = [name for name in available_devices() if name != device]
    expected = forecast(
        blueprint.shape,
        blueprint.census,
        device=device,
        dtype=dtype,
        quantization=options.quantization,
        context_length=options.context_length,
        free=memory(device).free,
        free_elsewhere={name: memory(name).free for name in others},
        encoder_only=blueprint.encoder_only,
        eager=attention == "eager",
        packed_bytes=found.weights.bytes if blueprint.quantized else None,
    )
    return LoadPlan(
        ref=ref,
        found=found,
        blueprint=blueprint,
        device=device,
        dtype=dtype,
        dtype_reason=f"{dtype_reason}; {device}: {device_reason}",
        attention=attention,
        attention_reason=attention_reason,
        forecast=expected,
    )


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
