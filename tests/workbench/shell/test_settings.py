"""Declared settings: range, file, observers; a broken file never stops the program."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from workbench.services.preferences import AUTOSAVE, DECLARED, MODEL_FOLDERS, TEXT_SCALE, THEME
from workbench.services.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_change_is_in_force_at_once_told_once_and_there_next_time(file, qtbot):
    settings, told = Settings(file, DECLARED), []
    settings.observe(THEME, lambda: told.append(settings.get(THEME)))
    with qtbot.waitSignal(settings.changed, check_params_cb=lambda key: key == THEME.key):
        settings.set(THEME, "dark")
    settings.set(THEME, "dark")
    settings.set(MODEL_FOLDERS, ("/a", "/b"))
    assert told == ["dark"]
    again = Settings(file, DECLARED)
    assert (again.get(THEME), again.get(MODEL_FOLDERS)) == ("dark", ("/a", "/b"))


@pytest.mark.parametrize(
    "garbage", ["", "{", "\x00\x01\x02", "[]", "null", '{"values": 3}', '{"format": 1}']
)
def test_a_file_of_garbage_is_kept_aside_and_the_defaults_apply(file, garbage):
    file.parent.mkdir(parents=True)
    file.write_text(garbage, encoding="utf-8")
    settings = Settings(file, DECLARED)
    assert settings.get(THEME) == THEME.default
    assert len(settings.problems) == 1
    assert settings.backup is not None
    assert settings.backup.read_text(encoding="utf-8") == garbage
    settings.set(THEME, "light")
    assert Settings(file, DECLARED).get(THEME) == "light"


def test_bytes_that_are_no_text_are_kept_aside_too(file):
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe\xfa")
    settings = Settings(file, DECLARED)
    assert settings.backup is not None
    assert settings.backup.read_bytes() == b"\xff\xfe\xfa"


def test_a_single_bad_value_costs_only_itself(file):
    file.parent.mkdir(parents=True)
    values = {THEME.key: "mauve", TEXT_SCALE.key: 99, AUTOSAVE.key: 7, "of.tomorrow": [1]}
    file.write_text(json.dumps({"format": 1, "values": values}))
    settings = Settings(file, DECLARED)
    assert settings.get(THEME) == "system"
    assert settings.get(TEXT_SCALE) == 1.0
    assert settings.get(AUTOSAVE) == 7
    assert len(settings.problems) == 2
    settings.set(AUTOSAVE, 8)
    assert json.loads(file.read_text())["values"]["of.tomorrow"] == [1]


def test_a_value_outside_its_range_is_refused(file):
    settings = Settings(file, DECLARED)
    for value in (0.79, 2.01, "big", True):
        with pytest.raises(ValueError, match="text_scale"):
            settings.set(TEXT_SCALE, value)
    assert settings.get(TEXT_SCALE) == 1.0


def test_an_option_of_the_command_line_is_not_remembered(file):
    settings = Settings(file, DECLARED)
    settings.override(THEME, "dark")
    settings.set(AUTOSAVE, 9)
    assert settings.get(THEME) == "dark"
    assert Settings(file, DECLARED).get(THEME) == "system"


def test_a_full_disk_leaves_the_old_file_whole(file, monkeypatch):
    settings = Settings(file, DECLARED)
    settings.set(AUTOSAVE, 9)
    before = file.read_text()

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    told = []
    settings.write_failed.connect(told.append)
    monkeypatch.setattr(os, "fsync", full)
    settings.set(AUTOSAVE, 10)
    settings.set(AUTOSAVE, 11)
    assert settings.get(AUTOSAVE) == 11
    assert [report.code for report in told] == ["store"]  # told once, not at every step
    assert "the disk is full" in told[0].message
    assert file.read_text() == before
    assert list(file.parent.iterdir()) == [file]


def test_every_declared_setting_accepts_its_own_default():
    for setting in DECLARED:
        assert setting.accepts(setting.default), setting.key
        assert setting.title()
        assert setting.hint()
    assert len({setting.key for setting in DECLARED}) == len(DECLARED)
