"""Context: stretch the window, and measure which way still works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedWidget, QWidget

from engine.errors import ErrorReport
from workbench.plots.theme import PlotTheme
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.context import ContextModel, Topic, offered_topics
from workbench.viewmodels.context_setup import ContextSetup
from workbench.viewmodels.context_tune import TuneChoice
from workbench.viewmodels.document_samples import sample
from workbench.viewmodels.documents_choice import DocumentsChoice
from workbench.views.context.documents_panel import DocumentsPanel
from workbench.views.context.documents_view import DocumentsView
from workbench.views.context.frequencies_view import FrequenciesView
from workbench.views.context.measure_view import MeasureView
from workbench.views.context.reading_panel import ReadingPanel
from workbench.views.context.setup_panel import SetupPanel
from workbench.views.context.tune_panel import TunePanel
from workbench.views.context.tune_view import TuneView
from workbench.views.working_page import WorkingPage
from workbench.widgets.chip_bar import ChipBar
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role

LEFT_CHARS = 38
GROUPS: dict[Topic, tuple[str, ...]] = {
    "measure": ("for", "methods", "far", "keys", "text", "reading"),
    "frequencies": ("for", "methods", "far"),
    "training": ("for", "training"),
    "documents": ("for", "documents"),
}
"""Settings that each topic has."""
DEMO_METHODS = ("direct", "linear", "ntk-exact", "yarn", "self-extend", "rerope")


TopicView = MeasureView | FrequenciesView | TuneView | DocumentsView


class ContextPage(WorkingPage):
    """Settings at the left, one topic at a time at the right."""

    page_id: ClassVar[str] = "context"
    icon_name: ClassVar[str] = "context"
    run_action: ClassVar[str] = "context.run"
    stop_action: ClassVar[str] = "context.stop"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.plot_theme = PlotTheme(services.theme, self)
        self.model = ContextModel(services.jobs, services.model, self)
        self.topics = offered_topics()
        self._topic: Topic = "measure"
        self.fold = QPushButton(self)
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self.fold.setProperty("role", "quiet")
        services.icons.bind(self.fold, "sidebar")
        self.header.add_button(self.fold)
        self.panel = SetupPanel(self)
        self.reading = ReadingPanel(self.panel)
        self.panel.add_group("reading", self.reading)
        self.bar = ChipBar(self.topics, self)
        self.hint = ElidedLabel(self)
        self.measure = MeasureView(services, self.model, self.plot_theme, self)
        self.frequencies = FrequenciesView(services, self.model, self)
        self.views: dict[Topic, TopicView] = {
            "measure": self.measure,
            "frequencies": self.frequencies,
        }
        if "training" in self.topics:
            self.tune = TuneView(services, self.model, self.plot_theme, self)
            self.views["training"] = self.tune
            self.panel.add_group("training", TunePanel(self.model.tune, self.panel))
        if "documents" in self.topics:
            self.documents = DocumentsView(services, self.model, self)
            self.views["documents"] = self.documents
            self.panel.add_group("documents", DocumentsPanel(self.model.documents, self.panel))
        self._build()
        self._connect()
        self._show_setup()

    # What every page has

    def title(self) -> str:
        return self.tr("Context")

    def subtitle(self) -> str:
        return self.tr("Stretch the window, or work around it, and measure which way holds.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Run what the shown topic is about, Stop, the settings."""
        for command in (
            Command(
                "context.run", self._run_text, self._run, shortcut="Ctrl+Return",
                icon="play", enabled=self._can_run, scope=self.page_id, menu="page",
            ),
            Command(
                "context.stop", lambda: self.tr("Stop"), self._stop, shortcut="Esc",
                icon="stop", enabled=self._is_running, scope=self.page_id, menu="page",
            ),
            Command(
                "context.settings", lambda: self.tr("Show or hide the settings"),
                self.fold.toggle, icon="sidebar", scope=self.page_id, menu="page",
            ),
        ):  # fmt: skip
            registry.add(command)
        self.show_primary(self._is_running())

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "stack"):
            self._write()
            for view in self.views.values():
                view.retranslate()

    def entered(self) -> None:
        self.model.wake()

    def save_state(self) -> dict[str, object]:
        return {
            "topic": self._topic,
            "setup": self.model.setup.to_plain(),
            "training": self.model.tune.choice.to_plain(),
            "documents": self.model.documents.choice.to_plain(),
            "panel": self.fold.isChecked(),
        }

    def restore_state(self, state: dict[str, object]) -> None:
        if "setup" in state:
            self.model.set_setup(ContextSetup.from_plain(state["setup"]))
        if "training" in state:
            self.model.tune.set_choice(TuneChoice.from_plain(state["training"]))
        if "documents" in state:
            self.model.documents.restore(DocumentsChoice.from_plain(state["documents"]))
        self.fold.setChecked(state.get("panel") is not False)
        topic = state.get("topic")
        if topic in self.topics:
            self._go(cast(Topic, topic))

    def undo_stack(self) -> QUndoStack | None:
        return self.model.documents.undo_stack

    def run_demo(self, done: Callable[[], None]) -> None:
        """Six methods at three lengths; then `done`."""
        self._after_run = done
        self.model.wake()
        self.model.set_setup(
            replace(
                self.model.setup, methods=DEMO_METHODS, lengths=("1x", "2x", "4x"), most=16,
                windows=1, language=self.sample_language(),
            )
        )  # fmt: skip
        self.model.start("measure")

    def demo_problem(self) -> ErrorReport | None:
        return self.measure.line.report()

    # What the person does

    def _run(self) -> None:
        self.model.start(self._topic)

    def _stop(self) -> None:
        self.model.stop(self._topic)

    def _sample_wanted(self) -> None:
        """What suits the scene that was chosen; the person's own comes back with Undo."""
        documents = self.model.documents
        if not documents.choice.empty:
            self.services.notify.offer(
                self.tr("The sample took the place of your documents and question."),
                self.tr("Undo"), documents.undo_stack.undo,
            )  # fmt: skip
        documents.set_choice(sample(self.sample_language(), documents.choice.scenario))
        self._run()

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Folder for the trained model"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(f"{PurePath(self.model.model_id).name}-longer")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, folder: str) -> None:
        """Train, and write the copy into a folder."""
        self.model.start("training", folder)

    def _train_anew(self) -> None:
        self.model.tune.start(self.model.ref, self.model.setup.language, begin="fresh")

    def _fold_toggled(self, shown: bool) -> None:
        self.panel.setVisible(shown)
        self.state_changed.emit()

    def _setup_edited(self, setup: ContextSetup) -> None:
        self.model.set_setup(setup)

    def _twin_wanted(self) -> None:
        """The teaching model with the other kind of positions, beside this one."""
        self._go("measure")
        self.model.compare_twin()

    def _search_wanted(self) -> None:
        self._go("measure")
        self.model.search_divisors()

    def _advised(self, scenario: str) -> None:
        self.model.advise(scenario)
        advice = self.model.advice
        if advice is not None and advice.place in self.topics:
            self._go(cast(Topic, advice.place))

    def _chosen(self, topic: str) -> None:
        self._go(cast(Topic, topic))

    def _go(self, topic: Topic) -> None:
        """Show a topic."""
        self._topic = topic
        self.bar.choose(topic)
        self.stack.setCurrentWidget(self.views[topic])
        self.panel.show_groups(GROUPS[topic])
        self._write()
        self.services.actions.retranslate()  # the primary action is named after the topic
        self.show_primary(self._is_running())
        self.state_changed.emit()

    # Model to widgets

    def _setup_changed(self) -> None:
        self._show_setup()
        self.state_changed.emit()

    def _show_setup(self) -> None:
        self.panel.set_setup(self.model.setup)
        self.reading.set_setup(self.model.setup)

    def _described(self) -> None:
        self.panel.set_anatomy(self.model.anatomy, self.model.twin_id)

    def _choice_changed(self) -> None:
        self.state_changed.emit()

    def _turned_back(self) -> None:
        """What was undone is in sight."""
        if self._topic != "documents":
            self._go("documents")

    def _looked(self) -> None:
        """Train or Resume: what the primary action does depends on what is kept."""
        self.services.actions.retranslate()
        self.show_primary(self._is_running())

    def _trained(self, result: object) -> None:
        out = getattr(result, "out", "")
        if out:
            self.services.notify.good(self.tr("Saved in {folder}").format(folder=out))
            self.services.model.refresh_entries()

    def _running_changed(self, _running: bool) -> None:
        self.show_primary(self._is_running())

    def _ended(self) -> None:
        if self._after_run is not None:
            self.end_demo()

    def _write(self) -> None:
        self.fold.setToolTip(self.tr("Show or hide the settings"))
        self.fold.setAccessibleName(self.fold.toolTip())
        names: dict[Topic, str] = {
            "measure": self.tr("Keys and perplexity"),
            "frequencies": self.tr("Frequencies"),
            "training": self.tr("Training"),
            "documents": self.tr("Documents"),
        }
        self.bar.set_names({topic: names[topic] for topic in self.topics})
        hints: dict[Topic, str] = {
            "measure": self.tr("Every method on the loaded model; Stop keeps what is measured."),
            "frequencies": self.tr("What each method changes, read from the model itself."),
            "training": self.tr("A short training on stretched positions, on a copy."),
            "documents": self.tr("Around the model: the window stays, the reading changes."),
        }
        self.hint.setText(hints[self._topic])
        self.hint.setToolTip(hints[self._topic])

    # Small questions

    def _run_text(self) -> str:
        texts: dict[Topic, str] = {
            "measure": self.tr("Measure"),
            "frequencies": self.tr("Read frequencies"),
            "training": self.tr("Resume") if self.model.tune.resumes else self.tr("Train"),
            "documents": self.tr("Ask"),
        }
        return texts[self._topic]

    def _can_run(self) -> bool:
        return not self._is_running()

    def _is_running(self) -> bool:
        return self.model.slot(self._topic).running

    # Building

    def _build(self) -> None:
        set_role(self.hint, "muted")
        self.bar.choose(self._topic)
        self.panel.show_groups(GROUPS[self._topic])
        self.stack = QStackedWidget(self)
        for topic in self.topics:
            self.stack.addWidget(self.views[topic])
        self.splitter = self.settings_and_topics(
            self.panel, self.bar, self.hint, self.stack, LEFT_CHARS
        )
        self._write()

    def _connect(self) -> None:
        model = self.model
        self.fold.toggled.connect(self._fold_toggled)
        self.panel.edited.connect(self._setup_edited)
        self.reading.edited.connect(self._setup_edited)
        self.panel.twin_wanted.connect(self._twin_wanted)
        self.panel.search_wanted.connect(self._search_wanted)
        self.panel.advised.connect(self._advised)
        self.bar.chosen.connect(self._chosen)
        for view in self.views.values():
            view.run_wanted.connect(self._run)
        if "training" in self.topics:
            self.tune.save_wanted.connect(self._ask_folder)
            self.tune.anew_wanted.connect(self._train_anew)
            model.tune.looked.connect(self._looked)
            model.tune.job.found.connect(self._trained)
        if "documents" in self.topics:
            self.documents.sample_wanted.connect(self._sample_wanted)
        model.tune.choice_changed.connect(self._choice_changed)
        model.documents.choice_changed.connect(self._choice_changed)
        model.documents.turned_back.connect(self._turned_back)
        model.setup_changed.connect(self._setup_changed)
        model.described.connect(self._described)
        for topic in self.topics:
            slot = model.slot(topic)
            slot.running_changed.connect(self._running_changed)
            slot.ended.connect(self._ended)
