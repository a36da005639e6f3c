"""“Copy as command”: the `lathe inspect` lines that make the same without a window."""

from __future__ import annotations

import os

from engine.commands.lines import line, model_words
from workbench.viewmodels.position import PositionModel


def rope_command(
    model: PositionModel,
    scaling: str = "keep",
    factor: float = 1.0,
    *,
    windows: bool = os.name == "nt",
) -> str:
    """Wavelengths, scores by distance, and the next tokens under a preset."""
    parts = ["rope", *_subject(model)]
    if scaling != "keep":
        length = round(model.trained * factor)
        parts += ["--scaling", scaling, "--factor", f"{factor:g}", "--length", str(length)]
    return _line(parts, windows)


def alibi_command(
    model: PositionModel, change: str, strength: float = 1.0, *, windows: bool = os.name == "nt"
) -> str:
    """Slopes, windows, scores by distance, and what `change` ("add", "remove") does."""
    parts = ["alibi", *_subject(model), f"--{change}"]
    if change == "add" and strength != 1.0:
        parts += ["--strength", f"{strength:g}"]
    return _line(parts, windows)


def _subject(model: PositionModel) -> list[str]:
    parts = [*model_words(model.ref), "--text", model.text]
    if model.chat:
        parts.append("--chat")
    return [*parts, "--layer", str(model.layer), "--head", str(model.head)]


def _line(parts: list[str], windows: bool) -> str:
    return line(["lathe", "inspect", *parts], windows=windows)
