"""Pages that only tests know."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QLineEdit

from workbench.pages import PageEntry
from workbench.services.actions import ActionRegistry, Command
from workbench.views.page import Page


class Rename(QUndoCommand):
    def __init__(self, edit: QLineEdit, text: str) -> None:
        super().__init__("rename")
        self.edit, self.old, self.new = edit, edit.text(), text

    def redo(self) -> None:
        self.edit.setText(self.new)

    def undo(self) -> None:
        self.edit.setText(self.old)


class NotePage(Page):
    """One line of text with undo, and a command that counts how often it ran."""

    page_id: ClassVar[str] = "note"
    icon_name: ClassVar[str] = "edit"

    def __init__(self, services, parent=None) -> None:
        super().__init__(services, parent)
        self.ran = 0
        self.edit = QLineEdit(self)
        self.edit.textChanged.connect(self.state_changed)
        self.stack = QUndoStack(self)
        self.body.addWidget(self.edit)

    def title(self) -> str:
        return "Note"

    def subtitle(self) -> str:
        return "One line."

    def register_actions(self, registry: ActionRegistry) -> None:
        run = registry.add(
            Command(
                "note.run",
                lambda: "Run the note",
                self.run,
                "Ctrl+Return",
                icon="play",
                scope="note",
                menu="page",
            )
        )
        self.header.set_primary(run)

    def run(self) -> None:
        self.ran += 1

    def rename(self, text: str) -> None:
        self.stack.push(Rename(self.edit, text))

    def undo_stack(self) -> QUndoStack:
        return self.stack

    def save_state(self) -> dict[str, object]:
        return {"text": self.edit.text()}

    def restore_state(self, state: dict[str, object]) -> None:
        self.edit.setText(str(state["text"]))


class OtherPage(NotePage):
    page_id: ClassVar[str] = "other"

    def title(self) -> str:
        return "Other"

    def register_actions(self, registry: ActionRegistry) -> None:
        registry.add(
            Command("other.run", lambda: "Run the other", self.run, "Ctrl+Return", scope="other")
        )


MODULE = "tests.workbench.shell.pages_for_tests"
PAGES = (
    PageEntry("note", "edit", lambda: "Note", f"{MODULE}:NotePage"),
    PageEntry("other", "file", lambda: "Other", f"{MODULE}:OtherPage"),
)
