"""The dialogs, driven as a person drives them."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
)

from engine.models.hub_token import read_token
from workbench.dialogs.about import AboutDialog
from workbench.dialogs.fuzzy import match
from workbench.dialogs.palette import CommandPalette
from workbench.dialogs.preferences import PreferencesDialog
from workbench.dialogs.shortcuts import ShortcutsDialog
from workbench.services import preferences as prefs
from workbench.services.hub_token import HubToken
from workbench.widgets.form import FolderList
from workbench.widgets.token_field import TokenField


def dialog_of(shell, kind):
    (found,) = shell.window.findChildren(kind)
    return found


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("run", "Run the note", "Return to unity now"),
        ("prf", "Preferences", "Compare prompts of"),
        ("ll", "Load the log", "Select all lilies"),
        ("日志", "打开日志", "日后再立志"),
    ],
)
def test_fuzzy_matching_prefers_word_starts_and_runs(query, better, worse):
    assert match(query, better)[0] > match(query, worse)[0]


def test_fuzzy_matching_marks_the_letters_and_refuses_what_lacks_one():
    assert match("rtn", "Run the note")[1] == (0, 4, 8)
    assert match("xyz", "Run the note") is None
    assert match("note run", "Run the note") is None
    assert match("  ", "anything") == (0.0, ())


def test_the_palette_runs_a_command_found_by_typing(shell, qtbot):
    page = shell.window.current_page()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(shell.window, Qt.Key.Key_P, keys)
    palette = dialog_of(shell, CommandPalette)
    qtbot.keyClicks(palette.line, "runote")
    assert palette.list.currentItem().text() == "Run the note"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert page.ran == 1


def test_the_palette_moves_with_arrows_and_says_when_nothing_matches(shell, qtbot):
    shell.services.actions.trigger("view.palette")
    palette = dialog_of(shell, CommandPalette)
    first = palette.list.currentItem().text()
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.currentItem().text() != first
    qtbot.keyClicks(palette.line, "qqqq")
    assert palette.none.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette, Qt.Key.Key_Escape)


def test_the_palette_offers_no_command_of_another_page(shell, qtbot):
    shell.window.show_page("other")
    shell.services.actions.trigger("view.palette")
    palette = dialog_of(shell, CommandPalette)
    texts = [palette.list.item(row).text() for row in range(palette.list.count())]
    assert "Run the other" in texts
    assert "Run the note" not in texts
    palette.close()


def test_preferences_take_effect_as_they_are_edited(shell, qtbot):
    settings = shell.services.settings
    shell.services.actions.trigger("file.preferences")
    dialog = dialog_of(shell, PreferencesDialog)
    theme = dialog.findChild(QComboBox, prefs.THEME.key)
    theme.setCurrentIndex(theme.findData("dark"))
    assert shell.services.theme.dark
    scale = dialog.findChild(QDoubleSpinBox, prefs.TEXT_SCALE.key)
    scale.setValue(1.3)
    assert shell.services.theme.scale == 1.3
    box = dialog.findChild(QCheckBox, prefs.PRELOAD.key)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert settings.get(prefs.PRELOAD) is True
    idle = dialog.findChild(QSpinBox, prefs.IDLE_UNLOAD.key)
    idle.setValue(5)
    line = dialog.findChild(QLineEdit, prefs.HUB_ENDPOINT.key)
    line.clear()
    qtbot.keyClicks(line, "https://mirror.example")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert settings.get(prefs.IDLE_UNLOAD) == 5
    assert settings.get(prefs.HUB_ENDPOINT) == "https://mirror.example"
    qtbot.mouseClick(dialog.defaults, Qt.MouseButton.LeftButton)
    assert settings.get(prefs.IDLE_UNLOAD) == prefs.IDLE_UNLOAD.default
    assert dialog.findChild(QSpinBox, prefs.IDLE_UNLOAD.key).value() == prefs.IDLE_UNLOAD.default
    dialog.close()


def test_every_declared_setting_has_a_named_field(shell):
    shell.services.actions.trigger("file.preferences")
    dialog = dialog_of(shell, PreferencesDialog)
    for setting in prefs.DECLARED:
        field = dialog.findChild(object, setting.key)
        assert field is not None, setting.key
        assert field.accessibleName() == setting.title()
    dialog.close()


@pytest.fixture
def token(shell, monkeypatch, tmp_path):
    """The token's field in the open preferences, on a computer without any other token."""
    for name in ("HF_TOKEN", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    shell.services.actions.trigger("file.preferences")
    dialog = dialog_of(shell, PreferencesDialog)
    yield dialog.findChild(TokenField, prefs.HUB_TOKEN.key)
    dialog.close()


def test_a_token_is_kept_for_its_owner_alone_and_can_be_removed(shell, token, qtbot):
    assert token.line.echoMode() == QLineEdit.EchoMode.Password
    assert not token.save.isEnabled()
    assert not token.remove.isEnabled()
    qtbot.keyClicks(token.line, "hf_secret")
    qtbot.mouseClick(token.save, Qt.MouseButton.LeftButton)
    file = shell.paths.config / "hub-token"
    assert read_token(shell.paths) == "hf_secret"
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    assert token.line.text() == ""
    assert "hf_secret" not in token.state.text()
    assert str(file) in token.state.text()
    settings = shell.paths.config / "settings.json"
    shell.services.settings.write()
    assert "hf_secret" not in settings.read_text()
    qtbot.mouseClick(token.remove, Qt.MouseButton.LeftButton)
    assert not file.exists()
    assert not token.remove.isEnabled()


def test_what_is_no_token_is_refused_and_another_place_is_named(shell, token, qtbot, monkeypatch):
    qtbot.keyClicks(token.line, "two words")
    qtbot.keyClick(token.line, Qt.Key.Key_Return)
    assert "no token" in token.state.text()
    assert not (shell.paths.config / "hub-token").exists()
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_shell")
    again = TokenField(HubToken(shell.paths), token)
    assert "HF_TOKEN" in again.state.text()
    assert "hf_of_the_shell" not in again.state.text()


def test_a_token_that_cannot_be_written_says_so(shell, token, qtbot, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    qtbot.keyClicks(token.line, "hf_secret")
    qtbot.keyClick(token.line, Qt.Key.Key_Return)
    monkeypatch.undo()
    assert "disk is full" in token.state.text()
    assert token.line.text() == "hf_secret"


def test_folders_are_added_once_and_taken_away(shell, qtbot, tmp_path):
    shell.services.actions.trigger("file.preferences")
    folders = dialog_of(shell, PreferencesDialog).findChild(FolderList, prefs.MODEL_FOLDERS.key)
    folders.add_folder(str(tmp_path))
    folders.add_folder(str(tmp_path))
    assert shell.services.settings.get(prefs.MODEL_FOLDERS) == (str(tmp_path),)
    assert shell.engine.resources.model_folders == (tmp_path,)
    folders.list.setCurrentRow(0)
    qtbot.mouseClick(folders.remove, Qt.MouseButton.LeftButton)
    assert shell.services.settings.get(prefs.MODEL_FOLDERS) == ()
    dialog_of(shell, PreferencesDialog).close()


def test_shortcuts_are_found_by_command_or_by_keys(shell, qtbot):
    shell.services.actions.trigger("help.shortcuts")
    dialog = dialog_of(shell, ShortcutsDialog)
    every = dialog.shown.rowCount()
    qtbot.keyClicks(dialog.search, "ctrl+shift+p")
    assert dialog.shown.rowCount() == 1
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "note")
    assert 0 < dialog.shown.rowCount() < every
    dialog.close()


def test_about_tells_versions_and_where_files_are(shell):
    shell.services.actions.trigger("help.about")
    text = dialog_of(shell, AboutDialog).text.text()
    for part in ("PySide6-Essentials 6.10", "LGPL", "torch", str(shell.paths.config)):
        assert part in text
    dialog_of(shell, AboutDialog).close()


def test_every_command_with_keys_is_reachable_from_the_menu_or_the_palette(shell):
    shell.window._open_menu()
    shown = {
        action.objectName()
        for group in shell.window.menu.actions()
        if group.menu() is not None
        for action in group.menu().actions()
    }
    shell.window.menu.close()
    wanted = {command.id for command in shell.services.actions.available() if command.menu}
    assert shown == wanted


def test_escape_closes_a_dialog_and_destroys_it(shell, qtbot):
    shell.services.actions.trigger("help.about")
    dialog = dialog_of(shell, AboutDialog)
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None
