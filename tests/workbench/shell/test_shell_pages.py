"""Pages in the window: lazily built, scoped commands, undo, the rail."""

from __future__ import annotations

from PySide6.QtCore import Qt


def test_a_page_is_built_when_it_is_first_wanted(shell, qtbot):
    assert [page.page_id for page in shell.window.host.built()] == ["note"]
    with qtbot.waitSignal(shell.window.host.shown):
        qtbot.mouseClick(shell.window.rail.buttons["other"], Qt.MouseButton.LeftButton)
    assert shell.window.current_page().page_id == "other"
    assert shell.window.rail.buttons["other"].isChecked()
    assert not shell.window.rail.buttons["note"].isChecked()


def test_the_same_keys_mean_the_page_that_is_shown(shell, qtbot):
    window = shell.window
    note, other = window.show_page("note"), window.show_page("other")
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (note.ran, other.ran) == (0, 1)
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page() is note
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (note.ran, other.ran) == (1, 1)


def test_the_primary_button_runs_the_command(shell, qtbot):
    page = shell.window.show_page("note")
    qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    assert page.ran == 1
    assert "Ctrl+Return" in page.header.primary.toolTip()


def test_undo_goes_to_the_page_that_is_shown(shell, qtbot):
    window, actions = shell.window, shell.services.actions
    note, other = window.show_page("note"), window.show_page("other")
    note.rename("first")
    assert not actions.action("edit.undo").isEnabled()
    other.rename("second")
    actions.trigger("edit.undo")
    assert (note.edit.text(), other.edit.text()) == ("first", "")
    window.show_page("note")
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert note.edit.text() == ""
    actions.trigger("edit.redo")
    assert note.edit.text() == "first"
