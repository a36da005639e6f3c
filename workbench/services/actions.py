"""Every command of the program, declared once; menus, palette, shortcuts and tooltips derive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

Text = Callable[[], str]


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        id: Stable name, e.g. ``"compare.run"``.
        text: Returns the translated text; called again when the language changes.
        handler: What it does.
        shortcut: Portable key sequence (``"Ctrl+Return"``) or empty.
        keys: A standard key sequence instead of `shortcut` (Undo, Redo, …).
        icon: Icon name or empty.
        enabled: Tells whether it can be done now; asked again on `refresh`.
        checked: For a command that is on or off: tells which.
        hint: Returns one translated sentence for the tooltip, or None.
        scope: Page id: the command works only while that page is shown; empty = always.
        menu: Menu it stands in: ``"file"``, ``"edit"``, ``"view"``, ``"model"``, ``"page"``,
            ``"help"``; empty = palette only.
    """

    id: str
    text: Text
    handler: Callable[[], None]
    shortcut: str = ""
    keys: QKeySequence.StandardKey | None = None
    icon: str = ""
    enabled: Callable[[], bool] | None = None
    checked: Callable[[], bool] | None = None
    hint: Text | None = None
    scope: str = ""
    menu: str = ""

    def sequences(self) -> list[QKeySequence]:
        """Its key sequences; the first is the one shown."""
        if self.keys is not None:
            return QKeySequence.keyBindings(self.keys)
        return [QKeySequence(self.shortcut)] if self.shortcut else []


class ActionRegistry(QObject):
    """Holds the commands and their `QAction`s.

    Signals:
        changed(): A command was added or removed, or the language changed.
        added(object): A new `QAction`; the window adds it so that its shortcut works.
    """

    changed = Signal()
    added = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._scope = ""

    def add(self, command: Command) -> QAction:
        """Register a command and return its action.

        Raises:
            ValueError: The id, or the shortcut in the same scope, is taken.
        """
        self._check_free(command)
        action = QAction(self)
        action.setObjectName(command.id)
        action.setProperty("icon-name", command.icon)
        action.setCheckable(command.checked is not None)
        action.setShortcuts(command.sequences())
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(self._triggered)
        self._commands[command.id] = command
        self._actions[command.id] = action
        self._dress(command, action)
        self._update(command, action)
        self.added.emit(action)
        self.changed.emit()
        return action

    def action(self, command_id: str) -> QAction:
        """The action of a command. Raises `KeyError` for an unknown id."""
        return self._actions[command_id]

    def has(self, command_id: str) -> bool:
        """Whether a command of this id is registered."""
        return command_id in self._commands

    def command(self, command_id: str) -> Command:
        """The declaration of a command. Raises `KeyError` for an unknown id."""
        return self._commands[command_id]

    def commands(self) -> tuple[Command, ...]:
        """Every command, in order of registration."""
        return tuple(self._commands.values())

    def available(self) -> tuple[Command, ...]:
        """Commands that belong to the whole window or to the page shown."""
        return tuple(c for c in self._commands.values() if c.scope in ("", self._scope))

    def trigger(self, command_id: str) -> None:
        """Do a command if it can be done now."""
        self._actions[command_id].trigger()

    def set_scope(self, page_id: str) -> None:
        """Commands of other pages do nothing from now on."""
        self._scope = page_id
        self.refresh()

    def refresh(self) -> None:
        """Ask every command again whether it is enabled and checked."""
        for command_id, command in self._commands.items():
            self._update(command, self._actions[command_id])

    def retranslate(self) -> None:
        """Set every text again."""
        for command_id, command in self._commands.items():
            self._dress(command, self._actions[command_id])
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Installed on the window: follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return super().eventFilter(watched, event)

    def _triggered(self) -> None:
        command = self._commands[self.sender().objectName()]
        command.handler()
        self.refresh()

    def _check_free(self, command: Command) -> None:
        if command.id in self._commands:
            raise ValueError(f"the command {command.id} is registered already")
        mine = {sequence.toString() for sequence in command.sequences()}
        for other in self._commands.values():
            if command.scope and other.scope and command.scope != other.scope:
                continue
            if mine & {sequence.toString() for sequence in other.sequences()}:
                raise ValueError(f"{command.id} and {other.id} want the same keys")

    def _update(self, command: Command, action: QAction) -> None:
        in_scope = command.scope in ("", self._scope)
        action.setEnabled(in_scope and (command.enabled is None or command.enabled()))
        if command.checked is not None:
            action.setChecked(command.checked())

    def _dress(self, command: Command, action: QAction) -> None:
        text = command.text()
        action.setText(text)
        lines = [text if command.hint is None else command.hint()]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if keys:
            lines.append(keys)
        action.setToolTip("  ·  ".join(lines))
