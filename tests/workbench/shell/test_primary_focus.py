"""Where the keyboard is when the primary action changes: never at the head of the rail."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from workbench.services.actions import Command


def _enter(shell, qtbot) -> QWidget:
    """The primary button of the page, with the keyboard on it."""
    page = shell.window.current_page()
    button = page.header.primary
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is button)
    return button


def test_stop_takes_the_keyboard_over_from_run(shell, qtbot) -> None:
    page = shell.window.current_page()
    _enter(shell, qtbot)
    stop = shell.services.actions.add(
        Command("note.stop", lambda: "Stop the note", page.run, scope="note")
    )
    page.header.set_primary(stop)
    assert QApplication.focusWidget() is page.header.primary
    assert page.header.primary.text() == "Stop the note"


def test_a_primary_action_that_cannot_run_gives_the_keyboard_to_nobody(shell, qtbot) -> None:
    page = shell.window.current_page()
    button = _enter(shell, qtbot)
    shell.services.actions.action("note.run").setEnabled(False)
    assert not button.isEnabled()
    assert QApplication.focusWidget() is None
    other = shell.services.actions.add(
        Command("note.wait", lambda: "Wait", page.run, enabled=lambda: False, scope="note")
    )
    page.header.set_primary(other)
    shell.services.actions.refresh()
    assert QApplication.focusWidget() is None
