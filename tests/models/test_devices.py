"""Devices: the probe decides the format, and every decision says why."""

from __future__ import annotations

import pytest

from engine import devices
from engine.devices import DeviceMemory, Probe, choose, choose_device, choose_dtype, memory, probe
from engine.errors import BadSpec

SLOW_HALF = Probe("cpu", (("float32", 1.0), ("bfloat16", 40.0), ("float16", 200.0)))
FAST_HALF = Probe("cpu", (("float32", 3.0), ("bfloat16", 1.0), ("float16", 1.2)))
NO_HALF = Probe("cpu", (("float32", 1.0),))
GPU = Probe("cuda:0", (("float32", 1.0), ("bfloat16", 1.1), ("float16", 1.0)))
OLD_GPU = Probe("cuda:0", (("float32", 1.0), ("bfloat16", 9.0), ("float16", 0.8)))
LARGE = 7_000_000_000


@pytest.mark.parametrize(
    ("measured", "dtype", "word"),
    [
        (SLOW_HALF, "float32", "0.025×"),
        (FAST_HALF, "bfloat16", "3.00×"),
        (NO_HALF, "float32", "does not run"),
        (GPU, "bfloat16", "GPU"),
        (OLD_GPU, "float16", "GPU"),
    ],
)
def test_the_probe_decides_for_large_models(measured: Probe, dtype: str, word: str) -> None:
    chosen, reason = choose_dtype(measured.device, "auto", LARGE, measured)
    assert chosen == dtype
    assert word in reason


def test_small_models_stay_exact_and_a_choice_is_respected() -> None:
    assert choose_dtype("cpu", "auto", 1_000_000, FAST_HALF)[0] == "float32"
    assert choose_dtype("cpu", "float16", LARGE, SLOW_HALF) == ("float16", "chosen")


def test_this_machine_is_probed_once() -> None:
    first = probe("cpu")
    assert first.of("float32") is not None
    assert all(time > 0 for _, time in first.milliseconds)
    assert probe("cpu") is first


def test_the_cpu_is_always_there_and_absent_devices_are_refused() -> None:
    assert devices.available_devices()[-1] == "cpu"
    assert choose_device("cpu") == ("cpu", "chosen")
    with pytest.raises(BadSpec, match="quantum"):
        choose_device("quantum")


def test_a_gpu_is_preferred_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "available_devices", lambda: ("cuda:0", "cuda:1", "cpu"))
    assert choose_device("auto")[0] == "cuda:0"
    assert choose_device("cuda")[0] == "cuda:0"
    assert choose_device("cuda:1")[0] == "cuda:1"


def test_one_reason_for_both_choices() -> None:
    choice = choose("cpu", "float32")
    assert (choice.device, choice.dtype) == ("cpu", "float32")
    assert "cpu: chosen" in choice.reason


def test_memory_is_that_of_the_machine() -> None:
    import psutil

    figures = memory("cpu")
    assert figures.total == psutil.virtual_memory().total
    assert 0 < figures.free <= figures.total


def test_meters_without_a_driver_are_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    import pynvml

    def no_driver() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", no_driver)
    assert devices.gpu_meters() == ()


def test_meters_with_a_driver_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    import pynvml

    monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlShutdown", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: 1)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", lambda index: index)
    figures = types.SimpleNamespace(total=8_000, free=3_000)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lambda handle: figures)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetName", lambda handle: "Card")
    assert devices.gpu_meters() == (DeviceMemory("cuda:0", "Card", 8_000, 3_000),)
