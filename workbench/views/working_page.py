"""What pages share that measure: what went wrong, progress, Run that becomes Stop, two sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.jobs.events import Progress
from engine.prompting.elements import Language
from workbench.services.container import Services
from workbench.views.page import Page
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.progress_strip import ProgressStrip


class WorkingPage(Page):
    """Base of such a page; it places `note` and `strip` itself.

    Class attributes:
        run_action, stop_action: Names of the two commands that take turns as the primary one.

    Attributes:
        note: What went wrong last.
        strip: How far the job is.
    """

    run_action: ClassVar[str]
    stop_action: ClassVar[str]

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._after_run: Callable[[], None] | None = None
        self.note = ErrorNote(self)
        self.strip = ProgressStrip(self)

    def demo_problem(self) -> ErrorReport | None:
        return self.note.report()

    def show_running(self, running: bool) -> None:
        """A job began, or the last one ended."""
        self.strip.set_running(running)
        self.show_primary(running)

    def show_primary(self, running: bool) -> None:
        """Offer Stop while something runs, else Run; nothing before there are commands."""
        registry = self.services.actions
        if registry.has(self.run_action):
            registry.refresh()
            name = self.stop_action if running else self.run_action
            self.header.set_primary(registry.action(name))

    def show_progress(self, event: Progress) -> None:
        """Follow the job in flight."""
        self.strip.show_progress(event)

    def show_refusal(self, report: ErrorReport) -> None:
        """Say what went wrong."""
        self.note.show_report(report)

    def end_demo(self) -> None:
        """What `run_demo` was to show is on screen, or will never be."""
        after, self._after_run = self._after_run, None
        if after is not None:
            after()

    def sample_language(self) -> Language:
        """The language of samples: the window's."""
        return "zh" if self.services.i18n.language.startswith("zh") else "en"

    def side_by_side(
        self, parts: Sequence[QWidget], chars: Sequence[int], widest: int
    ) -> QSplitter:
        """Parts beside each other with a handle between.

        Args:
            parts: From left to right.
            chars: How wide each begins, in characters.
            widest: Number of the part that takes the room that is left.
        """
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        for part in parts:
            splitter.addWidget(part)
        splitter.setStretchFactor(widest, 1)
        unit = self.fontMetrics().averageCharWidth()
        splitter.setSizes([unit * count for count in chars])
        return splitter

    def settings_and_topics(
        self, panel: QWidget, bar: QWidget, hint: QWidget, topics: QWidget, chars: int
    ) -> QSplitter:
        """Settings at the left; at the right the topics' chips and hint over the chosen topic.

        Args:
            panel: The settings.
            bar: Chips that choose a topic.
            hint: What the chosen topic is about.
            topics: Shows one topic.
            chars: Width of the settings; the topics get four times as much.
        """
        right = QWidget(self)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(bar)
        head.addWidget(hint, 1)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(topics, 1)
        splitter = self.side_by_side((panel, right), (chars, 4 * chars), widest=1)
        self.body.addWidget(splitter, 1)
        return splitter
