"""Evaluate: a whole set under every technique, with figures that say how sure they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QProgressBar,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from PySide6.QtWidgets import QHBoxLayout as Row

from engine.decoding.params import Sampling
from engine.errors import EngineError, ErrorReport
from engine.evaluation.datasets.dataset import Dataset
from engine.jobs.events import Progress
from engine.prompting.library import FOLDER, Library
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.numbers import duration
from workbench.viewmodels.evaluate import EvaluateModel
from workbench.viewmodels.evaluate_setup import EvaluateSetup, Recent, default_evaluation
from workbench.viewmodels.names import column_title
from workbench.viewmodels.prompt_state import PromptState
from workbench.views.evaluate.files import SetFiles, dropped_file
from workbench.views.evaluate.items_panel import ItemsPanel
from workbench.views.evaluate.results.panel import ResultsPanel
from workbench.views.evaluate.side_panel import PromptChoice, SidePanel
from workbench.views.evaluate.words import shape_name
from workbench.views.page import Page
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.sampling_panel import SamplingPanel

DEMO_ITEMS = 12


class EvaluatePage(Page):
    """Settings at the left, the items and their figures at the right."""

    page_id: ClassVar[str] = "evaluate"
    icon_name: ClassVar[str] = "evaluate"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = EvaluateModel(services.jobs, services.background, services.paths.data, self)
        self._after_run: Callable[[], None] | None = None
        self._progress: Progress | None = None
        self.files = SetFiles(services, self)
        # The second click of a double click on Run lands on Stop: until it is over, Stop waits.
        self._stop_guard = QTimer(self)
        self._stop_guard.setSingleShot(True)
        self._stop_guard.timeout.connect(services.actions.refresh)
        self.side = SidePanel(services.icons, self)
        self.fold = QToolButton(self)
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self.fold.setObjectName("fold-settings")
        services.icons.bind(self.fold, "sidebar")
        self.sampling = SamplingPanel(self)
        self.sampling.hide()
        self.step = PlainLabel(self)
        set_role(self.step, "muted")
        self.step.setWordWrap(True)
        self.progress = QProgressBar(self)
        self.progress.hide()
        self.refusal = ErrorNote(self)
        self.items = ItemsPanel(self.model, services, self)
        self.results = ResultsPanel(services, self)
        self.model.listener = self.results
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self.model.set_setup(self._default())
        self._setup_changed()

    # What every page has

    def title(self) -> str:
        return self.tr("Evaluate")

    def subtitle(self) -> str:
        return self.tr("A whole test set under every technique, and how sure the difference is.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Run, Stop, and what the palette offers of this page."""
        commands = (
            Command(
                "evaluate.run", lambda: self.tr("Run"), self._run, shortcut="Ctrl+Return",
                icon="play", enabled=self._can_run, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Ask every item with every chosen technique"),
            ),
            Command(
                "evaluate.stop", lambda: self.tr("Stop"), self.model.stop, shortcut="Esc",
                icon="stop", enabled=self._can_stop, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Stop answering; what is there stays"),
            ),
            Command(
                "evaluate.import", lambda: self.tr("Import a data set…"), self.files.choose,
                shortcut="Ctrl+O", icon="upload", scope=self.page_id, menu="page",
            ),
            Command(
                "evaluate.settings", lambda: self.tr("Settings of the evaluation"),
                self.fold.toggle, icon="sidebar", scope=self.page_id, menu="page",
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
        self.header.set_primary(registry.action("evaluate.run"))

    def retranslate(self) -> None:
        super().retranslate()
        self.tabs.setTabText(0, self.tr("Items"))
        self.tabs.setTabText(1, self.tr("Results"))
        self.fold.setToolTip(self.tr("Show or hide the settings"))
        self.fold.setAccessibleName(self.fold.toolTip())
        self._write_step()
        self._write_facts()

    def entered(self) -> None:
        self.services.background.run(self._read_library, self.side.set_library, self._told)
        self._follow_compare()
        self._follow_model()
        if self.model.plan is None and self.model.problem is None:
            self.model.replan()

    def save_state(self) -> dict[str, object]:
        return {
            "setup": self.model.setup.to_plain(),
            "pace": self.model.pace,
            "settings_open": self.fold.isChecked(),
            "sampling_open": self.side.sampling.isChecked(),
            "split": self.splitter.sizes(),
            "tab": self.tabs.currentIndex(),
        }

    def restore_state(self, state: dict[str, object]) -> None:
        setup = EvaluateSetup.from_plain(state.get("setup"))
        current = self.model.setup.compare.models
        self.model.set_setup(setup.with_models(current[:1] + setup.compare.models[1:]))
        pace = state.get("pace")
        if isinstance(pace, dict):
            self.model.pace = {
                str(name): float(value)
                for name, value in pace.items()
                if isinstance(value, int | float)
            }
        self.fold.setChecked(bool(state.get("settings_open", True)))
        self.side.sampling.setChecked(bool(state.get("sampling_open", False)))
        split = state.get("split")
        tab = state.get("tab")
        if tab in (0, 1):
            self.tabs.setCurrentIndex(int(str(tab)))
        if isinstance(split, list) and len(split) == 3 and all(isinstance(n, int) for n in split):
            self.splitter.setSizes(split)

    def run_demo(self, done: Callable[[], None]) -> None:
        """The stories of the teaching world under three techniques."""
        setup = self._default()
        self.model.set_setup(
            replace(
                setup,
                items=DEMO_ITEMS,
                compare=replace(setup.compare, models=self.model.setup.compare.models[:1]),
            )
        )
        self._after_run = done
        if not self.model.run():
            self._run_ended()

    def demo_problem(self) -> ErrorReport | None:
        cells = (cell for own in self.model.cells.values() for cell in own)
        failed = (cell.error for cell in cells if cell.error is not None)
        return next(failed, self.refusal.report())

    def _default(self) -> EvaluateSetup:
        """The first start, in the window's language."""
        chinese = self.services.i18n.language.startswith("zh")
        return replace(default_evaluation(), language="zh" if chinese else "en")

    # What the person does

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the page."""
        if dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import the file that was dropped."""
        path = dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.files.read(path)

    def _imported(self, dataset: Dataset, file: Recent) -> None:
        self.model.take_dataset(dataset, file)
        items = self.model.setup.items if self.model.setup.source == "file" else 20
        self.model.set_setup(self.model.setup.with_file(file, items))

    def _run(self) -> None:
        self.refusal.show_report(None)
        if self.model.running:
            return
        self.model.run()

    def _sampling_edited(self, sampling: Sampling) -> None:
        setup = self.model.setup
        self.model.set_setup(replace(setup, compare=replace(setup.compare, sampling=sampling)))

    def _item_wanted(self, item_id: str) -> None:
        """Show an item that the results name."""
        table = self.model.table
        for row in range(table.rowCount()):
            if table.item(row).id == item_id:
                self.tabs.setCurrentIndex(0)
                self.items.show_all()
                self.items.select_row(row)
                return

    def _save_rows(self, rows: object) -> None:
        plan = self.model.plan
        if plan is not None:
            assert isinstance(rows, list)
            self.files.save_rows(plan, rows)

    # Model to widgets

    def _read_library(self) -> tuple[PromptChoice, ...]:
        """On a background thread."""
        entries = Library(self.services.paths.data / FOLDER).entries()
        return tuple(PromptChoice(one.id, one.name) for one in entries if not one.problem)

    def _told(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self.services.notify.error(error.report())

    def _follow_compare(self, name: str = "prompt") -> None:
        """Compare's prompt as it stands; before that page was built, as its session left it."""
        if name != "prompt":
            return
        state = self.services.desk.seen("prompt")
        if not isinstance(state, PromptState):
            stored = self.services.session.state_of("compare").get("prompt")
            state = PromptState.from_plain(stored) if stored is not None else None
        self.model.set_compare_prompt(state.elements() if state is not None else None)

    def _follow_model(self) -> None:
        """The bench's model is the first one asked."""
        setup = self.model.setup
        models = setup.compare.models
        ref = self.services.model.ref
        if models[:1] != (ref,) and not self.model.running:
            self.model.set_setup(
                setup.with_models((ref, *(model for model in models[1:] if model != ref)))
            )

    def _entries_changed(self) -> None:
        self.side.models.set_entries(self.services.model.entries)

    def _setup_changed(self) -> None:
        self.side.set_setup(self.model.setup)
        self.sampling.set_sampling(self.model.setup.compare.sampling)
        self.services.actions.refresh()
        self.state_changed.emit()

    def _planned(self) -> None:
        self.refusal.show_report(self.model.problem)
        self._write_facts()
        self._write_step()
        self.services.actions.refresh()

    def _write_facts(self) -> None:
        plan = self.model.plan
        if plan is None:
            return
        language = plan.spec.prompt.language if plan.spec is not None else "en"
        about = ""
        if plan.dataset is not None:
            parts = [
                self.tr("{n:,} items").format(n=plan.whole),
                shape_name(plan.dataset.shape),
                plan.dataset.licence,
            ]
            about = " · ".join(part for part in parts if part)
        self.side.set_facts(about, plan.rules, language)

    def _write_step(self) -> None:
        if self.model.running:
            self.step.setText(self._running_text())
            return
        plan = self.model.plan
        if plan is None:
            self.step.setText("" if self.model.problem else self.tr("Preparing…"))
            return
        if plan.spec is None:
            text = self.tr("No chosen technique can be asked.")
        else:
            text = self.tr("{items:,} items × {variants} techniques = {answers:,} answers").format(
                items=len(plan.spec.items),
                variants=len(plan.spec.variants) * len(plan.spec.models),
                answers=plan.answers,
            )
            seconds = self.model.estimate_s()
            if seconds is not None:
                text += " · " + self.tr("about {time}").format(time=duration(seconds))
        if self.model.outdated:
            text += " · " + self.tr("the answers shown were asked with other settings")
        if plan.left_out:
            names = ", ".join(column_title(uid, "") for uid in plan.left_out)
            text += " · " + self.tr("left out without examples or steps: {names}").format(
                names=names
            )
        self.step.setText(text)

    def _running_text(self) -> str:
        event = self._progress
        if event is None:
            return self.tr("Preparing…")
        text = tell(event.text)
        if event.remaining_s is not None and event.remaining_s >= 1.0:
            left = self.tr("{time} left").format(time=duration(event.remaining_s))
            text = f"{text} · {left}" if text else left
        return text

    def _progressed(self, event: Progress) -> None:
        self._progress = event
        if event.fraction is None:
            self.progress.setRange(0, 0)
        else:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(1000 * event.fraction))
        self._write_step()

    def _running_changed(self, running: bool) -> None:
        self._progress = None
        if running:
            self._stop_guard.start(QApplication.doubleClickInterval())
        else:
            self._stop_guard.stop()
        registry = self.services.actions
        registry.refresh()
        if registry.has("evaluate.run"):
            name = "evaluate.stop" if running else "evaluate.run"
            had_focus = self.header.primary is not None and self.header.primary.hasFocus()
            button = self.header.set_primary(registry.action(name))
            if had_focus:
                button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.progress.setRange(0, 0 if running else 1)
        self.progress.setVisible(running)
        self._write_step()
        self.items.answers_changed()

    def _run_ended(self) -> None:
        self.refusal.show_report(self.model.problem)
        self.items.answers_changed()
        self._write_step()
        done, self._after_run = self._after_run, None
        if done is not None:
            done()

    def _can_run(self) -> bool:
        if self.model.running:
            return False
        plan = self.model.plan
        return self.model.problem is None if plan is None else plan.spec is not None

    def _can_stop(self) -> bool:
        return self.model.running and not self._stop_guard.isActive()

    # Building

    def _build(self) -> None:
        status = Row()
        status.setSpacing(12)
        status.addWidget(self.fold)
        status.addWidget(self.step, 1)
        self.tabs.addTab(self.items, "")
        self.tabs.addTab(self.results, "")
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(4, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(status)
        column.addWidget(self.progress)
        column.addWidget(self.refusal)
        column.addWidget(self.tabs, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        for part in (self.side, right, self.sampling):
            self.splitter.addWidget(part)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setStretchFactor(2, 0)
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        model = self.model
        model.setup_changed.connect(self._setup_changed)
        model.planned.connect(self._planned)
        model.running_changed.connect(self._running_changed)
        model.progressed.connect(self._progressed)
        model.ended.connect(self._run_ended)
        model.store_failed.connect(self.services.notify.error)
        self.side.setup_edited.connect(model.set_setup)
        self.side.import_wanted.connect(self.files.choose)
        self.side.file_wanted.connect(self.files.read_again)
        self.side.sampling_toggled.connect(self.sampling.setVisible)
        self.fold.toggled.connect(self.side.setVisible)
        self.fold.toggled.connect(self.state_changed)
        self.sampling.edited.connect(self._sampling_edited)
        self.files.imported.connect(self._imported)
        self.items.save_wanted.connect(self._save_rows)
        self.results.itemChosen.connect(self._item_wanted)
        self.results.ruleChosen.connect(model.read_by)
        self.tabs.currentChanged.connect(self.state_changed)
        self.splitter.splitterMoved.connect(self.state_changed)
        self.services.desk.shared.connect(self._follow_compare)
        self.services.model.chosen.connect(self._follow_model)
        self.services.model.entries_changed.connect(self._entries_changed)
        self._entries_changed()
