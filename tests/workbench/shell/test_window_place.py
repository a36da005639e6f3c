"""Where the window was, and what happens when that place is gone."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSettings
from PySide6.QtGui import QGuiApplication

from tests.support.qt import running_application
from tests.workbench.shell.pages_for_tests import PAGES
from workbench.options import Options


def place_file(home) -> QSettings:
    return QSettings(str(home / "config" / "window.ini"), QSettings.Format.IniFormat)


def test_size_panels_page_and_text_come_back(qapp, tmp_path):
    with running_application(qapp, tmp_path, PAGES) as first:
        first.window.resize(960, 707)
        first.services.actions.trigger("view.log")
        first.window.show_page("other").edit.setText("typed before")
        first.window.show_page("note")
        first.window.show_page("other")
    with running_application(qapp, tmp_path, PAGES) as second:
        assert (second.window.width(), second.window.height()) == (960, 707)
        assert second.window.log_dock.isVisible()
        assert not second.window.jobs_dock.isVisible()
        assert second.window.current_page().page_id == "other"
        assert second.window.current_page().edit.text() == "typed before"


def test_safe_mode_restores_and_keeps_nothing(qapp, tmp_path):
    with running_application(qapp, tmp_path, PAGES) as first:
        first.window.show_page("other").edit.setText("kept")
    before = sorted(file.name for file in tmp_path.rglob("*"))
    with running_application(qapp, tmp_path, PAGES, Options(safe_mode=True)) as second:
        assert second.window.current_page().page_id == "note"
        assert second.window.show_page("other").edit.text() == ""
    assert sorted(file.name for file in tmp_path.rglob("*")) == before


def test_a_window_on_a_vanished_monitor_comes_back(qapp, tmp_path):
    with running_application(qapp, tmp_path, PAGES) as first:
        first.window.move(9000, 9000)
    with running_application(qapp, tmp_path, PAGES) as second:
        second.window.move(9000, 9000)
        second.window._come_back()
        screen = QGuiApplication.primaryScreen().availableGeometry()
        frame: QRect = second.window.frameGeometry()
        assert screen.intersected(frame).width() >= 200
        assert screen.intersected(frame).height() >= 100


def test_a_broken_place_does_not_stop_the_start(qapp, tmp_path):
    (tmp_path / "config").mkdir(parents=True)
    place = place_file(tmp_path)
    place.setValue("window/geometry", QByteArray(b"garbage"))
    place.setValue("window/state", QByteArray(b"\x00\x01\x02"))
    place.sync()
    with running_application(qapp, tmp_path, PAGES) as shell:
        assert shell.window.isVisible()
        assert not shell.window.jobs_dock.isVisible()


def test_reset_layout_puts_the_panels_back(shell):
    window = shell.window
    shell.services.actions.trigger("view.jobs")
    window.jobs_dock.setFloating(True)
    shell.services.actions.trigger("view.reset")
    assert not window.jobs_dock.isFloating()
    assert not window.jobs_dock.isVisible()


def test_a_garbage_settings_file_is_told_in_the_window(qapp, tmp_path):
    (tmp_path / "config").mkdir(parents=True)
    (tmp_path / "config" / "settings.json").write_text("{ not json")
    with running_application(qapp, tmp_path, PAGES) as shell:
        (toast,) = shell.window.toasts.toasts
        assert "defaults" in toast.text.text()
        assert "unreadable" in toast.notice.detail


def test_after_a_crash_the_window_asks_and_brings_back(qapp, tmp_path, qtbot):
    from PySide6.QtCore import Qt

    from workbench.dialogs.recover import RecoverDialog

    with running_application(qapp, tmp_path, PAGES) as first:
        first.window.show_page("note").edit.setText("before the crash")
    (tmp_path / "data" / "session.open").write_text("999999999")
    with running_application(qapp, tmp_path, PAGES) as second:
        (dialog,) = second.window.findChildren(RecoverDialog)
        page = second.window.show_page("note")
        assert page.edit.text() == ""
        with qtbot.waitSignal(dialog.accepted):
            qtbot.mouseClick(dialog.bring_back, Qt.MouseButton.LeftButton)
        assert page.edit.text() == "before the crash"
