"""Autosaved state of the pages, in one versioned file; it asks before restoring after a crash.

A marker file holds the id of the process that has the session open. It goes on a clean exit, so a
marker of a dead process at start means a crash. The crashed state is then kept under another name
until the person decides: nothing overwrites it, and nothing is restored unasked, so a state that
crashes the program cannot do it twice by itself.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import StoreError, describe
from engine.store.atomic import write_text
from engine.store.process import alive
from workbench.services.files import set_aside
from workbench.services.notify import Notify

FORMAT = 1
SOON_MS = 500

State = dict[str, object]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keeper:
    """Whose state is kept: how to get it and how to bring it back."""

    save: Callable[[], State]
    restore: Callable[[State], None]


class Session(QObject):
    """Keeps the state of named keepers (pages, the model choice).

    Args:
        folder: Where the session lies; None = keep nothing (safe mode).
        notify: Told once when the file cannot be written.

    Attributes:
        crashed: The program did not end well last time and left a state behind.

    Signals:
        saved(): The state was written.
    """

    saved = Signal()

    def __init__(self, folder: Path | None, notify: Notify, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._notify = notify
        self._keepers: dict[str, Keeper] = {}
        self._waiting: dict[str, State] = {}
        self._kept: dict[str, State] = {}
        self._written = ""
        self._owner = False
        self._refused = False
        self.crashed = False
        self._autosave = QTimer(self)
        self._autosave.timeout.connect(self.save)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.save)

    def open(self) -> None:
        """Take the session over; sets `crashed`, and moves a crashed state to safety."""
        if self._folder is None:
            return
        marker, file = self._folder / "session.open", self._folder / "session.json"
        holder = _read_pid(marker)
        if holder is not None and holder != os.getpid() and alive(holder, _made_at(marker)):
            log.info("another window (process %d) keeps the session", holder)
            return
        self._owner = True
        if holder is not None and file.exists():
            # A crash whose question is still open keeps its state; this one goes beside it.
            os.replace(file, _free_name(self._crashed_file()))
        self.crashed = self._crashed_file().exists()
        try:
            write_text(marker, str(os.getpid()))
        except StoreError as error:
            self._refuse(error)

    @property
    def is_ours(self) -> bool:
        """Whether this program keeps the session: no other uses the folder."""
        return self._owner

    def restore(self) -> None:
        """Bring back the last state: keepers get theirs now, or when they register."""
        if self._folder is not None and self._owner:
            self._give(self._folder / "session.json")

    def restore_crashed(self) -> None:
        """Bring back the state that a crash left behind."""
        if self._folder is not None:
            self._give(self._crashed_file())
            self.forget_crashed()

    def forget_crashed(self) -> None:
        """Ask about the crashed state no more; it stays on disk under yet another name."""
        crashed = self._crashed_file()
        if crashed.exists():
            os.replace(crashed, _free_name(crashed.with_name("session.previous.json")))
        self.crashed = False

    def register(
        self, name: str, save: Callable[[], State], restore: Callable[[State], None]
    ) -> None:
        """Keep the state of `name` from now on; brings its waiting state back at once."""
        self._keepers[name] = Keeper(save, restore)
        if name in self._waiting:
            self._bring_back(name, self._waiting.pop(name))

    def state_of(self, name: str) -> State:
        """The state that waits for `name`, empty when there is none."""
        return self._waiting.get(name, {})

    def start(self, seconds: int) -> None:
        """Save every `seconds` from now on."""
        if self._owner:
            self._autosave.start(seconds * 1000)

    def touch(self) -> None:
        """Something changed: save soon."""
        if self._owner:
            self._soon.start()

    def save(self) -> None:
        """Write the state now if it changed; a full disk is told once and does not stop work."""
        if self._folder is None or not self._owner:
            return
        states = {**self._kept, **self._waiting}
        for name, keeper in self._keepers.items():
            state = self._saved_by(name, keeper)
            if state is not None:
                states[name] = state
        text = json.dumps({"format": FORMAT, "states": states}, ensure_ascii=False, indent=1)
        if text == self._written:
            return
        try:
            write_text(self._folder / "session.json", text)
        except StoreError as error:
            self._refuse(error)
            return
        self._written = text
        self._refused = False
        self.saved.emit()

    def close(self) -> None:
        """Save, and say that the program ended well."""
        self._autosave.stop()
        self._soon.stop()
        self.save()
        if self._folder is not None and self._owner:
            (self._folder / "session.open").unlink(missing_ok=True)
            self._owner = False

    def _saved_by(self, name: str, keeper: Keeper) -> State | None:
        """A keeper that cannot say its state must not stop the others, or the closing window."""
        try:
            return keeper.save()
        except Exception:
            log.exception("the state of %s could not be saved", name)
            return None

    def _crashed_file(self) -> Path:
        assert self._folder is not None
        return self._folder / "session.crashed.json"

    def _give(self, file: Path) -> None:
        for name, state in _read_states(file).items():
            if name in self._keepers:
                self._bring_back(name, state)
            else:
                self._waiting[name] = state

    def _bring_back(self, name: str, state: State) -> None:
        """A state that its page cannot read must not stop the start."""
        try:
            self._keepers[name].restore(state)
        except Exception as error:
            log.warning("the saved state of %s cannot be used: %s", name, error, exc_info=True)
            self._kept[f"{name}.unreadable"] = state
            self._notify.warn(
                self.tr("The saved state of “{name}” could not be brought back.").format(name=name),
                describe(error).detail,
            )

    def _refuse(self, error: StoreError) -> None:
        if not self._refused:
            self._refused = True
            self._notify.error(error.report())


def _read_states(file: Path) -> dict[str, State]:
    if not file.exists():
        return {}
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["format"] > FORMAT:
            raise ValueError(f"format {stored['format']} is newer than ours")
        states = stored["states"]
        return {str(name): cast(State, dict(state)) for name, state in states.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        kept = set_aside(file)
        log.warning("the session file cannot be read (%s); kept as %s", error, kept)
        return {}


def _read_pid(marker: Path) -> int | None:
    try:
        return int(marker.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return 0


def _free_name(file: Path) -> Path:
    """`file`, or the first numbered neighbour of it that does not exist."""
    number, free = 1, file
    while free.exists():
        number += 1
        free = file.with_name(f"{file.stem}.{number}{file.suffix}")
    return free


def _made_at(marker: Path) -> float:
    try:
        return marker.stat().st_mtime
    except OSError:
        return 0.0
