"""Everything decided before a byte of weights is read: class, device, format, attention, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.devices import available_devices, choose_device, choose_dtype, memory
from engine.errors import DoesNotFit, UnsupportedModel
from engine.models.anatomy import anatomy_of
from engine.models.architecture import shape_of
from engine.models.attention import choose_attention
from engine.models.catalog import Found, find
from engine.models.forecast import census, forecast, gigabytes
from engine.models.skeleton import auto_class_name, read_model_config, skeleton
from engine.models.spec import Anatomy, MemoryForecast

if TYPE_CHECKING:
    from transformers import PretrainedConfig

    from engine.api import Resources
    from engine.models.reference import ModelRef


@dataclass(frozen=True)
class LoadPlan:
    """A load as decided, each choice with its reason."""

    ref: ModelRef
    found: Found
    config: PretrainedConfig
    auto_class: str
    device: str
    dtype: str
    dtype_reason: str
    attention: str
    attention_reason: str
    anatomy: Anatomy
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
    found = find(ref, resources)
    return plan_found(ref, found)


def plan_found(ref: ModelRef, found: Found) -> LoadPlan:
    """The plan for a model that was found already."""
    options = ref.options
    config = read_model_config(found, options.trust_remote_code)
    _refuse_impossible(ref, found, config)
    body = skeleton(config, options.trust_remote_code)
    counted, shape = census(body), shape_of(config)
    device, device_reason = choose_device(options.device)
    dtype, dtype_reason = choose_dtype(device, options.dtype, counted.parameters)
    attention, attention_reason = choose_attention(type(body), options.attention, device)
    others = [name for name in available_devices() if name != device]
    auto_class = auto_class_name(config)
    expected = forecast(
        shape,
        counted,
        device=device,
        dtype=dtype,
        quantization=options.quantization,
        context_length=options.context_length,
        free=memory(device).free,
        free_elsewhere={name: memory(name).free for name in others},
        encoder_only=auto_class == "AutoModelForMaskedLM",
    )
    return LoadPlan(
        ref=ref,
        found=found,
        config=config,
        auto_class=auto_class,
        device=device,
        dtype=dtype,
        dtype_reason=f"{dtype_reason}; {device}: {device_reason}",
        attention=attention,
        attention_reason=attention_reason,
        anatomy=anatomy_of(config, body),
        forecast=expected,
    )


def _refuse_impossible(ref: ModelRef, found: Found, config: PretrainedConfig) -> None:
    if ref.options.quantization == "none":
        return
    if found.weights.format == "gguf":
        raise UnsupportedModel(
            f"The GGUF file {found.path.name} cannot be quantised a second time.",
            "Load it without quantisation, or choose a safetensors copy.",
        )
    if getattr(config, "quantization_config", None) is not None:
        raise UnsupportedModel(
            f"The model “{ref.id}” is already quantised.", "Load it without quantisation."
        )
