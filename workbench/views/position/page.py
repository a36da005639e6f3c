"""Position: how the model knows where a word stands, on the model that is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final, cast

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.plots.theme import PlotTheme
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.services.motion import system_moves
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.position import ROTATES, TOPICS, PositionModel, Topic
from workbench.views.position.alibi_view import AlibiView
from workbench.views.position.buckets_view import BucketsView
from workbench.views.position.numbers_view import NumbersView
from workbench.views.position.other_part import OtherPart
from workbench.views.position.rotation_view import RotationView
from workbench.views.position.stretch_view import StretchView
from workbench.views.position.subject_panel import SubjectPanel
from workbench.views.position.tables_view import TablesView
from workbench.views.working_page import WorkingPage
from workbench.widgets.chip_bar import ChipBar
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role

LEFT_CHARS: Final = 36
DEMO_TEXT: Final = {
    "en": "Tom has 7 cups. Tom loses 2 cups. Then Tom finds 4 cups. How many cups does Tom have?",
    "zh": "小明有7个杯子。小明丢了2个杯子。然后小明找到4个杯子。小明有几个杯子？",
}


TopicView = RotationView | StretchView | NumbersView | AlibiView | TablesView | BucketsView


class PositionPage(WorkingPage):
    """The subject at the left, one topic at a time at the right."""

    page_id: ClassVar[str] = "position"
    icon_name: ClassVar[str] = "position"
    run_action: ClassVar[str] = "position.look"
    stop_action: ClassVar[str] = "position.stop"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = PositionModel(services.jobs, self)
        self._topic: Topic = "rotation"
        self.subject = SubjectPanel(self.model, self)
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
        self.bar = ChipBar(TOPICS, self)
        self.topics = self.bar.chips
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

    def take_from_desk(self) -> None:
        given = self.services.desk.take(self.page_id)
        if isinstance(given, AttentionCase):
            self.note.show_report(None)
            self.model.set_given(given)
            self.model.look()

    def save_state(self) -> dict[str, object]:
        text = self.model.text if self.model.given is None else ""
        return {"topic": self._topic, "text": text, "chat": self.model.chat}

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

    # What the person does

    def demonstrate(self) -> None:
        """Look at a short text of the teaching world."""
        self._put_sample()
        self._look()

    def _put_sample(self) -> None:
        self.subject.set_text(DEMO_TEXT[self.sample_language()])
        self.subject.set_chat(True)

    def _look(self) -> None:
        self.note.show_report(None)
        self._follow_model()
        self.model.look()

    def _topic_chosen(self, topic: str) -> None:
        self._topic = cast(Topic, topic)
        self._show_topic()
        self.state_changed.emit()

    # Model to widgets

    def _motion_known(self, moves: bool) -> None:
        self.rotation.set_system_moves(moves)
        self.numbers.set_system_moves(moves)

    def _follow_model(self) -> None:
        if self.model.given is None:  # an answer stays with the model that gave it
            self.model.set_model(self.services.model.ref)

    def _subject_changed(self) -> None:
        self._stale = set(TOPICS)
        self._show_topic()

    def _show_topic(self) -> None:
        """Show the chosen part; it is brought up to date only then."""
        topic = self._topic
        self.bar.choose(topic)
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

    def _ended(self) -> None:
        drawing = self._topic == "rotation" and self.model.encoding == "rope"
        if not drawing or self.note.report() is not None:
            self.end_demo()

    def hideEvent(self, event: QHideEvent) -> None:
        self.rotation.stop()
        super().hideEvent(event)

    def _write(self) -> None:
        names = {
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
        self.bar.set_names(names)
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
        bar = QHBoxLayout()
        bar.addWidget(self.bar)
        bar.addSpacing(8)
        bar.addWidget(self.hint, 1)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.other)
        self._scrolls: dict[Topic, QScrollArea] = {}
        for topic, view in self.views.items():
            scroll = QScrollArea(self)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setWidgetResizable(True)
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
        column.addWidget(self.strip)
        column.addWidget(self.stack, 1)
        left = LEFT_CHARS
        self.splitter = self.side_by_side((self.subject, right), (left, 4 * left), 1)
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        model = self.model
        model.subject_changed.connect(self._subject_changed)
        model.running_changed.connect(self.show_running)
        model.progressed.connect(self.show_progress)
        model.refused.connect(self.show_refusal)
        model.finished.connect(self._ended)
        self.subject.text_changed.connect(self.state_changed)
        self.bar.chosen.connect(self._topic_chosen)
        self.rotation.settled.connect(self.end_demo)
        self.other.wanted.connect(self._topic_chosen)
        model.facts_changed.connect(self._subject_changed)
        self.services.model.chosen.connect(self._follow_model)
