"""The model that every page shares: real states, loading that can be stopped."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from engine.errors import BadSpec
from engine.jobs.registry import KINDS, Kind
from engine.models.reference import LoadOptions, ModelRef
from engine.models.spec import ModelEntry
from tests.jobs.kinds_for_tests import CountSpec
from tests.workbench.shell.models_for_tests import info_of, loaded
from workbench.services import preferences as prefs

MODULE = "tests.workbench.shell.models_for_tests"


@pytest.fixture
def model(shell, monkeypatch):
    spec = "engine.models.spec"
    monkeypatch.setitem(
        KINDS, "load-model", Kind(f"{spec}:LoadModelSpec", f"{MODULE}:load")
    )  # fmt: skip
    monkeypatch.setitem(
        KINDS, "unload-model", Kind(f"{spec}:UnloadModelSpec", f"{MODULE}:unload")
    )  # fmt: skip
    monkeypatch.setattr(shell.engine, "loaded", lambda: tuple(loaded))
    loaded.clear()
    return shell.services.model


def state(model, wanted):
    return lambda: model.state == wanted


def test_loading_and_unloading_show_the_real_state(shell, model, qtbot):
    bar = shell.window.model_bar
    assert bar.state.text() == "not loaded"
    with qtbot.waitSignal(model.loaded):
        qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert model.state == "loaded"
    assert bar.state.text() == "ready"
    assert not bar.button.isVisible()
    assert "CPU · float32" in bar.device.text()
    assert "fastest here" in bar.device.toolTip()
    assert "3.0 MB measured" in bar.device.toolTip()
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "unloaded")):
        shell.services.actions.trigger("model.unload")
    assert not bar.device.isVisible()


def test_a_load_shows_its_step_and_can_be_stopped(shell, model, qtbot):
    model.choose(ModelRef("slow"))
    bar = shell.window.model_bar
    with qtbot.waitSignal(model.changed, check_params_cb=lambda: model.fraction == 0.25):
        model.load()
    assert bar.state.text() == "reading weights 25%"
    assert bar.button.text() == "Stop"
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "unloaded")):
        qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert bar.button.text() == "Load"


def test_a_failed_load_says_why_and_offers_to_try_again(shell, model, qtbot):
    model.choose(ModelRef("broken"))
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "failed")):
        model.load()
    bar = shell.window.model_bar
    assert "damaged" in bar.state.toolTip()
    assert "Download it again" in bar.state.toolTip()
    assert bar.button.text() == "Try again"


def test_a_model_that_cannot_be_loaded_does_not_replace_the_one_that_works(shell, model, qtbot):
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "loaded")):
        model.load()
    model.choose(ModelRef("broken"))
    with (
        qtbot.waitSignal(shell.services.notify.posted) as told,
        qtbot.waitSignal(model.kept),
    ):
        model.load()
    assert model.ref == ModelRef()
    assert model.state == "loaded"
    assert "“broken” is damaged" in told.args[0].text


def test_a_model_that_a_job_loaded_is_seen_after_the_job(shell, model, qtbot):
    loaded.append(info_of(ModelRef()))
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "loaded")):
        shell.services.jobs.submit(CountSpec())
    loaded.clear()
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "unloaded")):
        shell.services.jobs.submit(CountSpec())


@pytest.fixture
def residency(shell, qtbot):
    """The engine's own, with which the window speaks."""
    found = shell.engine.resources.residency
    qtbot.waitUntil(lambda: bool(found._listeners))
    return found


def elsewhere(work, *given):
    """Do it on another thread, as a lane or the idle clock does."""
    thread = threading.Thread(target=work, args=given)
    thread.start()
    thread.join()


def place(ref):
    info = info_of(ref)
    return SimpleNamespace(loaded=SimpleNamespace(info=info), info=info, leases=0, last_used=0.0)


def test_a_load_that_a_job_makes_is_seen_at_once(shell, residency, qtbot):
    model, bar = shell.services.model, shell.window.model_bar
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "loading")):
        elsewhere(residency._tell, model.ref, "loading")
    assert bar.state.text() == "loading"
    assert not bar.button.isVisible()  # it ends with the job that loads, not by this bar
    residency._places[model.ref] = place(model.ref)
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "loaded")):
        elsewhere(residency._tell, model.ref, "loaded")
    assert bar.state.text() == "ready"


def test_an_idle_unload_is_seen_at_once(shell, residency, qtbot):
    model, bar = shell.services.model, shell.window.model_bar
    residency._places[model.ref] = place(model.ref)
    model.sync()
    assert bar.state.text() == "ready"
    with qtbot.waitSignal(model.changed, check_params_cb=state(model, "unloaded")):
        elsewhere(residency.sweep, float("inf"))
    assert bar.state.text() == "not loaded"
    assert bar.button.isVisible()


def test_the_idle_time_follows_its_setting(shell, residency, qtbot):
    qtbot.waitUntil(lambda: residency.idle_seconds == 30 * 60)
    shell.services.settings.set(prefs.IDLE_UNLOAD, 5)
    qtbot.waitUntil(lambda: residency.idle_seconds == 5 * 60)
    shell.services.settings.set(prefs.IDLE_UNLOAD, 0)
    qtbot.waitUntil(lambda: residency.idle_seconds is None)


def test_a_closed_window_listens_no_more(shell, residency):
    shell.close()
    assert not residency._listeners


def test_a_load_that_cannot_be_submitted_does_not_stay_loading(shell, model, monkeypatch):
    def refuse(*_given):
        raise BadSpec("The model cannot be loaded.", "Choose another.")

    monkeypatch.setattr(shell.engine, "submit", refuse)
    with pytest.raises(BadSpec):
        model.load()
    assert model.state == "unloaded"


def test_consents_are_not_remembered(model):
    options = LoadOptions(quantization="nf4", allow_pickle=True, trust_remote_code=True)
    model.choose(ModelRef("x", options=options))
    state = model.save_state()
    model.choose(ModelRef("y"))
    model.restore_state(state)
    assert model.ref == ModelRef("x", options=LoadOptions(quantization="nf4"))


def test_the_picker_lists_the_catalog_and_chooses(shell, model, qtbot, monkeypatch):
    entries = (
        ModelEntry("one", "folder", "/one", size_bytes=1_500_000),
        ModelEntry("/deep/two", "folder", "/deep/two", size_bytes=2_000_000_000),
        ModelEntry("bad", "folder", "/bad", problem="No config."),
    )
    monkeypatch.setattr(shell.engine, "models", lambda: entries)
    with qtbot.waitSignal(model.entries_changed):
        model.refresh_entries()
    bar = shell.window.model_bar
    bar._fill_menu()
    by_id = {action.data(): action for action in bar._menu.actions() if action.data()}
    assert by_id["/deep/two"].text().split() == ["two", "2.0", "GB"]
    assert not by_id["bad"].isEnabled()
    with qtbot.waitSignal(model.chosen):
        by_id["/deep/two"].trigger()
    assert model.ref.id == "/deep/two"
    assert bar.picker.text().startswith("two")


def test_choosing_another_model_while_one_loads_shows_the_other_ones_state(shell, model, qtbot):
    model.choose(ModelRef("slow"))
    with qtbot.waitSignal(model.changed, check_params_cb=lambda: model.fraction == 0.25):
        job = model.load()
    model.choose(ModelRef("other"))
    assert (model.state, model.fraction) == ("unloaded", None)
    with qtbot.waitSignal(shell.services.jobs.activity_changed):
        job.cancel()
    with qtbot.waitSignal(model.loaded) as done:
        model.load()
    assert done.args[0].ref.id == "other"
    assert model.state == "loaded"
