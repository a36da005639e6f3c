"""A second start with the same folder raises the window that is open; another folder does not."""

from __future__ import annotations

from pathlib import Path

from tests.support.qt import running_application
from tests.workbench.shell.pages_for_tests import PAGES
from workbench.services.one_window import raise_open_window


def test_a_second_start_raises_the_open_window(qtbot, qapp, tmp_path: Path) -> None:
    with running_application(qapp, tmp_path / "home", PAGES) as application:
        window = application.window
        window.showMinimized()
        with qtbot.waitSignal(application.one_window.wanted):
            assert raise_open_window(application.paths.data)
        assert not window.isMinimized()
        assert window.isVisible()
    assert not raise_open_window(application.paths.data)


def test_a_folder_in_which_nobody_works_is_free(qapp, tmp_path: Path) -> None:
    assert not raise_open_window(tmp_path)
    (tmp_path / "session.open").write_text("12345")  # left behind by a crash
    assert not raise_open_window(tmp_path)
