"""The autosaved session: it comes back, and after a crash it asks first."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from workbench.services.notify import Notify
from workbench.services.session import Session


class Keeper:
    def __init__(self, text: str = "") -> None:
        self.text = text

    def save(self) -> dict[str, object]:
        return {"text": self.text}

    def restore(self, state: dict[str, object]) -> None:
        self.text = str(state["text"])


def opened(folder, text: str = "") -> tuple[Session, Keeper]:
    session, keeper = Session(folder, Notify()), Keeper(text)
    session.open()
    session.register("page", keeper.save, keeper.restore)
    return session, keeper


def crash_with(folder, text: str) -> None:
    """Leave behind what a killed process leaves: its state and its marker."""
    session, _ = opened(folder, text)
    session.save()
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    (folder / "session.open").write_text(dead.stdout.strip())


def test_after_a_clean_end_the_state_comes_back_unasked(qapp, tmp_path):
    session, _ = opened(tmp_path, "my prompt")
    session.close()
    again, keeper = opened(tmp_path)
    assert not again.crashed
    again.restore()
    assert keeper.text == "my prompt"


def test_a_keeper_that_registers_later_gets_its_state_then(qapp, tmp_path):
    opened(tmp_path, "later")[0].close()
    session, late = Session(tmp_path, Notify()), Keeper()
    session.open()
    session.restore()
    session.register("page", late.save, late.restore)
    assert late.text == "later"


def test_a_state_that_nobody_asked_for_is_not_lost(qapp, tmp_path):
    opened(tmp_path, "waits")[0].close()
    session = Session(tmp_path, Notify())
    session.open()
    session.restore()
    session.close()
    assert json.loads((tmp_path / "session.json").read_text())["states"]["page"]["text"] == "waits"


def test_after_a_crash_nothing_is_restored_before_the_person_says_so(qapp, tmp_path):
    crash_with(tmp_path, "precious")
    session, keeper = opened(tmp_path)
    session.restore()
    assert session.crashed
    assert keeper.text == ""
    session.save()
    session.restore_crashed()
    assert keeper.text == "precious"
    assert not session.crashed


def test_a_second_crash_neither_loops_nor_loses_the_first_state(qapp, tmp_path):
    crash_with(tmp_path, "precious")
    first, _ = opened(tmp_path, "empty start")
    assert first.crashed
    first.save()  # the autosave runs before anybody answered, then the program dies again
    (tmp_path / "session.open").write_text("999999999")
    second, keeper = opened(tmp_path)
    second.restore()
    assert second.crashed
    assert keeper.text == ""
    second.restore_crashed()
    assert keeper.text == "precious"


def test_a_number_given_to_another_process_since_is_not_the_old_window(qapp, tmp_path):
    """After a power cut the old window's number may belong to anyone, e.g. to this test."""
    crash_with(tmp_path, "precious")
    (tmp_path / "session.open").write_text(str(os.getppid()))
    os.utime(tmp_path / "session.open", (1_000_000, 1_000_000))
    session, keeper = opened(tmp_path)
    assert session.crashed
    session.restore_crashed()
    assert keeper.text == "precious"


def test_a_page_that_cannot_say_its_state_stops_neither_saving_nor_closing(qapp, tmp_path):
    session, _ = opened(tmp_path, "kept")

    def broken() -> dict[str, object]:
        raise ValueError("no state")

    session.register("broken", broken, lambda _state: None)
    session.close()
    stored = json.loads((tmp_path / "session.json").read_text())["states"]
    assert stored == {"page": {"text": "kept"}}
    assert not (tmp_path / "session.open").exists()


def test_starting_fresh_keeps_the_crashed_state_on_disk(qapp, tmp_path):
    crash_with(tmp_path, "precious")
    session, _ = opened(tmp_path)
    session.forget_crashed()
    session.close()
    assert "precious" in (tmp_path / "session.previous.json").read_text()
    assert not opened(tmp_path)[0].crashed


def test_a_second_window_leaves_the_first_ones_session_alone(qapp, tmp_path):
    first, _ = opened(tmp_path, "first")
    first.save()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (tmp_path / "session.open").write_text(str(other.pid))
        second, _ = opened(tmp_path, "second")
        second.save()
        second.close()
        assert not second.crashed
        assert "first" in (tmp_path / "session.json").read_text()
        assert (tmp_path / "session.open").exists()
        other.communicate(b"\n")


@pytest.mark.parametrize(
    "garbage", ["", "{", '{"format": 99, "states": {}}', '{"format": 1, "states": [2]}']
)
def test_an_unreadable_session_is_kept_aside(qapp, tmp_path, garbage):
    (tmp_path / "session.json").write_text(garbage)
    session, keeper = opened(tmp_path)
    session.restore()
    assert keeper.text == ""
    aside = [file for file in tmp_path.iterdir() if "unreadable" in file.name]
    assert [file.read_text() for file in aside] == [garbage]


def test_a_state_that_its_page_cannot_read_is_told_and_kept(qapp, tmp_path, qtbot):
    (tmp_path / "session.json").write_text('{"format": 1, "states": {"page": {"old": 1}}}')
    notify, keeper = Notify(), Keeper("untouched")
    session = Session(tmp_path, notify)
    session.open()
    session.register("page", keeper.save, keeper.restore)
    with qtbot.waitSignal(notify.posted) as told:
        session.restore()
    assert "page" in told.args[0].text
    session.close()
    states = json.loads((tmp_path / "session.json").read_text())["states"]
    assert states["page.unreadable"] == {"old": 1}
    assert states["page"] == {"text": "untouched"}


def test_a_full_disk_is_told_once_and_work_goes_on(qapp, tmp_path, monkeypatch):
    notify, told = Notify(), []
    notify.posted.connect(told.append)
    session, keeper = Session(tmp_path, notify), Keeper("a")
    session.open()
    session.register("page", keeper.save, keeper.restore)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    session.save()
    keeper.text = "b"
    session.save()
    assert len(told) == 1
    monkeypatch.undo()
    session.save()
    assert "b" in (tmp_path / "session.json").read_text()


def test_a_touch_saves_soon(qapp, tmp_path, qtbot):
    session, keeper = opened(tmp_path)
    keeper.text = "typed"
    with qtbot.waitSignal(session.saved):
        session.touch()
    assert "typed" in (tmp_path / "session.json").read_text()
    session.close()
