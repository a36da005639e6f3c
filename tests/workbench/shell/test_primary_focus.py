"""Where the keyboard is when the primary action changes: never at the head of the rail."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
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


def test_a_double_click_on_run_does_not_press_the_stop_that_takes_its_place(shell, qtbot) -> None:
    page, window = shell.window.current_page(), shell.window
    pressed: list[str] = []

    def run() -> None:
        pressed.append("run")
        page.header.set_primary(actions["stop"])
        window.layout().activate()
        page.layout().activate()

    actions = {
        name: shell.services.actions.add(
            Command(f"note.{name}-once", lambda: "Do it", done, scope="note")
        )
        for name, done in (("run-it", run), ("stop", lambda: pressed.append("stop")))
    }
    page.header.set_primary(actions["run-it"])
    qtbot.waitUntil(lambda: page.header.primary.y() > 0)
    button = page.header.primary
    place = button.mapTo(window, button.rect().center())
    QTest.mouseDClick(
        window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
    )
    assert pressed == ["run"]
    stop = page.header.primary
    assert stop.action() is actions["stop"]
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert pressed == ["run", "stop"]
