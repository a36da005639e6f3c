"""Compare: the same question, asked in different ways, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.decoding.params import Sampling
from engine.errors import EngineError, ErrorReport
from engine.prompting.elements import Language
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.attention_case import case_of_column
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_history import OpenedRun
from workbench.viewmodels.compare_opened import prompt_of, setup_of
from workbench.viewmodels.compare_pinned import PINNED, pinned_of
from workbench.viewmodels.compare_setup import CompareSetup, default_setup
from workbench.viewmodels.prompt_counter import PromptCounter, TokenCounts
from workbench.viewmodels.prompt_presets import preset, sample
from workbench.viewmodels.prompt_state import PromptProblem, PromptState
from workbench.viewmodels.why_case import case_of_columns
from workbench.views.compare.columns_area import ColumnsArea
from workbench.views.compare.overlay_panel import OverlayPanel
from workbench.views.compare.page_state import PageState
from workbench.views.compare.prompt_panel import PromptPanel
from workbench.views.compare.reports import Reports
from workbench.views.compare.results_bar import TINTS, ResultsBar
from workbench.views.compare.run_control import RunControl
from workbench.views.page import Page
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.low_scroll import LowScroll
from workbench.widgets.progress_strip import ProgressStrip
from workbench.widgets.sampling_panel import SamplingPanel
from workbench.widgets.technique_bar import TechniqueBar

# In a low window the chips scroll, so that the answers keep their place.
CHIPS_SHARE = 0.2
DEMO_TECHNIQUES = ("zero-shot", "few-shot", "zero-shot-cot")


class ComparePage(Page):
    """Prompt at the left, techniques above, columns below."""

    page_id: ClassVar[str] = "compare"
    icon_name: ClassVar[str] = "compare"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = CompareModel(services.jobs, self)
        self.counter = PromptCounter(services.jobs, self._now, self)
        self.control = RunControl(self.model, services.actions, self.header)
        self.exercise = 0
        self.split_by_hand = False
        self._state = PageState(self)
        self._after_run: Callable[[], None] | None = None
        self._lower_by_hand = False
        self.prompt = PromptPanel(self.model.prompt, services.background.run, services.icons, self)
        self.techniques = TechniqueBar(self)
        self.bar = ResultsBar(services.icons, self)
        self.refusal = ErrorNote(self)
        self.columns = ColumnsArea(self.model, services.icons, self)
        self.sampling = SamplingPanel(self)
        self.reports = Reports(self.model, services, self)
        self.overlay = OverlayPanel(self.model, services.background.run, self)
        self.strip = ProgressStrip(self)
        self._build()
        self._connect()
        self._follow_model()
        self.model.prompt.restore(sample(self._language()))
        self._setup_changed()
        self._columns_changed()

    # What every page has

    def title(self) -> str:
        return self.tr("Compare")

    def subtitle(self) -> str:
        return self.tr("The same question, asked in different ways, side by side.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Run, Stop and what the palette offers of this page."""
        commands = (
            Command(
                "compare.run", lambda: self.tr("Run"), self._run, shortcut="Ctrl+Return",
                icon="play", enabled=self.control.can_run, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Ask with every chosen technique"),
            ),
            Command(
                "compare.stop", lambda: self.tr("Stop"), self.model.stop, shortcut="Esc",
                icon="stop", enabled=self.control.can_stop, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Stop answering; what is there stays"),
            ),
            Command(
                "compare.sample", lambda: self.tr("Load the sample"), self.load_sample,
                icon="star", scope=self.page_id, menu="page",
            ),
            Command(
                "compare.another", lambda: self.tr("Another exercise"), self._another,
                icon="refresh", scope=self.page_id, menu="page",
            ),
            Command(
                "compare.overlay", lambda: self.tr("Overlay two columns"), self._toggle_overlay,
                icon="overlay", scope=self.page_id, menu="page", enabled=self._can_overlay,
            ),
            Command(
                "compare.why", lambda: self.tr("Explain these answers"), self._explain,
                icon="help", scope=self.page_id, menu="page", enabled=self._can_explain,
                hint=lambda: self.tr("Open them on the page Why"),
            ),
            Command(
                "compare.inside", lambda: self.tr("Look inside the last answer"),
                self._look_inside_last, icon="attention", scope=self.page_id, menu="page",
                enabled=self._can_explain,
                hint=lambda: self.tr("Open prompt and answer on the page Attention"),
            ),
            Command(
                "compare.positions", lambda: self.tr("See the positions of the last answer"),
                self._see_positions_of_last, icon="position", scope=self.page_id, menu="page",
                enabled=self._can_explain,
                hint=lambda: self.tr("Open prompt and answer on the page Position"),
            ),
            Command(
                "compare.sampling", lambda: self.tr("Sampling settings"), self._toggle_sampling,
                icon="sidebar", scope=self.page_id, menu="page",
            ),
            Command(
                "compare.clear", lambda: self.tr("Clear the results"), self.model.clear,
                icon="trash", scope=self.page_id, menu="page",
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
        self.header.set_primary(registry.action("compare.run"))
        self.empty = EmptyState(self.services, "columns", registry.action("compare.run"), self)
        self.stack.addWidget(self.empty)
        self.control.also(self.empty.button)
        self._columns_changed()

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "empty"):
            self.empty.set_text(
                self.tr("Run asks the question with each chosen technique, side by side.")
            )

    def undo_stack(self) -> QUndoStack | None:
        return self.model.prompt.undo_stack

    def entered(self) -> None:
        self._follow_model()
        self.counter.touch()

    def take_from_desk(self) -> None:
        given = self.services.desk.take(self.page_id)
        if isinstance(given, PromptState):
            self.model.prompt.load(given, self.tr("Use a prompt of the library"))
        elif isinstance(given, OpenedRun):
            self.services.model.choose(given.spec.models[0])
            self.model.prompt.load(prompt_of(given.spec), self.tr("Open a stored run"))
            self.model.set_setup(setup_of(given.spec))
            self.model.show_stored(given.columns)
            self._tell_question(given)

    def save_state(self) -> dict[str, object]:
        return self._state.save()

    def restore_state(self, state: dict[str, object]) -> None:
        self._state.restore(state)

    def run_demo(self, done: Callable[[], None]) -> None:
        """The sample under three techniques; `done` when all have answered."""
        self.load_sample()
        setup = default_setup()
        chosen = tuple(
            replace(choice, checked=choice.uid in DEMO_TECHNIQUES) for choice in setup.variants
        )
        self.model.set_setup(replace(setup, variants=chosen, models=self.model.setup.models[:1]))
        self._after_run = done
        if not self.model.run():
            self._run_ended()

    def demo_problem(self) -> ErrorReport | None:
        failed = (column.error for column in self.model.columns if column.error is not None)
        return next(failed, self.refusal.report())

    def _tell_question(self, given: OpenedRun) -> None:
        if given.items > 1:
            text = self.tr("Question {n} of {m} is open here; Runs lets you choose another.")
            self.services.notify.info(text.format(n=given.item + 1, m=given.items))

    # What the person does

    def load_sample(self) -> None:
        """The teaching story of the first start, in the window's language; one undo step."""
        self.exercise = 0
        self.model.prompt.load(sample(self._language()), self.tr("Load the sample"))

    def _run(self) -> None:
        self.refusal.show_report(None)
        self.model.run()

    def _another(self) -> None:
        self.exercise += 1
        state = self.model.prompt.state
        self._load_preset(state.task, state.language)

    def _task_chosen(self, task: str, language: str) -> None:
        self.exercise = 0
        self._load_preset(task, cast(Language, language))

    def _load_preset(self, task: str, language: Language) -> None:
        if not task:
            own = replace(self.model.prompt.state, language=language)
            self.model.prompt.load(own, self.tr("Change the prompt's language"))
            return
        try:
            self.model.prompt.load(preset(task, language, self.exercise))
        except EngineError as error:
            self.refusal.show_report(error.report())

    def _toggle_overlay(self) -> None:
        self.bar.overlay.toggle()

    def _explain(self) -> None:
        case = case_of_columns(self.model.columns)
        if case is not None:
            self.services.desk.lay("why", case)

    def _look_inside(self, uid: int) -> None:
        """Open a column's prompt and answer on the page Attention."""
        self._hand_over("attention", uid)

    def _see_positions(self, uid: int) -> None:
        """Open a column's prompt and answer on the page Position."""
        self._hand_over("position", uid)

    def _hand_over(self, page_id: str, uid: int) -> None:
        column = next(one for one in self.model.columns if one.uid == uid)
        case = case_of_column(column)
        if case is not None:
            self.services.desk.lay(page_id, case)

    def _look_inside_last(self) -> None:
        self._hand_over_last("attention")

    def _see_positions_of_last(self) -> None:
        self._hand_over_last("position")

    def _hand_over_last(self, page_id: str) -> None:
        answered = [one for one in self.model.columns if case_of_column(one) is not None]
        if answered:
            self._hand_over(page_id, answered[-1].uid)

    def _toggle_sampling(self) -> None:
        self.bar.sampling.toggle()

    def _overlay_wanted(self, uid: int) -> None:
        self.overlay.choose(uid)
        self.bar.overlay.setChecked(True)

    def _overlay_toggled(self, shown: bool) -> None:
        self.columns.close_cards()
        self.overlay.setVisible(shown)
        if shown:
            self.overlay.refresh()

    def _fit_overlay(self) -> None:
        """As high as its answers, at most half, until the person moves the border."""
        if not self._lower_by_hand and self.overlay.isVisible():
            whole = self.lower.height()
            wanted = min(self.overlay.sizeHint().height(), whole // 2)
            self.lower.setSizes([whole - wanted, wanted])

    def _lower_moved(self) -> None:
        self._lower_by_hand = True

    def _overlay_closed(self) -> None:
        self.bar.overlay.setChecked(False)

    def _sampling_edited(self, sampling: Sampling) -> None:
        self.model.set_setup(replace(self.model.setup, sampling=sampling))

    # Model to widgets

    def _now(self) -> tuple[PromptState, CompareSetup]:
        return self.model.prompt.state, self.model.setup

    def _prompt_changed(self, place: str) -> None:
        self.services.desk.share("prompt", self.model.prompt.state)
        self.counter.touch()
        self.refusal.show_report(None)
        if place == "all":
            self.techniques.set_setup(self.model.setup, self.model.prompt.state.language)
        self.state_changed.emit()

    def _setup_changed(self) -> None:
        setup = self.model.setup
        self.techniques.set_setup(setup, self.model.prompt.state.language)
        self.bar.set_setup(setup)
        self.sampling.set_sampling(setup.sampling)
        self.columns.expect(len(setup.chosen()) * len(setup.models))
        self.refusal.show_report(None)
        self.counter.touch()
        self.services.actions.refresh()
        self.state_changed.emit()

    def _share_pinned(self) -> None:
        """Other pages may ask the pinned prompts again."""
        self.services.desk.share(PINNED, pinned_of(self.model.columns))

    def _columns_changed(self) -> None:
        self._share_pinned()
        has_columns = bool(self.model.columns)
        if has_columns:
            self._state.columns_came()
        if has_columns and hasattr(self, "empty") and self.empty.button.hasFocus():
            self.control.take_focus()
        self.stack.setCurrentIndex(0 if has_columns or self.stack.count() == 1 else 1)
        self.bar.setVisible(True)
        self._offer_what_can()
        self.state_changed.emit()

    def _column_changed(self, _uid: int) -> None:
        self._offer_what_can()

    def _offer_what_can(self) -> None:
        self.bar.set_can(self._can_overlay(), any(c.result is not None for c in self.model.columns))
        self.services.actions.refresh()

    def _counted(self, counts: TokenCounts) -> None:
        info = self.services.model.info
        self.prompt.set_counts(counts, info.context_length if info else None)

    def _count_failed(self) -> None:
        self.prompt.set_counts(None, None)

    def _refused(self, problem: PromptProblem) -> None:
        if problem.place == "setup":
            self.refusal.show_report(problem.report)
        else:
            self.prompt.show_problem(problem)

    def _run_ended(self) -> None:
        if self.model.running:
            return
        after, self._after_run = self._after_run, None
        if after is not None:
            after()

    def _follow_model(self) -> None:
        """The first model asked is always the one in the model bar."""
        setup = self.model.setup
        ref = self.services.model.ref
        others = tuple(model for model in setup.models[1:] if model.id != ref.id)
        self.model.set_setup(replace(setup, models=(ref, *others)))

    def _entries_changed(self) -> None:
        self.bar.set_entries(self.services.model.entries)

    def set_tint(self, tint: str) -> None:
        """What the tint of the tokens shows; the session keeps it."""
        name = next(known for known in TINTS if known == tint)
        self.bar.set_tint(name)
        self.columns.set_tint(name)
        self.state_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The prompt takes its share until the person moves the border."""
        super().resizeEvent(event)
        self._chips.set_most(round(self.height() * CHIPS_SHARE))
        if not self.split_by_hand:
            width = self.splitter.width()
            left = self.prompt.width_in(width)
            self.splitter.setSizes([left, max(1, width - left)])

    def _split_moved(self) -> None:
        self.split_by_hand = True
        self.state_changed.emit()

    # Small questions

    def _language(self) -> Language:
        return "zh" if self.services.i18n.language.startswith("zh") else "en"

    def _can_explain(self) -> bool:
        return any(column.result is not None for column in self.model.columns)

    def _can_overlay(self) -> bool:
        return sum(1 for column in self.model.columns if column.records) >= 2

    # Building

    def _build(self) -> None:
        self.sampling.hide()
        self.overlay.hide()
        results = QWidget(self)
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.strip)
        column.addWidget(self.columns, 1)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(results)
        lower = self.lower = QSplitter(Qt.Orientation.Vertical, self)
        lower.setChildrenCollapsible(False)
        lower.setHandleWidth(8)
        lower.addWidget(self.stack)
        lower.addWidget(self.overlay)
        lower.setStretchFactor(0, 1)
        lower.setStretchFactor(1, 0)
        middle = QSplitter(Qt.Orientation.Horizontal, self)
        middle.setChildrenCollapsible(False)
        middle.setHandleWidth(8)
        middle.addWidget(lower)
        middle.addWidget(self.sampling)
        middle.setStretchFactor(0, 1)
        right = QWidget(self)
        layout = QVBoxLayout(right)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(8)
        self._chips = LowScroll(self.techniques, right)
        for widget in (self._chips, self.bar, self.refusal):
            layout.addWidget(widget)
        layout.addWidget(middle, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.addWidget(self.prompt)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        model = self.model
        model.prompt.changed.connect(self._prompt_changed)
        model.setup_changed.connect(self._setup_changed)
        model.columns_changed.connect(self._columns_changed)
        model.column_changed.connect(self._column_changed)
        model.pins_changed.connect(self.state_changed)
        model.pins_changed.connect(self._share_pinned)
        model.running_changed.connect(self.strip.set_running)
        model.progressed.connect(self.strip.show_progress)
        model.refused.connect(self._refused)
        model.finished.connect(self._run_ended)
        model.store_failed.connect(self.services.notify.error)
        self.splitter.splitterMoved.connect(self._split_moved)
        self.counter.counted.connect(self._counted)
        self.counter.failed.connect(self._count_failed)
        self.prompt.task_chosen.connect(self._task_chosen)
        self.prompt.another_wanted.connect(self._another)
        self.techniques.setup_edited.connect(model.set_setup)
        self.bar.setup_edited.connect(model.set_setup)
        self.bar.sampling_toggled.connect(self.sampling.setVisible)
        self.bar.tint_chosen.connect(self.set_tint)
        self.bar.overlay_toggled.connect(self._overlay_toggled)
        self.bar.save_chosen.connect(self.reports.save_or_copy)
        self.sampling.edited.connect(self._sampling_edited)
        self.columns.copy_wanted.connect(self.reports.copy_column)
        self.columns.save_wanted.connect(self.reports.save_column)
        self.columns.inside_wanted.connect(self._look_inside)
        self.columns.positions_wanted.connect(self._see_positions)
        self.columns.overlay_wanted.connect(self._overlay_wanted)
        self.columns.sent_toggled.connect(self.state_changed)
        self.overlay.closed.connect(self._overlay_closed)
        self.overlay.aligned.connect(self._fit_overlay)
        self.lower.splitterMoved.connect(self._lower_moved)
        self.services.model.chosen.connect(self._follow_model)
        self.services.model.entries_changed.connect(self._entries_changed)
        self._entries_changed()
