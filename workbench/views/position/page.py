"""Position: how the model knows where a word stands, on the model that is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from engine.jobs.events import Progress
from workbench.plots.theme import PlotTheme
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.motion import system_moves
from workbench.viewmodels.position import ROTATES, TOPICS, PositionModel, Topic
from workbench.views.page import Page
from workbench.views.position.alibi_view import AlibiView
from workbench.views.position.buckets_view import BucketsView
from workbench.views.position.numbers_view import NumbersView
from workbench.views.position.other_part import OtherPart
from workbench.views.position.rotation_view import RotationView
from workbench.views.position.stretch_view import StretchView
from workbench.views.position.subject_panel import SubjectPanel
from workbench.views.position.tables_view import TablesView
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

LEFT_CHARS: Final = 36
DEMO_TEXT: Final = {
    "en": "Tom has 7 cups. Tom loses 2 cups. Then Tom finds 4 cups. How many cups does Tom have?",
    "zh": "小明有7个杯子。小明丢了2个杯子。然后小明找到4个杯子。小明有几个杯子？",
}


TopicView = RotationView | StretchView | NumbersView | AlibiView | TablesView | BucketsView


class PositionPage(Page):
    """The subject at the left, one topic at a time at the right."""

    page_id: ClassVar[str] = "position"
    icon_name: ClassVar[str] = "position"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = PositionModel(services.jobs, self)
        self._topic: Topic = "rotation"
        self._after_run: Callable[[], None] | None = None
        self.subject = SubjectPanel(self.model, self)
        self.note = ErrorNote(self)
        self.progress = QProgressBar(self)
        self.step = PlainLabel(self)
        self.hint = ElidedLabel(self)
        self.rotation = RotationView(services, self.model, self)
        self.plot_theme = PlotTheme(services.theme, self)
        self.stretch = StretchView(services, self.model, self.plot_theme, self)
        self.numbers = NumbersView(services, self.model, self)
        self.alibi = AlibiView(services, self.model, self.plot_theme, self)
        self.tables = TablesView(services, self.model, self.plot_theme, self)
        self.buckets = BucketsView(services, self.model, self.plot_theme, self)
        self.views: dict[Topic, TopicView] = {
            "rotation": self.rotation,
            "stretch": self.stretch,
            "numbers": self.numbers,
            "alibi": self.alibi,
            "tables": self.tables,
            "buckets": self.buckets,
        }
        self.other = OtherPart(self.model, self)
        self._stale = set(TOPICS)
        self.topics = {topic: Chip(self) for topic in TOPICS}
        self._build()
        self._connect()
        services.background.run(system_moves, self._motion_known)

    # What every page has

    def title(self) -> str:
        return self.tr("Position")

    def subtitle(self) -> str:
        return self.tr("How the model knows where a word stands, turned and stretched live.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Look, Stop, and the demonstration."""
        commands = (
            Command(
                "position.look", lambda: self.tr("Look inside"), self._look,
                shortcut="Ctrl+Return", icon="play", enabled=self._can_look,
                scope=self.page_id, menu="page",
                hint=lambda: self.tr("Run the text through the model and take its q and k"),
            ),
            Command(
                "position.stop", lambda: self.tr("Stop"), self.model.stop, shortcut="Esc",
                icon="stop", enabled=self._is_running, scope=self.page_id, menu="page",
            ),
            Command(
                "position.demo", lambda: self.tr("Look at a short text"), self.demonstrate,
                icon="star", enabled=self._can_look, scope=self.page_id, menu="page",
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
        self.header.set_primary(registry.action("position.look"))
        self.empty = EmptyState(self.services, "position", registry.action("position.demo"), self)
        self.stack.addWidget(self.empty)
        self._show_topic()

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "stack"):
            self._write()

    def entered(self) -> None:
        """The first look needs no typing: a sample stands in the field."""
        self._follow_model()
        if not self.model.text and self.model.capture is None and not self.model.running:
            self._put_sample()

    def save_state(self) -> dict[str, object]:
        return {"topic": self._topic, "text": self.model.text, "chat": self.model.chat}

    def restore_state(self, state: dict[str, object]) -> None:
        text, topic = state.get("text"), state.get("topic")
        if isinstance(text, str):
            self.subject.set_text(text)
            self.subject.set_chat(state.get("chat") is True)
        if topic in TOPICS:
            self._topic = topic
            self._show_topic()

    def run_demo(self, done: Callable[[], None]) -> None:
        self._after_run = done
        self.demonstrate()

    def demo_problem(self) -> ErrorReport | None:
        return self.note.report()

    # What the person does

    def demonstrate(self) -> None:
        """Look at a short text of the teaching world."""
        self._put_sample()
        self._look()

    def _put_sample(self) -> None:
        language = "zh" if self.services.i18n.language.startswith("zh") else "en"
        self.subject.set_text(DEMO_TEXT[language])
        self.subject.set_chat(True)

    def _look(self) -> None:
        self.note.show_report(None)
        self._follow_model()
        self.model.look()

    def _topic_clicked(self, chip: Chip) -> None:
        self._topic = next(topic for topic, known in self.topics.items() if known is chip)
        self._show_topic()
        self.state_changed.emit()

    # Model to widgets

    def _motion_known(self, moves: bool) -> None:
        self.rotation.set_system_moves(moves)
        self.numbers.set_system_moves(moves)

    def _follow_model(self) -> None:
        self.model.set_model(self.services.model.ref)

    def _subject_changed(self) -> None:
        self._stale = set(TOPICS)
        self._show_topic()

    def _other_wanted(self, topic: str) -> None:
        self._topic = next(known for known in TOPICS if known == topic)
        self._show_topic()
        self.state_changed.emit()

    def _show_topic(self) -> None:
        """Show the chosen part; it is brought up to date only then."""
        topic = self._topic
        for known, chip in self.topics.items():
            chip.setChecked(known == topic)
        if topic != "rotation":
            self.rotation.stop()
        needs_text = topic != "numbers"
        if needs_text and self.model.capture is None and hasattr(self, "empty"):
            self.stack.setCurrentWidget(self.empty)
        elif topic in ROTATES and self.model.encoding != "rope":
            self.other.refresh()
            self.stack.setCurrentWidget(self.other)
        else:
            self.stack.setCurrentWidget(self._scrolls[topic])
            if topic in self._stale:
                self._stale.discard(topic)
                self.views[topic].refresh()
            elif topic == "rotation":
                self.rotation.redraw()
        self._write()

    def _running_changed(self, running: bool) -> None:
        registry = self.services.actions
        if registry.has("position.look"):
            registry.refresh()
            self.header.set_primary(
                registry.action("position.stop" if running else "position.look")
            )
        self.progress.setRange(0, 0)
        self._working.setVisible(running)
        self.step.setText(self.tr("Preparing…") if running else "")

    def _progressed(self, event: Progress) -> None:
        if event.fraction is None:
            self.progress.setRange(0, 0)
        else:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(event.fraction * 1000))
        self.step.setText(tell(event.text))

    def _refused(self, report: ErrorReport) -> None:
        self.note.show_report(report)

    def _ended(self) -> None:
        drawing = self._topic == "rotation" and self.model.encoding == "rope"
        if not drawing or self.note.report() is not None:
            self._drawn()

    def _drawn(self) -> None:
        """The picture that was asked for is there."""
        after, self._after_run = self._after_run, None
        if after is not None:
            after()

    def hideEvent(self, event: QHideEvent) -> None:
        self.rotation.stop()
        super().hideEvent(event)

    def _write(self) -> None:
        names: dict[Topic, str] = {
            "rotation": self.tr("Rotation"),
            "stretch": self.tr("Stretching"),
            "numbers": self.tr("Numbers"),
            "alibi": self.tr("ALiBi"),
            "tables": self.tr("Tables"),
            "buckets": self.tr("Buckets"),
        }
        hints: dict[Topic, str] = {
            "rotation": self.tr("RoPE turns pairs of dimensions by their position."),
            "stretch": self.tr("Other frequencies for longer texts, on the attention in sight."),
            "numbers": self.tr("Why a longer range breaks, as a counter of three digits."),
            "alibi": self.tr("A bias that grows with the distance, with a slope per head."),
            "tables": self.tr("A vector per position, added to the tokens at the start."),
            "buckets": self.tr("A learned bias per bucket of distance, as in T5."),
        }
        for topic, chip in self.topics.items():
            chip.setText(names[topic])
            chip.setAccessibleName(names[topic])
            chip.updateGeometry()
        self.hint.setText(hints[self._topic])
        self.hint.setToolTip(hints[self._topic])
        if hasattr(self, "empty"):
            self.empty.set_text(
                self.tr("Look inside takes queries and keys of a text out of the model.")
            )

    def _can_look(self) -> bool:
        return not self.model.running

    def _is_running(self) -> bool:
        return self.model.running

    # Building

    def _build(self) -> None:
        set_role(self.hint, "muted")
        set_role(self.step, "muted")
        self.progress.setTextVisible(False)
        self._working = QWidget(self)
        working = QVBoxLayout(self._working)
        working.setContentsMargins(0, 0, 0, 0)
        working.setSpacing(4)
        working.addWidget(self.progress)
        working.addWidget(self.step)
        self._working.hide()
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for chip in self.topics.values():
            self._group.addButton(chip)
            bar.addWidget(chip)
        bar.addSpacing(8)
        bar.addWidget(self.hint, 1)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.other)
        self._scrolls: dict[Topic, QScrollArea] = {}
        for topic, view in self.views.items():
            scroll = QScrollArea(self)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setWidgetResizable(True)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setWidget(view)
            scroll.viewport().setAutoFillBackground(False)
            view.setAutoFillBackground(False)
            self._scrolls[topic] = scroll
            self.stack.addWidget(scroll)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(bar)
        column.addWidget(self.note)
        column.addWidget(self._working)
        column.addWidget(self.stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.addWidget(self.subject)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        left = self.fontMetrics().averageCharWidth() * LEFT_CHARS
        self.splitter.setSizes([left, 4 * left])
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        model = self.model
        model.subject_changed.connect(self._subject_changed)
        model.running_changed.connect(self._running_changed)
        model.progressed.connect(self._progressed)
        model.refused.connect(self._refused)
        model.finished.connect(self._ended)
        self.subject.text_changed.connect(self.state_changed)
        self._group.buttonClicked.connect(self._topic_clicked)
        self.rotation.settled.connect(self._drawn)
        self.other.wanted.connect(self._other_wanted)
        model.facts_changed.connect(self._subject_changed)
        self.services.model.chosen.connect(self._follow_model)
