"""The Models page as a person uses it, through the real engine, on tiny models."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.models.weights import read_header
from tests.workbench.models_page.conftest import choose, drop
from workbench.services.preferences import MODEL_FOLDERS
from workbench.viewmodels.models_table import Column


def cell(page, name: str, column: Column) -> str:
    model = page.list.view.model()
    for row in range(model.rowCount()):
        if model.index(row, 0).data() == name:
            return str(model.index(row, column).data())
    raise AssertionError(f"{name} is not listed")


def click(qtbot, button) -> None:
    assert button.isEnabled(), "a person could not click it"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def press_load(page, qtbot) -> None:
    page.services.actions.refresh()
    click(qtbot, page.header.primary)


def load(page, qtbot, until) -> None:
    press_load(page, qtbot)
    until(lambda: page.state.state == "loaded" and not page.services.jobs.busy())


def test_a_dropped_folder_is_listed_with_what_its_files_say(full_page, tiny_folder):
    page = full_page
    assert page.services.settings.get(MODEL_FOLDERS) == (str(tiny_folder.resolve()),)
    weights = tiny_folder / "llama" / "model.safetensors"
    values = sum(tensor.numel for tensor in read_header(weights))
    assert cell(page, "llama", Column.ARCHITECTURE) == "LlamaForCausalLM"
    assert cell(page, "llama", Column.SIZE) == f"{weights.stat().st_size / 1000:.0f} kB"
    assert cell(page, "llama", Column.PARAMETERS) == f"{values / 1000:.1f} k"
    assert cell(page, "llama", Column.STATE) == "on disk"
    assert cell(page, "broken", Column.STATE) == "has a problem"


def test_dropping_a_known_folder_again_changes_nothing(full_page, tiny_folder):
    drop(full_page, tiny_folder)
    assert len(full_page.services.settings.get(MODEL_FOLDERS)) == 1


def test_the_search_takes_words_in_any_order(full_page, qtbot):
    page = full_page
    qtbot.keyClicks(page.list.search, "causal llama")
    names = {page.list.view.model().index(row, 0).data() for row in range(2)}
    assert names == {"llama", "pickled"}
    qtbot.keyClicks(page.list.search, " xyz")
    assert page.list.view.model().rowCount() == 0
    assert page.list.empty.isVisibleTo(page)


def test_columns_sort_by_number_not_by_text(full_page):
    view = full_page.list.view
    view.sortByColumn(Column.SIZE, Qt.SortOrder.AscendingOrder)
    model = view.model()
    rows = range(model.rowCount())
    names = [model.index(row, 0).data() for row in rows]
    sizes = {
        entry.id.rsplit("/", 1)[-1]: entry.size_bytes for entry in full_page.list.table.entries()
    }
    assert [sizes[name] for name in names] == sorted(sizes.values())


def test_anatomy_and_forecast_come_before_any_load(full_page, tiny_folder, until):
    page = full_page
    choose(page, "llama", until)
    config = json.loads((tiny_folder / "llama" / "config.json").read_text())
    facts = dict(page.details.anatomy.facts())
    assert facts["Heads"] == str(config["num_attention_heads"])
    assert facts["KV heads"] == str(config["num_key_value_heads"])
    assert facts["Layers"] == str(config["num_hidden_layers"])
    assert facts["Position encoding"].startswith("RoPE")
    assert page.details.anatomy.layers.rowCount() == config["num_hidden_layers"]
    tensors = read_header(tiny_folder / "llama" / "model.safetensors")
    stored = sum(tensor.numel for tensor in tensors) * 4
    forecast = page.state.description.forecast
    assert stored <= forecast.weights <= stored * 1.05  # buffers on top
    assert "float32" in page.details.form.dtype_reason.text()
    assert page.state.info is None


def test_the_forecast_follows_every_option_with_one_job_at_a_time(full_page, until):
    page = full_page
    choose(page, "llama", until)
    before = page.state.description.forecast
    jobs = len(page.services.jobs.rows())
    form = page.details.form
    for length in range(64, 320, 16):
        form.context.setValue(length)
    until(lambda: not page.state.describing)
    after = page.state.description.forecast
    assert after.context_length == form.context.value() == 304
    assert after.kv_cache / before.kv_cache == pytest.approx(304 / before.context_length)
    assert len(page.services.jobs.rows()) - jobs <= 2  # sixteen changes, one or two jobs
    form.quantization.setCurrentIndex(form.quantization.findData("nf4"))
    until(lambda: not page.state.describing)
    assert page.state.description.forecast.weights < after.weights * 0.6
    assert "slower" in form.quantization_note.text()


def test_load_shows_the_measured_figure_and_unload_frees(full_page, program, qtbot, until):
    page = full_page
    choose(page, "llama", until)
    load(page, qtbot, until)
    (info,) = program.engine.loaded()
    assert cell(page, "llama", Column.STATE) == "loaded"
    assert page.details.memory.measured.isVisibleTo(page)
    assert "Measured after loading" in page.details.memory.measured.text()
    assert info.measured_bytes > 0
    assert not page.header.primary.isEnabled()
    assert program.services.model.state == "loaded"
    unload = page.services.actions.action("models.unload")
    unload.trigger()
    until(lambda: page.state.state == "unloaded" and not page.services.jobs.busy())
    assert program.engine.loaded() == ()
    assert cell(page, "llama", Column.STATE) == "on disk"
    assert page.header.primary.isEnabled()


def test_changed_options_ask_for_a_reload_and_are_loaded(full_page, program, qtbot, until):
    page = full_page
    choose(page, "llama", until)
    load(page, qtbot, until)
    form = page.details.form
    form.attention.setCurrentIndex(form.attention.findData("eager"))
    until(lambda: not page.state.describing)
    assert page.details.reload_hint.isVisibleTo(page)
    load(page, qtbot, until)
    until(lambda: not page.state.needs_reload)
    (info,) = program.engine.loaded()
    assert info.attention == "eager"


def test_two_models_keep_their_own_options(full_page, until):
    page = full_page
    choose(page, "llama", until)
    page.details.form.context.setValue(128)
    until(lambda: not page.state.describing)
    choose(page, "bloom", until)
    assert page.details.form.context.value() == 0
    assert "ALiBi" in dict(page.details.anatomy.facts())["Position encoding"]
    choose(page, "llama", until)
    assert page.details.form.context.value() == 128


def test_pickle_needs_a_consent_of_this_model(full_page, program, qtbot, until):
    page = full_page
    choose(page, "pickled", until)
    assert page.details.allow_pickle.isVisibleTo(page)
    press_load(page, qtbot)
    assert page.question is not None
    assert program.engine.loaded() == ()
    assert not page.question.accept_button.isEnabled()
    page.question.reject()
    assert not page.state.options.allow_pickle

    click(qtbot, page.details.allow_pickle)
    page.question.consent.setChecked(True)
    click(qtbot, page.question.accept_button)
    assert page.state.options.allow_pickle
    until(lambda: not page.state.describing)
    load(page, qtbot, until)
    assert program.engine.loaded()[0].ref.options.allow_pickle
    choose(page, "llama", until)
    assert not page.state.options.allow_pickle


def test_the_window_never_lists_a_model_folder_itself(full_page, until, monkeypatch):
    from engine.models import weights

    real, threads = weights.weight_files, set()

    def listed(place):
        threads.add(threading.current_thread())
        return real(place)

    monkeypatch.setattr(weights, "weight_files", listed)
    page = full_page
    choose(page, "pickled", until)
    assert page.details.allow_pickle.isVisibleTo(page)
    page.details.refresh()
    assert threads
    assert threading.main_thread() not in threads


def test_a_broken_model_says_what_and_what_next(full_page, until):
    page = full_page
    choose(page, "broken", until)
    shown = page.details.note.isVisibleTo(page) or page.details.problem.isVisibleTo(page)
    assert shown
    text = page.details.note.message.text() + page.details.problem.text()
    assert "config.json" in text
    assert page.state.description is None or page.state.description.anatomy is None


def test_a_load_that_fails_says_why_in_place_and_leaves_the_page_usable(
    full_page, tiny_folder, tmp_path, qtbot, until
):
    page = full_page
    import shutil

    shutil.copytree(tiny_folder / "llama", tmp_path / "own" / "cut")
    drop(page, tmp_path / "own")
    until(lambda: page.list.table.rowCount() == 5)
    choose(page, "cut", until)
    (tmp_path / "own" / "cut" / "model.safetensors").write_bytes(b"\x00" * 64)
    press_load(page, qtbot)
    until(lambda: page.details.note.isVisibleTo(page))
    assert page.details.note.hint.text()
    assert page.state.state == "failed"
    choose(page, "llama", until)
    load(page, qtbot, until)


def test_a_folder_is_taken_off_the_list_and_its_files_stay(full_page, tiny_folder, qtbot, until):
    page = full_page
    choose(page, "llama", until)
    page.services.actions.trigger("models.remove")
    click(qtbot, page.question.accept_button)
    until(lambda: page.list.table.rowCount() == 0)
    assert (tiny_folder / "llama" / "model.safetensors").exists()


def test_a_model_of_the_hub_cache_is_removed_with_the_size_it_frees(
    page, tmp_path, tiny_folder, qtbot, until
):
    repo, commit = tmp_path / "hub" / "models--ann--tiny", "1" * 40
    snapshot = repo / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (repo / "blobs").mkdir()
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(commit)
    size = 0
    for file in (tiny_folder / "llama").iterdir():
        blob = repo / "blobs" / file.name
        blob.write_bytes(file.read_bytes())
        size += blob.stat().st_size
        (snapshot / file.name).symlink_to(blob)
    page.services.actions.trigger("models.refresh")
    until(lambda: page.list.table.rowCount() == 1)
    choose(page, "ann/tiny", until)
    page.services.actions.trigger("models.remove")
    until(lambda: page.question is not None)
    assert f"{size / 1000:.0f} kB" in page.question.accept_button.text()
    click(qtbot, page.question.accept_button)
    until(lambda: page.list.table.rowCount() == 0)
    assert not snapshot.exists()


def test_the_page_comes_back_as_it_was(full_page, program, until):
    page = full_page
    choose(page, "bloom", until)
    page.list.search.setText("bloom")
    page.list.view.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
    state = json.loads(json.dumps(page.save_state()))
    page.list.search.clear()
    choose(page, "llama", until)
    page.restore_state(state)
    until(lambda: page.state.selected is not None and page.state.selected.id.endswith("bloom"))
    assert page.list.search.text() == "bloom"
    assert page.list.view.horizontalHeader().sortIndicatorSection() == Column.SIZE
    page.restore_state({"sort": "rubbish", "selected": 3, "splitter": None})


def test_every_text_follows_the_language_and_nothing_is_lost(full_page, program, until):
    page = full_page
    choose(page, "llama", until)
    before = dict(page.details.anatomy.facts())
    program.services.i18n.set_language("zh_CN")
    after = page.details.anatomy.facts()
    assert len(after) == len(before)
    assert page.state.selected.id.endswith("llama")
    assert page.details.form.device.currentData() == "auto"


def test_return_in_the_list_loads(full_page, program, qtbot, until):
    page = full_page
    choose(page, "llama", until)
    page.list.view.setFocus()
    qtbot.keyClick(page.list.view, Qt.Key.Key_Return)
    until(lambda: page.state.state == "loaded" and not page.services.jobs.busy())


def test_the_demo_ends_with_a_loaded_model(full_page, until):
    page = full_page
    ends = []
    page.run_demo(lambda: ends.append(page.state.state))
    until(lambda: ends)
    assert ends == ["loaded"]


def test_a_name_is_the_last_part_of_a_path(full_page, tiny_folder: Path):
    place = full_page.details.place.text()
    assert str(tiny_folder) in place


def test_a_damaged_model_offers_no_load(full_page, until):
    choose(full_page, "broken", until)
    assert not full_page.header.primary.isEnabled()
    choose(full_page, "pickled", until)
    assert full_page.header.primary.isEnabled()
    choose(full_page, "llama", until)
    assert full_page.header.primary.isEnabled()
