"""Anatomy: what models are made of, as rows that run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, cast

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from engine.jobs.events import Progress
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.anatomy import TOPICS, AnatomyModel, Topic
from workbench.views.anatomy.activations_view import ActivationsView
from workbench.views.anatomy.components_view import ComponentsView
from workbench.views.anatomy.models_view import ModelsView
from workbench.views.anatomy.norms_view import NormsView
from workbench.views.working_page import WorkingPage
from workbench.widgets.chip_bar import ChipBar
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role


class AnatomyPage(WorkingPage):
    """Topics as chips; each topic has a view, and most have something to measure."""

    page_id: ClassVar[str] = "anatomy"
    icon_name: ClassVar[str] = "anatomy"
    run_action: ClassVar[str] = "anatomy.run"
    stop_action: ClassVar[str] = "anatomy.stop"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = AnatomyModel(services.jobs, services.model, self)
        self._topic: Topic = "models"
        self.bar = ChipBar(TOPICS, self)
        self.chips = self.bar.chips
        self.hint = ElidedLabel(self)
        self.models = ModelsView(services, self.model, self)
        self.activations = ActivationsView(services, self.model, self)
        self.norms = NormsView(services, self.model, self)
        self.components = ComponentsView(services, self.model, self)
        self.views: dict[Topic, QWidget] = {
            "models": self.models,
            "activations": self.activations,
            "norms": self.norms,
            "components": self.components,
        }
        self._build()
        self._connect()

    # What every page has

    def title(self) -> str:
        return self.tr("Anatomy")

    def subtitle(self) -> str:
        return self.tr("What models are made of, row by row, each one built and run here.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Measure what the shown topic is about, and stop."""
        for command in (
            Command(
                "anatomy.run", self._run_text, self._run, shortcut="Ctrl+Return",
                icon="play", enabled=self._can_run, scope=self.page_id, menu="page",
            ),
            Command(
                "anatomy.stop", lambda: self.tr("Stop"), self._stop, shortcut="Esc",
                icon="stop", enabled=self._is_running, scope=self.page_id, menu="page",
            ),
        ):  # fmt: skip
            registry.add(command)
        self.show_primary(self._is_running())

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "stack"):
            self._write()
            self.models.retranslate()
            self.activations.retranslate()
            self.norms.retranslate()
            self.components.retranslate()

    def entered(self) -> None:
        """The rows run by themselves the first time: they take a second."""
        self.model.look()
        if not self.model.results:
            self.model.run_table()

    def save_state(self) -> dict[str, object]:
        return {"topic": self._topic, "row": self.model.row}

    def restore_state(self, state: dict[str, object]) -> None:
        topic, row = state.get("topic"), state.get("row")
        if isinstance(row, int):
            self.model.choose_row(row)
        if topic in TOPICS:
            self._go(cast(Topic, topic))

    def run_demo(self, done: Callable[[], None]) -> None:
        """The rows, run; `done` when they have been."""
        self._after_run = done
        if not self._is_running() and not self.model.run(self._topic):
            self._ended()

    # What the person does

    def _run(self) -> None:
        self.note.show_report(None)
        self.model.run(self._topic)

    def _stop(self) -> None:
        self.model.stop(self._topic)

    def _chosen(self, topic: str) -> None:
        self._go(cast(Topic, topic))

    def _go(self, topic: Topic) -> None:
        """Show a topic."""
        self._topic = topic
        self.bar.choose(topic)
        self.stack.setCurrentWidget(self.views[topic])
        self._write()
        self._running_changed()
        self.state_changed.emit()

    # Model to widgets

    def _running_changed(self) -> None:
        running = self._is_running()
        if running != self.strip.isVisibleTo(self):
            self.strip.set_running(running)
        self.show_primary(running)

    def _progressed(self, topic: Topic, event: Progress) -> None:
        if topic == self._topic:
            self.show_progress(event)

    def _ended(self) -> None:
        if not self._is_running():
            self.end_demo()

    def _write(self) -> None:
        names = {
            "models": self.tr("Models"),
            "activations": self.tr("Activations"),
            "norms": self.tr("Norms"),
            "components": self.tr("Components"),
        }
        self.bar.set_names(names)
        hints: dict[Topic, str] = {
            "models": self.tr("Each row is a small model; its claims are put to the test."),
            "activations": self.tr("What bends a number between two projections, and its slope."),
            "norms": self.tr("The same vector through each, and what it costs."),
            "components": self.tr("What is lost when one part of the loaded model is taken out."),
        }
        self.hint.setText(hints[self._topic])
        self.hint.setToolTip(hints[self._topic])

    # Small questions

    def _run_text(self) -> str:
        return self.tr("Measure")

    def _can_run(self) -> bool:
        return bool(self.model.measurements(self._topic)) and not self._is_running()

    def _is_running(self) -> bool:
        return self.model.running(self._topic)

    # Building

    def _build(self) -> None:
        set_role(self.hint, "muted")
        bar = QHBoxLayout()
        bar.addWidget(self.bar)
        self.bar.choose(self._topic)
        bar.addSpacing(8)
        bar.addWidget(self.hint, 1)
        self.stack = QStackedWidget(self)
        for view in self.views.values():
            self.stack.addWidget(view)
        self.body.addLayout(bar)
        self.body.addWidget(self.note)
        self.body.addWidget(self.strip)
        self.body.addWidget(self.stack, 1)
        self._write()

    def _connect(self) -> None:
        for topic in TOPICS:
            for one in self.model.measurements(topic):
                one.changed.connect(self._running_changed)
                one.progressed.connect(partial(self._progressed, topic))
                one.refused.connect(self.show_refusal)
                one.ended.connect(self._ended)
        self.bar.chosen.connect(self._chosen)
        self.components.measure_wanted.connect(self._run)
