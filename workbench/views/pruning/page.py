"""Pruning: one slider, and what the model loses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, cast

from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from engine.errors import EngineError, ErrorReport
from engine.inspection.ranking import HeadRanking
from engine.pruning.presets import presets
from engine.pruning.recipe import Recipe
from workbench.plots.theme import PlotTheme
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.compare_pinned import PINNED, PinnedPrompt
from workbench.viewmodels.prompt_state import PromptState
from workbench.viewmodels.pruning import (
    TOPICS,
    PruningModel,
    Topic,
    forget_score,
    keep_score,
)
from workbench.viewmodels.pruning_live import Wish
from workbench.viewmodels.pruning_setup import PruneSetup, columns_of
from workbench.viewmodels.pruning_structured import keep_ranking
from workbench.views.pruning.curves_view import CurvesView
from workbench.views.pruning.outliers_view import OutliersView
from workbench.views.pruning.prompts_view import PromptsView
from workbench.views.pruning.saving import Saving
from workbench.views.pruning.setup_panel import SetupPanel
from workbench.views.pruning.structured_view import StructuredView
from workbench.views.pruning.text_picker import TextPicker
from workbench.views.pruning.tune_view import TuneView
from workbench.views.pruning.weights_view import WeightsView
from workbench.views.working_page import WorkingPage
from workbench.widgets.chip_bar import ChipBar
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role

LEFT_CHARS = 36


class PruningPage(WorkingPage):
    """Settings at the left, one topic at a time at the right."""

    page_id: ClassVar[str] = "pruning"
    icon_name: ClassVar[str] = "pruning"
    run_action: ClassVar[str] = "pruning.run"
    stop_action: ClassVar[str] = "pruning.stop"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.plot_theme = PlotTheme(services.theme, self)
        self.model = PruningModel(services.jobs, services.background, services.model, self)
        self.saving = Saving(services, self.model, self)
        self._topic: Topic = "weights"
        self._demo: list[Callable[[], object]] = []
        self.fold = QPushButton(self)
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self.fold.setProperty("role", "quiet")
        services.icons.bind(self.fold, "sidebar")
        self.header.add_button(self.fold)
        self.panel = SetupPanel(self)
        self.bar = ChipBar(TOPICS, self)
        self.hint = ElidedLabel(self)
        self.weights = WeightsView(services, self.model, self.plot_theme, self)
        self.curves = CurvesView(services, self.model, self)
        self.parts = StructuredView(services, self.model, self)
        self.score = TuneView(services, self.model, self)
        self.outliers = OutliersView(services, self.model, self)
        self.prompts = PromptsView(services, self.model, self)
        self.views: dict[Topic, QWidget] = {
            "weights": self.weights,
            "curves": self.curves,
            "parts": self.parts,
            "score": self.score,
            "outliers": self.outliers,
            "prompts": self.prompts,
        }
        self._build()
        self._connect()
        self.panel.set_setup(self.model.setup)

    # What every page has

    def title(self) -> str:
        return self.tr("Pruning")

    def subtitle(self) -> str:
        return self.tr("Move the slider and see what the model loses; every step can be undone.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Run what the shown topic is about, Stop, Save, dense ↔ pruned, the settings."""
        for command in (
            Command(
                "pruning.run", self._run_text, self._run, shortcut="Ctrl+Return",
                icon="play", enabled=self._can_run, scope=self.page_id, menu="page",
            ),
            Command(
                "pruning.stop", lambda: self.tr("Stop"), self._stop, shortcut="Esc",
                icon="stop", enabled=self._is_running, scope=self.page_id, menu="page",
            ),
            Command(
                "pruning.save", lambda: self.tr("Prune and save…"), self._ask_folder,
                icon="save", enabled=self._can_save, scope=self.page_id, menu="page",
            ),
            Command(
                "pruning.flip", lambda: self.tr("Dense or pruned"), self._flip, shortcut="D",
                scope=self.page_id, menu="page",
            ),
            Command(
                "pruning.settings", lambda: self.tr("Show or hide the settings"),
                self.fold.toggle, icon="sidebar", scope=self.page_id, menu="page",
            ),
        ):  # fmt: skip
            registry.add(command)
        self.show_primary(self._is_running())

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "stack"):
            self._write()
            for view in (
                self.weights, self.curves, self.parts, self.score, self.outliers, self.prompts,
            ):  # fmt: skip
                view.retranslate()

    def undo_stack(self) -> QUndoStack | None:
        return self.model.live.undo_stack

    def entered(self) -> None:
        self._follow_desk()
        if not self.model.prompts.rows():
            self.model.speak(self.sample_language())
        self.services.background.run(
            partial(presets, self.services.paths), self._take_scores, self._told_error
        )
        self.model.wake()

    def take_from_desk(self) -> None:
        """A ranking of heads from the page Attention judges the parts."""
        given = self.services.desk.take(self.page_id)
        if isinstance(given, HeadRanking):
            folder = self.services.paths.cache / "pruning"
            self.services.background.run(
                partial(keep_ranking, given, folder), self._ranked, self._told_error
            )

    def save_state(self) -> dict[str, object]:
        return {
            "topic": self._topic,
            "setup": self.model.setup.to_plain(),
            "choices": self.model.choices_to_plain(),
            "panel": self.fold.isChecked(),
        }

    def restore_state(self, state: dict[str, object]) -> None:
        if "setup" in state:
            self.model.set_setup(PruneSetup.from_plain(state["setup"]))
        choices = state.get("choices")
        if isinstance(choices, dict):
            self.model.restore_choices(choices)
        elif "ratio" in state:  # as it was kept before the other choices were
            self.model.live.restore(Wish.from_plain({"ratio": state["ratio"]}))
        self.fold.setChecked(state.get("panel") is not False)
        topic = state.get("topic")
        if topic in TOPICS:
            self._go(cast(Topic, topic))

    def run_demo(self, done: Callable[[], None]) -> None:
        """The slider measured, the parts judged, the curves drawn; then `done`."""
        self._after_run = done
        self._demo = [
            self.model.cells.measure_rows,
            partial(self.model.start, "weights"),
            partial(self.model.start, "curves"),
            partial(self.model.start, "parts"),
        ]
        self.model.wake()

    def demo_problem(self) -> ErrorReport | None:
        lines = (self.weights.line, self.curves.line, self.parts.line)
        return next((report for line in lines if (report := line.report()) is not None), None)

    # What the person does

    def _run(self) -> None:
        self.model.start(self._topic)

    def _stop(self) -> None:
        self.model.stop(self._topic)

    def _flip(self) -> None:
        self.model.live.flip(not self.model.live.dense)

    def _fold_toggled(self, shown: bool) -> None:
        self.panel.setVisible(shown)
        self.state_changed.emit()

    def _setup_edited(self, setup: PruneSetup) -> None:
        self.model.set_setup(setup)

    def _columns_wanted(self, picker: TextPicker, path: str) -> None:
        self.services.background.run(
            partial(columns_of, path),
            partial(picker.set_columns, path),
            self._columns_unknown,
        )

    def _columns_unknown(self, error: Exception) -> None:
        """Whoever reads the text says why it cannot be read."""
        if not isinstance(error, EngineError):
            raise error

    def _recipe_wanted(self, recipe: Recipe) -> None:
        self.model.use_recipe(recipe)

    def _save_wanted(self, name: str) -> None:
        paths, recipe = self.services.paths, self.model.setup.scored_by
        self.services.background.write(
            partial(keep_score, paths, name.strip(), recipe), self._score_kept, self._told_error
        )

    def _forget_wanted(self, name: str) -> None:
        self.services.background.write(
            partial(forget_score, self.services.paths, name), self._take_scores, self._told_error
        )

    def _score_kept(self, saved: dict[str, Recipe]) -> None:
        self.model.set_saved(saved)
        self.model.use_recipe(self.model.setup.scored_by)
        self.services.notify.good(self.tr("Kept among the methods"))

    def _take_scores(self, saved: dict[str, Recipe]) -> None:
        self.model.set_saved(saved)

    def _told_error(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self.services.notify.error(error.report())

    def _ask_folder(self) -> None:
        self.saving.ask_folder(self._saved_topic())

    def save_to(self, folder: str) -> None:
        """Run the topic's job and write the model into a folder."""
        self.saving.save_to(folder, self._saved_topic())

    def _attention_wanted(self) -> None:
        wish = self.model.attention_wish(self.sample_language())
        self.services.desk.lay("attention", wish)

    def _chosen(self, topic: str) -> None:
        self._go(cast(Topic, topic))

    def _go(self, topic: Topic) -> None:
        """Show a topic."""
        self._topic = topic
        self.bar.choose(topic)
        self.stack.setCurrentWidget(self.views[topic])
        self._write()
        self.services.actions.retranslate()  # the primary action is named after the topic
        self.show_primary(self._is_running())
        self.state_changed.emit()

    # Model to widgets

    def _setup_changed(self) -> None:
        self.panel.set_setup(self.model.setup)
        self.state_changed.emit()

    def _choice_changed(self) -> None:
        self.state_changed.emit()

    def _follow_desk(self) -> None:
        """The prompt that stands in Compare, and what is pinned there."""
        state = self.services.desk.seen("prompt")
        if isinstance(state, PromptState):
            self.model.set_prompt_state(state)
        pinned = self.services.desk.seen(PINNED)
        if isinstance(pinned, tuple):
            found = tuple(one for one in pinned if isinstance(one, PinnedPrompt))
            self.model.prompts.set_pinned(found)

    def _desk_shared(self, name: str) -> None:
        if name in ("prompt", PINNED):
            self._follow_desk()

    def _ranked(self, path: str) -> None:
        self.model.rank_heads_by(path)
        self._go("parts")
        self.services.notify.good(self.tr("The ranking of the heads judges the parts now."))

    def _running_changed(self, _running: bool) -> None:
        self.show_primary(self._is_running())

    def _go_on(self) -> None:
        """The next part of the demonstration, when the slider rests and no job runs."""
        if self._after_run is None or self.model.live.running or self.model.cells.job.running:
            return
        if any(self.model.slot(topic).running for topic in TOPICS):
            return
        if self._demo and self.model.live.state is not None:
            self._demo.pop(0)()
        else:
            self.end_demo()

    def _write(self) -> None:
        self.fold.setToolTip(self.tr("Show or hide the settings"))
        self.fold.setAccessibleName(self.fold.toolTip())
        names: dict[Topic, str] = {
            "weights": self.tr("Weights"),
            "curves": self.tr("Curves"),
            "parts": self.tr("Parts"),
            "score": self.tr("Score"),
            "outliers": self.tr("Outliers"),
            "prompts": self.tr("Prompts"),
        }
        self.bar.set_names(names)
        hints: dict[Topic, str] = {
            "weights": self.tr(
                "The slider cuts a copy of the model; the model itself stays whole."
            ),
            "curves": self.tr("Several methods over many ratios; Stop keeps what is measured."),
            "parts": self.tr("Heads, neurons and layers that go as a whole: real gains."),
            "score": self.tr("The best (mode, u, a, group) for this model, at the slider's ratio."),
            "outliers": self.tr("Why magnitude fails on large models and Wanda does not."),
            "prompts": self.tr("Your prompts on the dense and the pruned model."),
        }
        self.hint.setText(hints[self._topic])
        self.hint.setToolTip(self.hint.text())

    # Small questions

    def _run_text(self) -> str:
        texts: dict[Topic, str] = {
            "weights": self.tr("Prune"),
            "curves": self.tr("Measure curves"),
            "parts": self.tr("Cut and measure"),
            "score": self.tr("Find the best score"),
            "outliers": self.tr("Measure"),
            "prompts": self.tr("Ask both"),
        }
        return texts[self._topic]

    def _can_run(self) -> bool:
        return not self._is_running()

    def _can_save(self) -> bool:
        return self.saving.possible(self._saved_topic())

    def _saved_topic(self) -> Topic:
        """Whose job writes the model, whatever topic is shown."""
        return "parts" if self._topic == "parts" else "weights"

    def _is_running(self) -> bool:
        return self.model.running(self._topic)

    # Building

    def _build(self) -> None:
        set_role(self.hint, "muted")
        self.bar.choose(self._topic)
        self.stack = QStackedWidget(self)
        for view in self.views.values():
            self.stack.addWidget(view)
        self.splitter = self.settings_and_topics(
            self.panel, self.bar, self.hint, self.stack, LEFT_CHARS
        )
        self._write()

    def _connect(self) -> None:
        model = self.model
        self.fold.toggled.connect(self._fold_toggled)
        self.panel.edited.connect(self._setup_edited)
        self.panel.save_wanted.connect(self._save_wanted)
        self.panel.forget_wanted.connect(self._forget_wanted)
        for picker in (self.panel.calibration, self.panel.evaluation):
            picker.columns_wanted.connect(partial(self._columns_wanted, picker))
        self.bar.chosen.connect(self._chosen)
        self.weights.change.save_wanted.connect(self._ask_folder)
        self.parts.save_wanted.connect(self._ask_folder)
        self.score.recipe_wanted.connect(self._recipe_wanted)
        self.prompts.attention_wanted.connect(self._attention_wanted)
        model.setup_changed.connect(self._setup_changed)
        for changed in (
            model.live.wish_changed, model.sweep.choice_changed, model.structured.choice_changed,
            model.outliers.strength_changed, model.prompts.choice_changed,
        ):  # fmt: skip
            changed.connect(self._choice_changed)
        model.live.rested.connect(self._go_on)
        for topic in TOPICS:
            slot = model.slot(topic)
            slot.running_changed.connect(self._running_changed)
            slot.ended.connect(self._go_on)
        model.prompts.running_changed.connect(self._running_changed)
        self.services.desk.shared.connect(self._desk_shared)
