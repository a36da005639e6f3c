"""Loading a model: the plan carried out, every failure with a next step, its memory freed."""

from __future__ import annotations

import contextlib
import copy
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from engine.errors import (
    DeviceOutOfMemory,
    EngineError,
    JobCancelled,
    ModelLoadError,
    UnsupportedModel,
)
from engine.models.loaded import LoadedModel, measure
from engine.models.plan import LoadPlan, plan_load
from engine.models.skeleton import gguf_file
from engine.models.spec import LoadedInfo

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from engine.api import Resources
    from engine.models.catalog import Found
    from engine.models.reference import ModelRef

Check = Callable[[], None]
Report = Callable[[float | None, str], None]


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
        raise ModelLoadError(
            f"The tokenizer of “{found.entry.id}” cannot be read.",
            "Check that tokenizer.json lies in its folder, or download the model again.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    return tokenizer


def _guarded(plan: LoadPlan, check: Check, progress: Report) -> PreTrainedModel:
    """Load the weights; turn every failure into an error of ours and free what it left."""
    try:
        with _watched_bars(check, progress), _quiet_libraries():
            return _from_pretrained(plan)
    except (EngineError, JobCancelled) as stop:
        _forget_frames(stop)
        _free()
        raise
    except Exception as error:
        problem = _explain(plan, error)
        _forget_frames(error)
        _free()
        raise problem from error


def _from_pretrained(plan: LoadPlan) -> PreTrainedModel:
    import torch
    import transformers

    options = plan.ref.options
    found = plan.found
    arguments: dict[str, Any] = {
        "dtype": getattr(torch, plan.dtype),
        "attn_implementation": plan.attention,
        "device_map": {"": plan.device},
        "local_files_only": True,
        "trust_remote_code": options.trust_remote_code,
    }
    place = str(found.path)
    if found.weights.format == "gguf":
        file = gguf_file(found)
        place, arguments["gguf_file"] = str(file.parent), file.name
    else:
        arguments["config"] = copy.deepcopy(plan.blueprint.config)
        arguments["use_safetensors"] = found.weights.format == "safetensors"
    if options.quantization != "none":
        arguments["quantization_config"] = _quantization(plan)
    auto = getattr(transformers, plan.blueprint.auto_class)
    model: PreTrainedModel
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

    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
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


def _free() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


_bars_lock = threading.Lock()


@contextlib.contextmanager
def _watched_bars(check: Check, progress: Report) -> Iterator[None]:
    """Let transformers' own progress bars report to us and stop for us, through its public hook."""
    from transformers.utils import logging as bars

    def watched(
        _factory: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
    ) -> _Bar:
        return _Bar(check, progress, *args, **options)

    with _bars_lock:
        previous = bars.set_tqdm_hook(watched)
        try:
            yield
        finally:
            bars.set_tqdm_hook(previous)


class _Bar:
    """What transformers sees instead of a terminal's progress bar."""

    def __init__(
        self,
        check: Check,
        progress: Report,
        iterable: Any = None,  # noqa: ANN401 - tqdm takes any iterable
        total: int | None = None,
        **_options: object,
    ) -> None:
        self._check, self._progress = check, progress
        self._iterable = iterable
        self.total = total if total is not None else len(iterable) if iterable is not None else 0
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._iterable:
            yield item
            self.update(1)

    def update(self, count: float = 1) -> None:
        self._check()
        self.n += int(count)
        if self.total:
            self._progress(0.1 + 0.88 * min(1.0, self.n / self.total), "Loading the weights")

    def set_postfix(self, *_args: object, **_options: object) -> None:
        return

    set_description = set_postfix

    def close(self) -> None:
        return

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        return


@contextlib.contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Keep load reports out of the terminal; the log file still gets warnings."""
    from transformers.utils import logging as levels

    before = levels.get_verbosity()
    levels.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        levels.set_verbosity(before)


def _info(
    plan: LoadPlan, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, seconds: float
) -> LoadedInfo:
    return LoadedInfo(
        ref=plan.ref,
        state="loaded",
        device=plan.device,
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
