"""Loading a model: the plan carried out, every failure with a next step, its memory freed."""

from __future__ import annotations

import copy
import logging
import time
import traceback
from typing import TYPE_CHECKING, Any

from engine.errors import (
    DeviceOutOfMemory,
    EngineError,
    JobCancelled,
    ModelLoadError,
    UnsupportedModel,
)
from engine.models.bars import Check, Report, quiet_libraries, watched_bars
from engine.models.libraries import building
from engine.models.loaded import LoadedModel, measure
from engine.models.plan import LoadPlan, plan_load
from engine.models.release import give_back
from engine.models.skeleton import gguf_file, needs_own_code
from engine.models.spec import LoadedInfo

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from engine.api import Resources
    from engine.models.catalog import Found
    from engine.models.reference import ModelRef


def _nothing() -> None:
    return


def _silent(_fraction: float | None, _text: str) -> None:
    return


def load(
    ref: ModelRef, resources: Resources, check: Check = _nothing, progress: Report = _silent
) -> LoadedModel:
    """Load a model as its reference asks.

    Args:
        ref: Which model and how.
        resources: Where to look.
        check: Cancellation point, called between steps and between weights.
        progress: Told the fraction and the step.

    Raises:
        ModelLoadError: Missing, damaged, unsafe.
        UnsupportedModel: Unknown architecture or an impossible combination of options.
        DoesNotFit: Refused by the forecast, which names what would fit.
        DeviceOutOfMemory: It ran out of memory in spite of the forecast.
    """
    check()
    progress(0.02, "Reading the configuration")
    plan = plan_load(ref, resources)
    plan.refuse_if_too_large()
    return load_planned(plan, check, progress)


def load_planned(
    plan: LoadPlan, check: Check = _nothing, progress: Report = _silent
) -> LoadedModel:
    """Carry out a plan whose forecast was accepted. Raises as `load`."""
    check()
    start = time.perf_counter()
    progress(0.05, "Reading the tokenizer")
    tokenizer = load_tokenizer(plan.found, plan.ref.options.trust_remote_code)
    check()
    progress(0.1, "Loading the weights")
    model = _guarded(plan, check, progress)
    give_back()
    seconds = time.perf_counter() - start
    loaded = LoadedModel(
        model,
        tokenizer,
        plan.ref,
        plan.found.path,
        plan.found.weights,
        _info(plan, model, tokenizer, seconds),
    )
    progress(1.0, "Loaded")
    return loaded


def load_tokenizer(found: Found, trust_remote_code: bool = False) -> PreTrainedTokenizerBase:
    """The tokenizer of a model, without its weights.

    Raises:
        ModelLoadError: Its files are missing or damaged.
    """
    from transformers import AutoTokenizer

    place: dict[str, Any] = {"pretrained_model_name_or_path": str(found.path)}
    if found.weights.format == "gguf":
        file = gguf_file(found)
        place = {"pretrained_model_name_or_path": str(file.parent), "gguf_file": file.name}
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            **place, local_files_only=True, trust_remote_code=trust_remote_code
        )
    except Exception as error:  # the libraries raise bare Exceptions for damaged files
        if "trust_remote_code" in str(error):
            raise needs_own_code(found) from error
        raise ModelLoadError(
            f"The tokenizer of “{found.entry.id}” cannot be read.",
            "Check that tokenizer.json lies in its folder, or download the model again.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    return tokenizer


def _guarded(plan: LoadPlan, check: Check, progress: Report) -> PreTrainedModel:
    """Load the weights; turn every failure into an error of ours and free what it left."""
    try:
        with building, watched_bars(check, progress), quiet_libraries():
            return _from_pretrained(plan)
    except (EngineError, JobCancelled) as stop:
        _forget_frames(stop)
        give_back()
        raise
    except Exception as error:
        problem = _explain(plan, error)
        _forget_frames(error)
        give_back()
        raise problem from error


def _from_pretrained(plan: LoadPlan) -> PreTrainedModel:
    import torch
    import transformers

    from engine.models import bitmask
    from engine.models.layered import layers_of_their_own

    options = plan.ref.options
    found = plan.found
    arguments: dict[str, Any] = {
        "dtype": getattr(torch, plan.dtype),
        "attn_implementation": plan.attention,
        "device_map": {"": plan.device} if len(plan.devices) == 1 else "balanced",
        "local_files_only": True,
        "trust_remote_code": options.trust_remote_code,
    }
    place: str | None = str(found.path)
    if found.weights.format == "gguf":
        file = gguf_file(found)
        place, arguments["gguf_file"] = str(file.parent), file.name
    elif (found.path / bitmask.FILE).exists():
        arguments["config"] = copy.deepcopy(plan.blueprint.config)
        place, arguments["state_dict"] = None, bitmask.load(found.path)
    else:
        arguments["config"] = copy.deepcopy(plan.blueprint.config)
        arguments["use_safetensors"] = found.weights.format == "safetensors"
    if options.quantization != "none":
        arguments["quantization_config"] = _quantization(plan)
    kind = plan.blueprint.model_class if place is None else None
    auto: Any = kind or getattr(transformers, plan.blueprint.auto_class)
    model: PreTrainedModel
    with layers_of_their_own(plan.blueprint.config, plan.blueprint.model_class):
        model, report = auto.from_pretrained(place, output_loading_info=True, **arguments)
    missing = sorted(report.get("missing_keys") or ())
    if missing:  # they would be random numbers
        raise ModelLoadError(
            f"The weights of “{plan.ref.id}” lack {len(missing)} of the model's tensors.",
            "Download the model again, or choose one that fits its architecture.",
            detail="\n".join(missing[:20]),
        )
    return model  # in eval mode already


def _quantization(plan: LoadPlan) -> object:
    import torch
    from transformers import BitsAndBytesConfig

    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # one line per layer and token
    if plan.ref.options.quantization == "int8":
        return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
            load_in_8bit=True
        )
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type=plan.ref.options.quantization,
        bnb_4bit_compute_dtype=getattr(torch, plan.dtype),
    )


def _explain(plan: LoadPlan, error: Exception) -> EngineError:
    name, text = plan.ref.id, f"{type(error).__name__}: {error}"
    lowered = text.lower()
    if "out of memory" in lowered or "can't allocate memory" in lowered:
        return DeviceOutOfMemory(
            f"The memory of {plan.device} ran out while “{name}” was loading; it was freed again.",
            "Close other programs, or choose a 4-bit load or a smaller model.",
            detail=text,
        )
    if isinstance(error, ImportError):
        return UnsupportedModel(
            f"The model “{name}” needs a Python package that is not installed.",
            "Install the package that the details name.",
            detail=text,
        )
    if isinstance(error, (KeyError, NotImplementedError)):
        return UnsupportedModel(
            f"The model “{name}” cannot be built by the installed libraries.",
            "Update transformers, or choose another model.",
            detail=text,
        )
    return ModelLoadError(
        f"The weights of “{name}” cannot be loaded.",
        "Download or copy the model again; the details name the file.",
        detail=text,
    )


def _forget_frames(error: BaseException | None) -> None:
    """Let go of the half-loaded tensors that a failure's frames hold.

    A garbage collection would do it too, but in the window's process that runs on the window's
    thread alone.
    """
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _info(
    plan: LoadPlan, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, seconds: float
) -> LoadedInfo:
    return LoadedInfo(
        ref=plan.ref,
        state="loaded",
        device=" + ".join(plan.devices),
        dtype=plan.dtype,
        dtype_reason=plan.dtype_reason,
        attention=plan.attention,
        attention_reason=plan.attention_reason,
        quantization=plan.ref.options.quantization,
        parameters=plan.blueprint.anatomy.parameters,
        forecast_bytes=plan.forecast.weights,
        measured_bytes=measure(model),
        load_seconds=seconds,
        context_length=plan.blueprint.anatomy.context_length,
        has_chat_template=bool(tokenizer.chat_template),
        anatomy=plan.blueprint.anatomy,
        special_tokens=tuple(str(token) for token in tokenizer.all_special_tokens),
    )
