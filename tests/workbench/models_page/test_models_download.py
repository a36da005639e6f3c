"""Downloading, with a hub that the test plays."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.jobs.job import JobContext
from engine.jobs.registry import KINDS, Kind
from tests.workbench.models_page import fake_hub
from workbench.viewmodels.models_download import repository_of


@pytest.fixture
def dialog(page, monkeypatch):
    run = "tests.workbench.models_page.fake_hub:download"
    monkeypatch.setitem(KINDS, "download-model", Kind("engine.models.spec:DownloadSpec", run))
    monkeypatch.setattr(JobContext, "PROGRESS_INTERVAL_S", 0.0)
    fake_hub.asked.clear()
    while fake_hub.steps.acquire(blocking=False):
        pass
    page.services.actions.trigger("models.download")
    return page.download_dialog


def look_up(dialog, qtbot, name: str) -> None:
    dialog.name.clear()
    qtbot.keyClicks(dialog.name, name)
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)


def test_nothing_is_fetched_before_the_exact_size_was_shown(dialog, qtbot, until):
    look_up(dialog, qtbot, "ann/model")
    until(lambda: dialog.download.step == "planned")
    assert [spec.dry_run for spec in fake_hub.asked] == [True]
    assert "To fetch: 2.0 GB; already here: 500 B" in dialog.summary.text()
    assert dialog.fetch_button.text() == "Download 2.0 GB"
    assert dialog.files.rowCount() == 2
    dialog.close()


def test_fetching_shows_share_speed_and_time_left_and_ends_in_the_list(dialog, page, qtbot, until):
    names = []
    dialog.downloaded.connect(names.append)
    look_up(dialog, qtbot, "https://example.org/ann/model/tree/main")
    until(lambda: dialog.download.step == "planned")
    qtbot.mouseClick(dialog.fetch_button, Qt.MouseButton.LeftButton)
    until(lambda: dialog.download.step == "fetching")
    for expected in (0.1, 0.2, 0.3):
        fake_hub.steps.release()
        until(lambda wanted=expected: (dialog.download.pace.fraction or 0) >= wanted - 1e-9)
    pace = dialog.download.pace
    assert pace.done_bytes == pytest.approx(fake_hub.BYTES * 0.3, rel=1e-6)
    assert pace.bytes_per_s == pytest.approx(
        (fake_hub.BYTES - pace.done_bytes) / pace.remaining_s, rel=1e-6
    )
    assert "600 MB of 2.0 GB" in dialog.pace.text()
    for _ in range(7):
        fake_hub.steps.release()
    until(lambda: dialog.download.step == "done")
    assert names == ["ann/model"]
    assert fake_hub.asked[-1].revision == "c" * 40  # what was shown is what was fetched
    dialog.close()


def test_stop_stops_and_the_size_stays_to_go_on(dialog, qtbot, until):
    look_up(dialog, qtbot, "ann/model")
    until(lambda: dialog.download.step == "planned")
    qtbot.mouseClick(dialog.fetch_button, Qt.MouseButton.LeftButton)
    until(lambda: dialog.stop_button.isVisible() and dialog.download.step == "fetching")
    qtbot.mouseClick(dialog.stop_button, Qt.MouseButton.LeftButton)
    until(lambda: dialog.download.step == "stopped")
    assert dialog.fetch_button.isEnabled()
    assert dialog.honest.isVisible()
    dialog.close()


def test_too_little_disk_is_said_before_the_start(dialog, qtbot, until):
    look_up(dialog, qtbot, "too/large")
    until(lambda: dialog.download.step == "planned")
    assert "make room" in dialog.summary.text()
    assert not dialog.fetch_button.isEnabled()
    dialog.close()


def test_a_repository_that_is_not_there_says_so_in_place(dialog, qtbot, until):
    look_up(dialog, qtbot, "no/where")
    until(lambda: dialog.download.step == "failed")
    assert "no/where" in dialog.note.message.text()
    assert dialog.note.hint.text() == "Check its name."
    look_up(dialog, qtbot, "ann/model")
    until(lambda: dialog.download.step == "planned")
    assert not dialog.note.isVisible()
    dialog.close()


def test_a_name_that_is_none_is_refused_at_once(dialog, qtbot):
    look_up(dialog, qtbot, "what is this?")
    assert dialog.download.step == "failed"
    assert dialog.note.hint.text()
    assert fake_hub.asked == []
    dialog.close()


def test_pattern_and_pickle_reach_the_hub(dialog, qtbot, until):
    dialog.options.set_open(True)
    qtbot.keyClicks(dialog.pattern, "*Q4_K_M.gguf")
    dialog.pickle.setChecked(True)
    look_up(dialog, qtbot, "ann/model")
    until(lambda: dialog.download.step == "planned")
    assert fake_hub.asked[0].files == ("*Q4_K_M.gguf",)
    assert fake_hub.asked[0].allow_pickle
    dialog.close()


@pytest.mark.parametrize(
    "text",
    ["ann/model", " ann/model ", "https://hub.example/ann/model", "https://m.org/ann/model/blob/x"],
)
def test_an_address_names_its_repository(text):
    assert repository_of(text) == "ann/model"
