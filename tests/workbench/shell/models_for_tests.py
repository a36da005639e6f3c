"""Model jobs that only tests know: instant, broken, or slow until they are stopped."""

from __future__ import annotations

import threading

from engine.errors import ModelLoadError
from engine.models.reference import ModelRef
from engine.models.spec import Anatomy, LoadedInfo, LoadModelSpec

loaded: list[LoadedInfo] = []


def info_of(ref: ModelRef) -> LoadedInfo:
    anatomy = Anatomy("A", "s", "p", "a", "n", 1, 1, 1, 1, 1, 1, 1, None, 1, False)
    return LoadedInfo(
        ref=ref, state="loaded", device="cpu", dtype="float32", dtype_reason="fastest here",
        attention="sdpa", attention_reason="exact", quantization="none", parameters=1,
        forecast_bytes=2_000_000, measured_bytes=3_000_000, load_seconds=0.1, context_length=384,
        has_chat_template=True, anatomy=anatomy,
    )  # fmt: skip


def load(spec: LoadModelSpec, ctx: object) -> LoadedInfo:
    if spec.model.id == "broken":
        raise ModelLoadError("The model “broken” is damaged.", "Download it again.")
    if spec.model.id == "slow":
        ctx.progress(0.25, "reading weights")
        never = threading.Event()
        while not never.wait(0.005):
            ctx.check()
    loaded.append(info_of(spec.model))
    return loaded[-1]


def unload(_spec: object, _ctx: object) -> None:
    loaded.clear()
