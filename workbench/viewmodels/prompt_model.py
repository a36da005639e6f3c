"""The prompt under edit, with one undo history across all its elements."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.prompting.elements import Example
from workbench.viewmodels.prompt_state import PromptProblem, PromptState, TextField

UNDO_LIMIT: Final = 500
_MERGE_ID: Final = 0x4C61  # any fixed number: Qt offers only commands of one id for merging


class PromptModel(QObject):
    """Holds a `PromptState`; every change passes through one `QUndoStack`.

    A state keeps the name of its preset only as long as it is that preset, word for word.

    Attributes:
        undo_stack: The history; one command per word typed, one per table edit, one per preset.

    Signals:
        changed: The place that changed: a text field, ``"examples"``, ``"variable:<name>"``, or
            ``"all"`` after a preset, a restore or an undo that touched several.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self._state = PromptState()
        self._preset: PromptState | None = None

    @property
    def state(self) -> PromptState:
        """The prompt as it stands."""
        return self._state

    def set_text(self, name: TextField, text: str) -> None:
        """Replace one text element; typing inside a word merges into one undo step."""
        if text != self._state.text(name):
            after = self._state.with_text(name, text)
            self._push(after, name, self.tr("Edit text"), typed=True)

    def set_value(self, variable: str, text: str) -> None:
        """Give a variable a value."""
        if text != self._state.values.get(variable, ""):
            after = replace(self._state, values={**self._state.values, variable: text})
            self._push(after, f"variable:{variable}", self.tr("Edit variable"), typed=True)

    def set_examples(self, examples: tuple[Example, ...], label: str = "") -> None:
        """Replace the examples as one undo step."""
        if examples != self._state.examples:
            after = replace(self._state, examples=examples)
            self._push(after, "examples", label or self.tr("Edit examples"))

    def load(self, state: PromptState, label: str = "") -> None:
        """Replace the whole prompt (a preset, an opened file) as one undo step."""
        if state.task:
            self._preset = state
        if state != self._state:
            self._push(state, "all", label or self.tr("Choose a task"))

    def restore(self, state: PromptState) -> None:
        """Replace the whole prompt without history (session restore)."""
        self._preset = state if state.task else None
        self._state = state
        self.undo_stack.clear()
        self.changed.emit("all")

    def problem(self) -> PromptProblem | None:
        """The first reason why the prompt cannot be sent, or None."""
        return self._state.problem()

    def _push(self, after: PromptState, place: str, label: str, typed: bool = False) -> None:
        if place != "all":
            after = self._named(after)
        self.undo_stack.push(_Edit(self, after, place, label, typed))

    def _named(self, after: PromptState) -> PromptState:
        """An edited preset is the person's own prompt; edited back, it is the preset again."""
        if self._state.task:
            self._preset = self._state
        preset = self._preset
        if preset is None or after == self._state:
            return after
        as_preset = replace(after, task=preset.task)
        return as_preset if as_preset == preset else replace(after, task="")

    def apply(self, state: PromptState, place: str) -> None:
        """Set the state and tell the views (called by the undo commands)."""
        self._state = state
        self.changed.emit(place)


class _Edit(QUndoCommand):
    """One step of the history: the states before and after it."""

    def __init__(
        self, model: PromptModel, after: PromptState, place: str, label: str, typed: bool
    ) -> None:
        super().__init__(label)
        self._model = model
        self._before = model.state
        self._after = after
        self._place = place
        self._change = _Change.between(_text_at(self._before, place), _text_at(after, place))
        self._typed = typed and self._change.is_typing

    def id(self) -> int:
        return _MERGE_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._place != self._place:
            return False
        if not (self._typed and other._typed and self._change.goes_on_with(other._change)):
            return False
        self._after = other._after
        self._change = self._change.joined(other._change)
        return True

    def redo(self) -> None:
        self._model.apply(self._after, self._place)

    def undo(self) -> None:
        self._model.apply(self._before, self._place)


class _Change:
    """What one edit did to one text: `removed` was replaced by `added` at `position`."""

    def __init__(self, position: int, removed: str, added: str) -> None:
        self.position = position
        self.removed = removed
        self.added = added

    @classmethod
    def between(cls, old: str, new: str) -> _Change:
        """The change that lies between two texts, without their common start and end."""
        start = _common_prefix(old, new)
        end = _common_prefix(old[start:][::-1], new[start:][::-1])
        return cls(start, old[start : len(old) - end], new[start : len(new) - end])

    @property
    def is_typing(self) -> bool:
        """A key press, not a paste: at most a character or two came or went."""
        return len(self.removed) + len(self.added) <= 2

    def goes_on_with(self, later: _Change) -> bool:
        """Whether `later` continues this one inside the same word."""
        if self.added and not self.removed:
            adjoins = not later.removed and later.position == self.position + len(self.added)
            new_word = self.added[-1:].isspace() and not later.added[:1].isspace()
            return adjoins and not new_word
        if self.removed and not self.added:
            return not later.added and later.position + len(later.removed) == self.position
        return False

    def joined(self, later: _Change) -> _Change:
        """Both changes as one."""
        if self.added:
            return _Change(self.position, "", self.added + later.added)
        return _Change(later.position, later.removed + self.removed, "")


def _common_prefix(a: str, b: str) -> int:
    """Length of the common start of two texts (binary search: slices compare at C speed)."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[:middle] == b[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _text_at(state: PromptState, place: str) -> str:
    if place.startswith("variable:"):
        return state.values.get(place.removeprefix("variable:"), "")
    if place in ("examples", "all"):
        return ""
    return state.text(place)  # type: ignore[arg-type]
