"""Compare: the same question, asked in different ways, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QUndoStack
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.decoding.params import Sampling
from engine.errors import EngineError, ErrorReport
from engine.prompting.elements import Language
from workbench.services.actions import ActionRegistry
from workbench.services.container import Services
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_documents import DocumentChoice
from workbench.viewmodels.compare_history import OpenedRun
from workbench.viewmodels.compare_opened import prompt_of, setup_of
from workbench.viewmodels.compare_pinned import PINNED, pinned_of
from workbench.viewmodels.compare_setup import CompareSetup, default_setup
from workbench.viewmodels.prompt_counter import PromptCounter, TokenCounts
from workbench.viewmodels.prompt_presets import documents_sample, preset, sample
from workbench.viewmodels.prompt_state import PromptProblem, PromptState
from workbench.views.compare.columns_area import ColumnsArea
from workbench.views.compare.lower import Lower
from workbench.views.compare.onward import Onward
from workbench.views.compare.overlay_panel import OverlayPanel
from workbench.views.compare.page_commands import PageCommands
from workbench.views.compare.page_state import PageState
from workbench.views.compare.passage_panel import PassagePanel
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
from workbench.widgets.sources_bar import dropped
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
        self.onward = Onward(self.model, services.desk)
        self.control = RunControl(self.model, services.actions, self.header)
        self.exercise = 0
        self.split_by_hand = False
        self._state = PageState(self)
        self._after_run: Callable[[], None] | None = None
        self.prompt = PromptPanel(self.model.prompt, services.background.run, services.icons, self)
        self.techniques = TechniqueBar(self, documents=True)
        self.bar = ResultsBar(services.icons, self)
        self.refusal = ErrorNote(self)
        self.columns = ColumnsArea(self.model, services.icons, self)
        self.sampling = SamplingPanel(self)
        self.reports = Reports(self.model, services, self)
        self.overlay = OverlayPanel(self.model, services.background.run, self)
        self.lower = Lower(self.overlay, self.bar.overlay, self)
        self.strip = ProgressStrip(self)
        self.passage = PassagePanel(self.model, services.icons, self)
        self.setAcceptDrops(True)
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
        for command in PageCommands(self).all():
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

    def run(self) -> None:
        """Ask with every chosen technique."""
        self.refusal.show_report(None)
        self.prompt.documents.show_error(None)
        self.model.run()

    def another(self) -> None:
        """Another exercise of the same task."""
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

    def load_documents_sample(self) -> None:
        """Documents with a key each, and the question for one of them."""
        prompt, documents = documents_sample(self._language())
        self.model.prompt.load(prompt, self.tr("Load the sample with documents"))
        self.model.set_setup(self.model.setup.without_examples().with_documents(documents))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Documents may be dropped anywhere on the page."""
        if dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the documents that were dropped."""
        found = dropped(event)
        if found:
            event.acceptProposedAction()
            self.prompt.documents.add_files(found)

    def _documents_edited(self, documents: DocumentChoice) -> None:
        self.model.set_setup(self.model.setup.with_documents(documents))

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
        self.prompt.documents.show_setup(setup)
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
        self.bar.set_can(self.can_overlay(), any(c.result is not None for c in self.model.columns))
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

    def can_overlay(self) -> bool:
        """Whether two columns have something to lay over each other."""
        return sum(1 for column in self.model.columns if column.records) >= 2

    # Building

    def _build(self) -> None:
        self.sampling.hide()
        results = QWidget(self)
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.strip)
        column.addWidget(self.columns, 1)
        column.addWidget(self.passage)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(results)
        self.lower.place(self.stack)
        middle = QSplitter(Qt.Orientation.Horizontal, self)
        middle.setChildrenCollapsible(False)
        middle.setHandleWidth(8)
        middle.addWidget(self.lower)
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
        self.prompt.documents.edited.connect(self._documents_edited)
        self.prompt.another_wanted.connect(self.another)
        self.techniques.setup_edited.connect(model.set_setup)
        self.bar.setup_edited.connect(model.set_setup)
        self.bar.sampling_toggled.connect(self.sampling.setVisible)
        self.bar.tint_chosen.connect(self.set_tint)
        self.bar.overlay_toggled.connect(self.columns.close_cards)
        self.bar.overlay_toggled.connect(self.lower.show_overlay)
        self.bar.save_chosen.connect(self.reports.save_or_copy)
        self.sampling.edited.connect(self._sampling_edited)
        self.columns.copy_wanted.connect(self.reports.copy_column)
        self.columns.save_wanted.connect(self.reports.save_column)
        self.columns.inside_wanted.connect(self.onward.look_inside)
        self.columns.positions_wanted.connect(self.onward.see_positions)
        self.columns.passage_wanted.connect(self.passage.open)
        self.columns.overlay_wanted.connect(self.lower.lay_over)
        self.columns.sent_toggled.connect(self.state_changed)
        self.services.model.chosen.connect(self._follow_model)
        self.services.model.entries_changed.connect(self._entries_changed)
        self._entries_changed()
