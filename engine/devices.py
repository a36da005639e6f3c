"""Devices: what there is, how much memory is free, and which number format is fast there.

Every decision comes back with its reason, so that the screen can show it. The format is chosen
by a probe: on a CPU without the instructions a bfloat16 product can be hundreds of times slower
than float32, and no table of processors is ever complete. torch is imported inside functions.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from engine.errors import BadSpec

if TYPE_CHECKING:
    from engine.models.reference import DTypeChoice

PROBE_SIZE: Final = 512
PROBE_ROWS: Final = 8
PROBE_REPEATS: Final = 5
WORTHWHILE: Final = 1.5
SMALL_MODEL: Final = 200_000_000

BYTES_PER_VALUE: Final[dict[str, int]] = {
    "float32": 4,
    "bfloat16": 2,
    "float16": 2,
    "float64": 8,
}


@dataclass(frozen=True)
class DeviceChoice:
    """Where and in which number format a model runs.

    Attributes:
        device: ``"cpu"``, ``"cuda:0"``, …
        dtype: ``"float32"``, ``"bfloat16"`` or ``"float16"``.
        reason: Why, in one sentence.
    """

    device: str
    dtype: str
    reason: str


@dataclass(frozen=True)
class DeviceMemory:
    """Memory of one device, in bytes. For the CPU it is the machine's main memory."""

    device: str
    name: str
    total: int
    free: int


@dataclass(frozen=True)
class Probe:
    """Milliseconds of one small matrix product per number format (the best of a few runs).

    A format that the device cannot multiply at all is absent.
    """

    device: str
    milliseconds: tuple[tuple[str, float], ...]

    def of(self, dtype: str) -> float | None:
        """Milliseconds of `dtype`, or None when the device cannot do it."""
        return dict(self.milliseconds).get(dtype)


def available_devices() -> tuple[str, ...]:
    """The devices that torch can use, the preferred one first. Imports torch."""
    import torch

    gpus = tuple(f"cuda:{n}" for n in range(torch.cuda.device_count()))
    return (*gpus, "cpu")


def choose_device(wanted: str = "auto") -> tuple[str, str]:
    """The device to use and why.

    Args:
        wanted: ``"auto"``, ``"cpu"``, ``"cuda"`` (the first GPU) or ``"cuda:N"``.

    Raises:
        BadSpec: The device does not exist here.
    """
    there = available_devices()
    if wanted == "auto":
        if there[0] == "cpu":
            return "cpu", "no GPU that torch can use"
        return there[0], "a GPU is present"
    found = "cuda:0" if wanted == "cuda" else wanted
    if found not in there:
        raise BadSpec(
            f"The device “{wanted}” is not available.",
            f"Choose one of: auto, {', '.join(there)}.",
        )
    return found, "chosen"


@lru_cache(maxsize=16)
def probe(device: str) -> Probe:
    """Time a small product (8 × 512 by 512 × 512) in each format; a few ms, once per process."""
    import torch

    results: list[tuple[str, float]] = []
    for name in ("float32", "bfloat16", "float16"):
        dtype = getattr(torch, name)
        try:
            rows = torch.ones(PROBE_ROWS, PROBE_SIZE, dtype=dtype, device=device)
            weight = torch.ones(PROBE_SIZE, PROBE_SIZE, dtype=dtype, device=device)
            times = [_timed_product(rows, weight) for _ in range(PROBE_REPEATS + 1)]
        except RuntimeError:  # "not implemented for 'Half'", no such kernel
            continue
        results.append((name, min(times[1:])))
    return Probe(device, tuple(results))


def _timed_product(rows: object, weight: object) -> float:
    import torch

    assert isinstance(rows, torch.Tensor)
    assert isinstance(weight, torch.Tensor)
    start = time.perf_counter()
    torch.nn.functional.linear(rows, weight)
    if rows.is_cuda:
        torch.cuda.synchronize(rows.device)
    return (time.perf_counter() - start) * 1000.0


def choose_dtype(
    device: str,
    wanted: DTypeChoice = "auto",
    parameters: int | None = None,
    measured: Probe | None = None,
) -> tuple[str, str]:
    """The number format to compute in and why.

    float32 is kept wherever it costs little: only there do batched and single decoding agree
    token for token.

    Args:
        device: Where the model will run.
        wanted: ``"auto"`` or a format by name, taken as it is.
        parameters: The model's size; None = unknown, treated as large.
        measured: Result of `probe`; None = probe now.
    """
    if wanted != "auto":
        return wanted, "chosen"
    if parameters is not None and parameters <= SMALL_MODEL:
        return "float32", "small model: exact float32 costs little"
    times = measured or probe(device)
    exact = times.of("float32")
    for name in ("bfloat16", "float16"):
        fast = times.of(name)
        if exact is None or fast is None:
            continue
        ratio = exact / fast
        if not device.startswith("cpu") and ratio >= 1.0 / WORTHWHILE:
            return name, f"GPU: {name} halves the memory ({ratio:.1f}× float32's speed)"
        if ratio >= WORTHWHILE:
            return name, f"probe: {name} is {_figure(ratio)}× as fast as float32 here"
    return "float32", f"probe: {_comparison(times)}"


def _figure(ratio: float) -> str:
    """Two decimals, so that 1.49 does not read as the 1.5 it misses; more for tiny ratios."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def _comparison(times: Probe) -> str:
    exact = times.of("float32")
    parts = []
    for name in ("bfloat16", "float16"):
        slow = times.of(name)
        if slow is None or exact is None:
            parts.append(f"{name} does not run here")
        else:
            parts.append(f"{name} runs at {_figure(exact / slow)}× float32's speed")
    return f"{', '.join(parts)} ({WORTHWHILE}× needed to give up exactness)"


def choose(
    device: str = "auto", dtype: DTypeChoice = "auto", parameters: int | None = None
) -> DeviceChoice:
    """Device and number format together, with one reason for both."""
    where, why_there = choose_device(device)
    what, why_that = choose_dtype(where, dtype, parameters)
    return DeviceChoice(where, what, f"{where}: {why_there}; {what}: {why_that}")


def memory(device: str = "cpu") -> DeviceMemory:
    """Total and free memory of a device, now."""
    if device.startswith("cuda"):
        return _gpu_memory(device)
    import psutil

    figures = psutil.virtual_memory()
    return DeviceMemory("cpu", "main memory", int(figures.total), int(figures.available))


def _gpu_memory(device: str) -> DeviceMemory:
    import torch

    free, total = torch.cuda.mem_get_info(device)
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    name = torch.cuda.get_device_name(device)
    return DeviceMemory(device, name, int(total), int(free) + max(0, int(unused)))


def gpu_meters() -> tuple[DeviceMemory, ...]:
    """Memory of every NVIDIA GPU through its driver, without torch; empty where there is none."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001 - no driver, no library, no permission: no meters
        return ()
    try:
        meters = []
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            figures = pynvml.nvmlDeviceGetMemoryInfo(handle)
            name = str(pynvml.nvmlDeviceGetName(handle))
            meters.append(
                DeviceMemory(f"cuda:{index}", name, int(figures.total), int(figures.free))
            )
        return tuple(meters)
    finally:
        pynvml.nvmlShutdown()
