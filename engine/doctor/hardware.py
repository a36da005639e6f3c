"""The device and the number format Lathe chooses, each with the reason for the choice."""

from __future__ import annotations

from engine import devices
from engine.doctor.finding import Finding, gigabytes

TYPICAL_PARAMETERS = 1_000_000_000


def findings() -> tuple[Finding, ...]:
    """Every GPU with its memory, the chosen device, and the chosen number format."""
    device, why_device = devices.choose_device("auto")
    gpus = tuple(name for name in devices.available_devices() if name != "cpu")
    return (*(_memory(name) for name in gpus), *_choice(device, why_device))


def _memory(device: str) -> Finding:
    figures = devices.memory(device)
    value = f"{gigabytes(figures.free)} free of {gigabytes(figures.total)}"
    return Finding(f"device {device}", value, True, figures.name)


def _choice(device: str, why_device: str) -> tuple[Finding, ...]:
    """The device, and the format for a small model and for one of a billion parameters."""
    small, why_small = devices.choose_dtype(device, "auto", parameters=devices.SMALL_MODEL)
    large, why_large = devices.choose_dtype(device, "auto", parameters=TYPICAL_PARAMETERS)
    return (
        Finding("chosen device", device, True, why_device),
        Finding("dtype, small models", small, True, why_small),
        Finding("dtype, 1 B parameters", large, True, why_large),
    )
