"""Residency: one load for equal references, room made when needed, real states told."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import devices
from engine.api import Engine, Resources
from engine.errors import BadSpec, DoesNotFit, ModelLoadError
from engine.jobs.job import JobFailed
from engine.models import plan as plan_module
from engine.models.kept import Slot
from engine.models.reference import LoadOptions, ModelRef
from engine.models.residency import Residency
from engine.models.spec import (
    CountTokensSpec,
    DescribeModelSpec,
    LoadedInfo,
    LoadModelSpec,
    ModelDescription,
    UnloadModelSpec,
)
from engine.paths import Paths
from tests.support.tiny_models import save_tiny


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("residents")
    for name in ("llama", "gpt2"):
        save_tiny(name, root / name)
    return root


@pytest.fixture
def resources(shelf: Path, tmp_path: Path) -> Resources:
    return Resources(Paths.below(tmp_path), model_folders=(shelf,))


@pytest.fixture
def residency(resources: Resources) -> Iterator[Residency]:
    residency = Residency(resources, idle_seconds=None)
    yield residency
    residency.unload()


LLAMA, GPT2 = ModelRef("llama"), ModelRef("gpt2")


def test_equal_references_share_one_load_and_others_do_not(residency: Residency) -> None:
    with residency.lease(LLAMA) as one, residency.lease(ModelRef("llama")) as two:
        assert one is two
    with residency.lease(LLAMA) as again:
        assert again is one
    half = ModelRef("llama", options=LoadOptions(dtype="bfloat16"))
    with residency.lease(half) as other:
        assert other is not one
    assert [info.ref for info in residency.loaded()] == [LLAMA, half]


def test_the_states_that_are_told_are_the_real_ones(residency: Residency) -> None:
    told: list[tuple[str, str, int]] = []
    stop = residency.listen(
        lambda ref, state: told.append((ref.id, state, len(residency.loaded())))
    )
    with residency.lease(LLAMA):
        pass
    residency.unload(LLAMA)
    with pytest.raises(ModelLoadError), residency.lease(ModelRef("nowhere")):
        pass
    stop()
    with residency.lease(LLAMA):
        pass
    assert told == [
        ("llama", "loading", 0),
        ("llama", "loaded", 1),
        ("llama", "unloaded", 0),
        ("nowhere", "loading", 0),
        ("nowhere", "failed", 0),
    ]


def test_an_unforeseen_failure_is_told_too(
    monkeypatch: pytest.MonkeyPatch, residency: Residency
) -> None:
    told: list[str] = []
    residency.listen(lambda ref, state: told.append(state))

    def broken(ref: ModelRef, resources: Resources) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engine.models.residency.plan_load", broken)
    with pytest.raises(ZeroDivisionError), residency.lease(LLAMA):
        pass
    assert told == ["loading", "failed"]


def test_unloading_frees_the_weights_without_a_garbage_collection(residency: Residency) -> None:
    gc.disable()
    try:
        with residency.lease(LLAMA) as loaded:
            weight = weakref.ref(loaded.model.lm_head.weight)
            del loaded
        assert weight() is not None
        residency.unload(LLAMA)
        assert weight() is None
    finally:
        gc.enable()


def test_a_model_in_use_is_not_unloaded(residency: Residency) -> None:
    with residency.lease(LLAMA):
        with pytest.raises(BadSpec, match="in use"):
            residency.unload(LLAMA)
        assert residency.unload() == ()
        assert residency.get(LLAMA) is not None
    assert residency.unload() == (LLAMA,)
    assert residency.unload(LLAMA) == ()


SPARE, LASTING = Slot[str]("spare"), Slot[str]("lasting", lasting=True)


def test_what_is_kept_beside_a_model_is_counted(residency: Residency) -> None:
    with residency.lease(LLAMA) as loaded:
        own = residency.loaded()[0]
        assert (own.kept_bytes, own.held_bytes) == (0, own.measured_bytes)
        loaded.kept.put(SPARE, "a", 1000)
        loaded.kept.put(LASTING, "b", 20)
        loaded.kept.put(SPARE, "c", 300)
        del loaded
    info = residency.get(LLAMA)
    assert info is not None
    assert (info.kept_bytes, info.held_bytes) == (320, own.measured_bytes + 320)


def test_what_can_be_computed_again_goes_before_a_model_does(
    residency: Residency, monkeypatch: pytest.MonkeyPatch
) -> None:
    with residency.lease(LLAMA) as loaded:
        loaded.kept.put(SPARE, "a", 1000)
        loaded.kept.put(LASTING, "b", 20)

    def memory(device: str) -> devices.DeviceMemory:
        return devices.DeviceMemory(device, "small", 10**12, 10**12 // loaded.kept.bytes**3)

    monkeypatch.setattr(plan_module, "memory", memory)
    with residency.lease(GPT2):
        assert [info.ref for info in residency.loaded()] == [LLAMA, GPT2]
    assert loaded.kept.get(SPARE) is None
    assert loaded.kept.get(LASTING) == "b"


def test_only_idle_models_are_swept(resources: Resources) -> None:
    residency = Residency(resources, idle_seconds=100.0)
    with residency.lease(LLAMA):
        pass
    with residency.lease(GPT2):
        import time

        later = time.monotonic() + 101.0
        assert residency.sweep(later - 50.0) == ()
        assert residency.sweep(later) == (LLAMA,)
    residency.idle_seconds = None
    assert residency.sweep(later + 1000.0) == ()
    assert residency.unload() == (GPT2,)
    residency.close()


@pytest.fixture
def small_machine(monkeypatch: pytest.MonkeyPatch, residency: Residency) -> Residency:
    """A machine on which one of the two models fits, but not both."""
    need = {}
    for ref in (LLAMA, GPT2):
        need[ref] = plan_module.plan_load(ref, residency._resources).forecast.total
    room = int(max(need.values()) * 1.1)

    def memory(device: str) -> devices.DeviceMemory:
        used = sum(need[info.ref] for info in residency.loaded())
        return devices.DeviceMemory(device, "small", room, room - used)

    monkeypatch.setattr(plan_module, "memory", memory)
    return residency


def test_an_idle_model_makes_room_for_the_next(small_machine: Residency) -> None:
    with small_machine.lease(LLAMA):
        pass
    with small_machine.lease(GPT2):
        assert [info.ref for info in small_machine.loaded()] == [GPT2]


def test_a_leased_model_does_not_make_room(small_machine: Residency) -> None:
    with (
        small_machine.lease(LLAMA),
        pytest.raises(DoesNotFit, match="gpt2"),
        small_machine.lease(GPT2),
    ):
        pass
    assert [info.ref for info in small_machine.loaded()] == [LLAMA]


@pytest.fixture
def engine(shelf: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(Paths.below(tmp_path), model_folders=(shelf,))
    yield engine
    assert engine.close(10)


def test_the_model_jobs_do_what_they_say(engine: Engine) -> None:
    info = engine.submit(LoadModelSpec(LLAMA)).result(60)
    assert isinstance(info, LoadedInfo)
    assert engine.loaded() == (info,)
    described = engine.submit(DescribeModelSpec(LLAMA)).result(60)
    assert isinstance(described, ModelDescription)
    assert described.anatomy == info.anatomy
    assert described.forecast is not None
    assert described.forecast.weights == info.measured_bytes
    assert (described.dtype, described.attention) == (info.dtype, info.attention)
    counts = engine.submit(CountTokensSpec(LLAMA, ("abc", "", "你好"))).result(60)
    assert counts == (3, 0, 6)  # one token per UTF-8 byte
    engine.submit(UnloadModelSpec(LLAMA)).result(60)
    assert engine.loaded() == ()


def test_the_forecast_follows_the_options(engine: Engine) -> None:
    def described(options: LoadOptions) -> ModelDescription:
        result = engine.submit(DescribeModelSpec(replace(LLAMA, options=options))).result(60)
        assert isinstance(result, ModelDescription)
        return result

    plain, long, packed = (
        described(options).forecast
        for options in (
            LoadOptions(),
            LoadOptions(context_length=1024),
            LoadOptions(quantization="nf4"),
        )
    )
    assert plain is not None
    assert long is not None
    assert packed is not None
    # keys and values of 2 KV heads of 16 values in 2 layers, 4 bytes each
    assert plain.kv_cache == 512 * 2 * 2 * 16 * 2 * 4
    assert long.kv_cache == 2 * plain.kv_cache
    assert packed.weights < plain.weights


def test_a_failed_load_leaves_the_lane_usable(engine: Engine) -> None:
    with pytest.raises(JobFailed) as failure:
        engine.submit(LoadModelSpec(ModelRef("nowhere"))).result(60)
    assert failure.value.error.code == "model-load"
    assert engine.submit(LoadModelSpec(GPT2)).result(60)


def test_a_model_too_large_for_one_gpu_is_spread_over_two(
    monkeypatch: pytest.MonkeyPatch, resources: Resources
) -> None:
    whole = plan_module.plan_load(LLAMA, resources).forecast
    cuda = whole.total + (600 << 20)
    half = {"cuda:0": cuda * 2 // 3, "cuda:1": cuda * 2 // 3, "cpu": 0}
    monkeypatch.setattr(plan_module, "available_devices", lambda: tuple(half))
    monkeypatch.setattr(plan_module, "choose_device", lambda wanted: ("cuda:0", "a GPU"))
    monkeypatch.setattr(
        plan_module, "memory", lambda name: devices.DeviceMemory(name, name, 0, half[name])
    )
    spread = plan_module.plan_load(LLAMA, resources)
    assert spread.devices == ("cuda:0", "cuda:1")
    assert spread.forecast.fits
    assert "spread over 2 GPUs" in spread.dtype_reason
    chosen = replace(LLAMA, options=LoadOptions(device="cuda:0"))
    assert plan_module.plan_load(chosen, resources).devices == ("cuda:0",)
    assert not plan_module.plan_load(chosen, resources).forecast.fits


def test_closing_frees_everything_and_stops_the_clock(resources: Resources) -> None:
    import threading

    residency = Residency(resources, idle_seconds=1000.0)
    with residency.lease(LLAMA):
        pass
    clocks = [t for t in threading.enumerate() if t.name == "lathe-idle-models"]
    residency.close()
    for clock in clocks:
        clock.join(10)
    assert residency.loaded() == ()
    assert not [t for t in threading.enumerate() if t.name == "lathe-idle-models"]


def test_a_stopped_load_keeps_no_tensors(residency: Residency) -> None:
    import torch

    from engine.errors import JobCancelled
    from engine.models.loading import load_planned

    plan = plan_module.plan_load(LLAMA, residency._resources)

    def live() -> int:
        parameters = [thing for thing in gc.get_objects() if type(thing) is torch.nn.Parameter]
        return sum(1 for parameter in parameters if parameter.device.type != "meta")

    def stop(fraction: float | None, text: str) -> None:
        if fraction is not None and fraction > 0.5:
            raise JobCancelled

    gc.collect()
    gc.disable()
    try:
        before = live()
        with pytest.raises(JobCancelled):
            load_planned(plan, progress=stop)
        assert live() == before
    finally:
        gc.enable()


def test_looking_at_what_is_loaded_never_waits_for_a_release(
    monkeypatch: pytest.MonkeyPatch, resources: Resources
) -> None:
    """Another thread (the window's) is answered while memory is freed and listeners are told."""
    import threading

    residency = Residency(resources, idle_seconds=1.0)
    with residency.lease(LLAMA):
        pass
    answers: list[tuple[str, int]] = []

    def ask(moment: str) -> None:
        window = threading.Thread(
            target=lambda: answers.append((moment, len(residency.loaded()))), daemon=True
        )
        window.start()
        window.join(5)

    monkeypatch.setattr("engine.models.residency.give_back", lambda: ask("freeing"))
    residency.listen(lambda ref, state: ask(state))
    assert residency.sweep(float("inf")) == (LLAMA,)
    assert answers == [("freeing", 0), ("unloaded", 0)]
    residency.close()


def test_the_idle_time_can_be_changed_while_models_are_idle(resources: Resources) -> None:
    import threading

    freed = threading.Event()
    residency = Residency(resources, idle_seconds=None)
    residency.listen(lambda ref, state: freed.set() if state == "unloaded" else None)
    with residency.lease(LLAMA):
        residency.idle_seconds = 0.001
    assert freed.wait(10)
    assert residency.loaded() == ()
    residency.idle_seconds = 0
    assert residency.idle_seconds is None
    with residency.lease(LLAMA):
        pass
    assert residency.sweep(float("inf")) == ()
    residency.close()


def test_one_busy_model_does_not_keep_another_from_being_swept(resources: Resources) -> None:
    residency = Residency(resources, idle_seconds=1000.0)
    with residency.lease(LLAMA):
        pass
    clock = residency._clock
    assert clock is not None
    with residency.lease(GPT2):
        pass
    again = residency._clock
    assert again is not None
    first_use = residency._places[LLAMA].last_used
    assert residency._due()[LLAMA] == first_use + 1000.0
    assert again.interval < 1000.0  # it rings for the one that was idle first
    residency.close()


def test_a_listener_that_raises_leaks_no_lease(
    residency: Residency, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def broken(ref: ModelRef, state: str) -> None:
        raise RuntimeError("listener")

    residency.listen(broken)
    residency.listen(lambda ref, state: told.append(state))
    with residency.lease(LLAMA):
        pass
    assert residency.unload(LLAMA) == (LLAMA,)
    assert told == ["loading", "loaded", "unloaded"]
    assert "a listener of the models raised" in caplog.text
