"""Settings as declared data, in one JSON file, with observers per key.

A file of garbage never stops the program: it is kept aside, the defaults apply, and `problems`
says so. Values of unknown keys (from a newer version) are kept as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar, cast

from PySide6.QtCore import QObject, Signal

from engine.errors import StoreError
from engine.store.atomic import write_text
from workbench.services.files import set_aside

T = TypeVar("T", bool, int, float, str, tuple[str, ...])
Kind = Literal["bool", "int", "float", "text", "choice", "folders", "secret-note"]
FORMAT = 1


@dataclass(frozen=True)
class Choice:
    """One value of a choice and its translated name."""

    value: str
    text: Callable[[], str]


@dataclass(frozen=True)
class Setting(Generic[T]):
    """A declared setting.

    Attributes:
        key: ``"section.name"``; the section groups the preferences form.
        default: Value when nothing is stored.
        kind: How it is edited.
        title: Returns its translated name.
        hint: Returns one translated sentence: what it does, its unit.
        minimum, maximum, step: Range of a number.
        unit: Returns the unit shown after a number, or None.
        choices: Values of a choice.
        advanced: Folded away at first.
    """

    key: str
    default: T
    kind: Kind
    title: Callable[[], str]
    hint: Callable[[], str]
    minimum: float = 0.0
    maximum: float = 0.0
    step: float = 1.0
    unit: Callable[[], str] | None = None
    choices: tuple[Choice, ...] = field(default=())
    advanced: bool = False

    @property
    def section(self) -> str:
        """The part of the key before the dot."""
        return self.key.split(".", 1)[0]

    def accepts(self, value: object) -> bool:
        """Whether a value has the right type and range."""
        match self.kind:
            case "bool":
                return isinstance(value, bool)
            case "int":
                whole = isinstance(value, int) and not isinstance(value, bool)
                return whole and self.minimum <= cast(int, value) <= self.maximum
            case "float":
                number = isinstance(value, int | float) and not isinstance(value, bool)
                return number and self.minimum <= cast(float, value) <= self.maximum
            case "choice":
                return value in [choice.value for choice in self.choices]
            case "folders":
                return isinstance(value, tuple) and all(isinstance(v, str) for v in value)
        return isinstance(value, str)


class Settings(QObject):
    """Reads, checks, keeps and writes the declared settings.

    Args:
        file: The JSON file; None = keep nothing (safe mode, tests).
        declared: Every setting there is.

    Attributes:
        problems: Sentences about what was wrong with the file (English; for log and notice).
        backup: Where an unreadable file was kept, or None.

    Signals:
        changed(str): A key whose value changed.
        write_failed(object): An `ErrorReport`: the file cannot be written; the values are in
            force nevertheless. Told again only after a write that worked.
    """

    changed = Signal(str)
    write_failed = Signal(object)

    def __init__(
        self,
        file: Path | None,
        declared: tuple[
            Setting[bool] | Setting[int] | Setting[float] | Setting[str] | Setting[tuple[str, ...]],
            ...,
        ],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._declared = {setting.key: setting for setting in declared}
        self._values: dict[str, object] = {}
        self._unknown: dict[str, object] = {}
        self._observers: dict[str, list[Callable[[], None]]] = {}
        self._overrides: dict[str, object] = {}
        self.problems: list[str] = []
        self.backup: Path | None = None
        self._refused = False
        self._read()
        self.changed.connect(self._tell)

    def declared(self) -> tuple[Setting[str], ...]:
        """Every setting, in order of declaration."""
        return tuple(cast("Setting[str]", setting) for setting in self._declared.values())

    def get(self, setting: Setting[T]) -> T:
        """The value in force."""
        value = self._overrides.get(setting.key, self._values.get(setting.key, setting.default))
        return cast(T, value)

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a value, tell its observers, write the file.

        Raises:
            ValueError: The value is of the wrong type or outside its range.
        """
        if not setting.accepts(value):
            raise ValueError(f"{setting.key} does not accept {value!r}")
        self._overrides.pop(setting.key, None)
        if self._values.get(setting.key, setting.default) == value:
            return
        self._values[setting.key] = value
        self.changed.emit(setting.key)
        self.write()

    def override(self, setting: Setting[T], value: T) -> None:
        """Change a value for this run only (command-line options).

        Raises:
            ValueError: The value is of the wrong type or outside its range.
        """
        if not setting.accepts(value):
            raise ValueError(f"{setting.key} does not accept {value!r}")
        self._overrides[setting.key] = value
        self.changed.emit(setting.key)

    def reset(self) -> None:
        """Back to the defaults, all of them."""
        keys = set(self._values) | set(self._overrides)
        self._values.clear()
        self._overrides.clear()
        for key in keys:
            self.changed.emit(key)
        self.write()

    def observe(self, setting: Setting[T], observer: Callable[[], None]) -> None:
        """Call `observer` whenever the value of `setting` changes."""
        self._observers.setdefault(setting.key, []).append(observer)

    def write(self) -> None:
        """Write the file in one step; a disk that refuses is told once, by `write_failed`."""
        if self._file is None:
            return
        stored = {"format": FORMAT, "values": {**self._unknown, **self._values}}
        try:
            write_text(self._file, json.dumps(stored, ensure_ascii=False, indent=2) + "\n")
        except StoreError as error:
            if not self._refused:
                self._refused = True
                self.write_failed.emit(error.report())
            return
        self._refused = False

    def _tell(self, key: str) -> None:
        for observer in tuple(self._observers.get(key, ())):
            observer()

    def _read(self) -> None:
        if self._file is None or not self._file.exists():
            return
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            values = stored["values"]
            items = list(values.items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            self.backup = set_aside(self._file)
            self.problems.append(f"The settings file could not be read ({error}).")
            return
        for key, value in items:
            self._take(str(key), value)

    def _take(self, key: str, value: object) -> None:
        setting = self._declared.get(key)
        if setting is None:
            self._unknown[key] = value
            return
        if setting.kind == "folders" and isinstance(value, list):
            value = tuple(value)
        if setting.accepts(value):
            self._values[key] = value
        else:
            self.problems.append(f"The setting {key} had a value that is not allowed: {value!r}.")
