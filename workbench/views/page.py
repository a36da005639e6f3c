"""What every page is: a title and one sentence, one primary action, a body, and a state.

A page is built lazily, the first time it is shown, with the application's services. It adds its
parts to `self.body`. Texts are set in `retranslate`, which runs once after construction and again
whenever the language changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import ErrorReport
from workbench.services.actions import ActionRegistry
from workbench.services.container import Services
from workbench.widgets.page_header import PageHeader

PAGE_MARGIN = 20
GAP = 12
LOW_LINES = 26


class Page(QWidget):
    """Base of the pages.

    Class attributes:
        page_id: Stable name: in the session file, in actions, on the command line.
        icon_name: Icon in the rail.

    Every page defines:
        title(): Its name, translated.
        subtitle(): One plain sentence, translated.

    Attributes:
        services: The application's services.
        header: Title, sentence and the primary action.
        body: Layout for the page's own parts.

    Signals:
        state_changed(): Something that `save_state` returns changed; the session saves soon.
    """

    page_id: ClassVar[str]
    icon_name: ClassVar[str]
    title: Callable[[], str]
    subtitle: Callable[[], str]

    state_changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.setObjectName(f"page-{self.page_id}")
        self.header = PageHeader(services, self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_MARGIN, 16, PAGE_MARGIN, 16)
        outer.setSpacing(GAP)
        outer.addWidget(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(GAP)
        outer.addLayout(self.body, 1)

    def register_actions(self, registry: ActionRegistry) -> None:
        """Register the page's commands (scope = `page_id`). Called once, before the first show.

        Call `self.header.set_primary(registry.action(...))` here for the primary action.
        """

    def retranslate(self) -> None:
        """Set every text again. Overrides call this first."""
        self.header.set_texts(self.title(), self.subtitle())

    def undo_stack(self) -> QUndoStack | None:
        """The stack that Undo and Redo work on while the page is shown, if it has one."""
        return None

    def entered(self) -> None:
        """The page is shown now (again)."""

    def take_from_desk(self) -> None:
        """Take what another page laid down for this one (`services.desk.take`), if anything."""

    def save_state(self) -> dict[str, object]:
        """What to bring back next time: JSON-ready values only."""
        return {}

    def restore_state(self, state: dict[str, object]) -> None:
        """Bring back a state from `save_state`; ignore what is missing or unknown."""

    def run_demo(self, done: Callable[[], None]) -> None:
        """Run what shows the page at its best, then call `done` once (used for pictures)."""
        done()

    def demo_problem(self) -> ErrorReport | None:
        """Why the last demo run did not show what it should; None when it did."""
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the sentence below the title gives its place to the page."""
        super().resizeEvent(event)
        self.header.set_low(self.height() < LOW_LINES * self.fontMetrics().lineSpacing())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
