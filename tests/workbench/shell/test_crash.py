"""Nothing fails unseen: hooks, report file, dialog, the fault of the run before."""

from __future__ import annotations

import gc
import logging
import sys
import threading

import pytest
from PySide6.QtCore import Qt, qWarning
from PySide6.QtWidgets import QApplication

from workbench.dialogs.crash_report import CrashDialog
from workbench.services.crash import Crash


@pytest.fixture
def crash(qapp, tmp_path, monkeypatch):
    # Put back what the test runner installed, whatever the service does to it.
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    made = Crash(tmp_path)
    made.install()
    yield made
    made.uninstall()


def raised(text: str) -> ValueError:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_an_error_on_a_thread_reaches_the_gui_with_its_traceback(crash, qtbot):
    def work() -> None:
        raise ValueError("deep in a worker")

    with qtbot.waitSignal(crash.crashed) as told:
        thread = threading.Thread(target=work, name="worker-7")
        thread.start()
        thread.join()
    report = told.args[0]
    assert report.title == "ValueError: deep in a worker"
    assert "worker-7" in report.text
    assert "raise ValueError" in report.text
    assert "PySide6-Essentials 6.10.3" in report.text
    assert report.file.read_text() == report.text


def test_the_same_error_again_is_logged_but_opens_no_second_dialog(crash, qtbot, caplog):
    error, told = raised("twice"), []
    crash.crashed.connect(told.append)
    with qtbot.waitSignal(crash.crashed):
        sys.excepthook(type(error), error, error.__traceback__)
        sys.excepthook(type(error), error, error.__traceback__)
    QApplication.processEvents()
    assert len(told) == 1
    assert any("again" in record.message for record in caplog.records)


def test_a_failing_finaliser_is_logged(crash, caplog):
    class Bad:
        def __del__(self) -> None:
            raise ValueError("in a finaliser")

    Bad()
    gc.collect()
    assert any("finaliser" in record.message for record in caplog.records)


def test_what_qt_says_is_logged_with_its_level(crash, caplog):
    with caplog.at_level(logging.INFO):
        qWarning("a warning of Qt")
        qWarning("This plugin does not support propagateSizeHints()")
    said = [(r.levelno, r.message) for r in caplog.records if r.name.startswith("qt.")]
    assert said == [(logging.WARNING, "a warning of Qt")]


def test_a_fault_of_the_run_before_is_told_once(qapp, tmp_path):
    (tmp_path / "fault.log").write_text("Fatal Python error: Segmentation fault\n\nThread 0x1\n")
    report = Crash(tmp_path).previous_fault()
    assert report.previous
    assert report.title == "Fatal Python error: Segmentation fault"
    assert "Thread 0x1" in report.file.read_text()


def test_a_clean_end_leaves_no_fault_file(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    crash = Crash(tmp_path)
    crash.install()
    assert (tmp_path / "fault.log").exists()
    crash.uninstall()
    assert not (tmp_path / "fault.log").exists()
    assert Crash(tmp_path).previous_fault() is None


def test_the_dialog_copies_everything(shell, qtbot):
    report = shell.crash.report(raised("to be copied"), "main")
    shell.crash.crashed.emit(report)
    (dialog,) = shell.window.findChildren(CrashDialog)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "ValueError: to be copied" in copied
    assert "Traceback" in copied
    dialog.close()
