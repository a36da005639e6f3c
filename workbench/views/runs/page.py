"""Runs: everything that was asked, to be found, read, resumed, compared and opened again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QWidget

from engine.errors import ErrorReport
from engine.evaluation.spec import CompareSpec
from engine.store.runs import RunInfo
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.compare_history import OpenedRun
from workbench.viewmodels.runs import RunsModel
from workbench.viewmodels.runs_table import RunFilter
from workbench.views.page import Page
from workbench.views.runs.demo import Demo
from workbench.views.runs.details import RunPanel
from workbench.views.runs.pair_panel import PairPanel
from workbench.views.runs.run_list import RunList
from workbench.widgets.action_button import ActionButton
from workbench.widgets.empty_state import EmptyState

LOOK_AGAIN_MS: Final = 1500


class RunsPage(Page):
    """The list at the left; one run, or two compared, at the right."""

    _demo: Demo | None = None

    page_id: ClassVar[str] = "runs"
    icon_name: ClassVar[str] = "runs"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.list = RunList(services, self)
        self.model = RunsModel(
            services.project, services.jobs, services.notify, self.list.table, self
        )
        self.details = RunPanel(services, self.model, self)
        self.pair = PairPanel(services, self)
        self.hint = EmptyState(services, "runs", None, self)
        self.side = QStackedWidget(self)
        for widget in (self.details, self.pair, self.hint):
            self.side.addWidget(widget)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(9)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([740, 520])
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.splitter)
        self.body.addWidget(self.stack, 1)
        self._wanted: tuple[str, ...] = ()
        self._filter_wanted: RunFilter | None = None
        # Cells of a running job are counted anew while somebody looks.
        self._again = QTimer(self)
        self._again.setInterval(LOOK_AGAIN_MS)
        self._again.timeout.connect(self.model.refresh)
        self._connect()

    # What every page has

    def title(self) -> str:
        return self.tr("Runs")

    def subtitle(self) -> str:
        return self.tr("Every answer is kept: find it, compare it, open it again.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Open, Resume, Export, Delete and what the palette offers of this page."""
        commands = (
            Command(
                "runs.open", lambda: self.tr("Open in Compare"), self._open,
                shortcut="Ctrl+Return", icon="compare", enabled=self._can_open,
                scope=self.page_id, menu="page",
                hint=lambda: self.tr("Prompt, settings and answers as they were"),
            ),
            Command(
                "runs.resume", lambda: self.tr("Resume"), self._resume, icon="play",
                enabled=self._can_resume, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Ask what is missing; finished answers are kept"),
            ),
            Command(
                "runs.export", lambda: self.tr("Export…"), self._export, shortcut="Ctrl+E",
                icon="save", enabled=self._has_one, scope=self.page_id, menu="page",
            ),
            Command(
                "runs.delete", lambda: self.tr("Delete"), self.model.delete, shortcut="Del",
                icon="trash", enabled=self._can_delete, scope=self.page_id, menu="page",
            ),
            Command(
                "runs.archive", self._archive_text, self._archive, icon="folder",
                enabled=self._has_any, scope=self.page_id, menu="page",
            ),
            Command(
                "runs.copy-command", lambda: self.tr("Copy as command"), self._copy_command,
                icon="command", enabled=self._has_one, scope=self.page_id, menu="page",
            ),
            Command(
                "runs.search", lambda: self.tr("Search in all runs"), self._focus_search,
                shortcut="Ctrl+F", icon="search", scope=self.page_id, menu="page",
            ),
            Command(
                "runs.everything", lambda: self.tr("Show every run"), self.list.filters.clear,
                icon="close", scope=self.page_id, menu="page",
            ),
            Command(
                "runs.refresh", lambda: self.tr("Look again"), self.model.refresh,
                shortcut="F5", icon="refresh", scope=self.page_id, menu="page",
            ),
            Command(
                "runs.begin", lambda: self.tr("Compare something"), self._begin,
                icon="compare", scope=self.page_id,
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
        self.header.set_primary(registry.action("runs.open"))
        for name in ("delete", "export", "resume"):
            self.header.add_button(ActionButton(self.services, registry.action(f"runs.{name}")))
        self.list.offer(registry.action("runs.everything"))
        self.empty = EmptyState(self.services, "runs", registry.action("runs.begin"), self)
        self.stack.addWidget(self.empty)
        self.retranslate()

    def retranslate(self) -> None:
        super().retranslate()
        self.list.retranslate()
        self.details.retranslate()
        self.pair.retranslate()
        self._write_hint()
        if hasattr(self, "empty"):
            self._write_empty()

    def entered(self) -> None:
        self._write_empty()
        if not self.services.project.keeps:
            self.stack.setCurrentWidget(self.empty)
        self.model.refresh()

    def save_state(self) -> dict[str, object]:
        wanted = self.list.filters.value()
        return {
            "selected": list(self.model.selected),
            "search": self.list.filters.search.text(),
            "filter": [wanted.kind, wanted.status, wanted.model, wanted.days, wanted.archived],
            "folds": self.details.save_state(),
            "splitter": self.splitter.saveState().toBase64().toStdString(),
        }

    def restore_state(self, state: dict[str, object]) -> None:
        chosen = state.get("selected")
        if isinstance(chosen, list):
            self._wanted = tuple(one for one in chosen if isinstance(one, str))
        words = state.get("search")
        if isinstance(words, str) and words:
            self.list.filters.search.setText(words)
        match state.get("filter"):
            case [str(kind), str(status), str(model), int(days), bool(archived)]:
                # Models can be chosen once the list is read.
                self._filter_wanted = RunFilter(kind, status, model, days, archived)
        self.details.restore_state(state.get("folds"))
        splitter = state.get("splitter")
        if isinstance(splitter, str):
            self.splitter.restoreState(QByteArray.fromBase64(splitter.encode()))

    def run_demo(self, done: Callable[[], None]) -> None:
        """A few small comparisons of the teaching model, then the newest in detail."""
        self._demo = Demo(self.model, self.services, self.list, done)

    def demo_problem(self) -> ErrorReport | None:
        return self._demo.problem if self._demo is not None else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        self._again.stop()
        super().hideEvent(event)

    def _connect(self) -> None:
        self.list.selected.connect(self._selected)
        self.list.open_wanted.connect(self._open)
        self.list.filters.searched.connect(self.model.search)
        self.list.filters.changed.connect(self._touched)
        self.list.filters.searched.connect(self._touched)
        self.details.toggled.connect(self.state_changed)
        self.splitter.splitterMoved.connect(self.state_changed)
        self.model.listed.connect(self._listed)
        self.model.details_changed.connect(self._details_changed)
        self.model.opened.connect(self._opened)
        self.model.deleted.connect(self._deleted)
        self.model.exported.connect(self._exported)
        self.model.command_made.connect(self._copied)
        self.services.jobs.activity_changed.connect(self._watch)

    # Model to widgets

    def _listed(self) -> None:
        self.list.refreshed()
        if self._filter_wanted is not None:
            wanted_filter, self._filter_wanted = self._filter_wanted, None
            self.list.filters.set_value(wanted_filter)
        runs = self.list.table.all_runs
        self.stack.setCurrentIndex(1 if not runs and self.stack.count() > 1 else 0)
        if self._wanted:
            wanted, self._wanted = self._wanted, ()
            self.list.select(wanted)
        if not self.model.selected and self.list.table.rowCount():
            self.list.select((self.list.table.index(0, 0).data(Qt.ItemDataRole.UserRole).id,))
        self._details_changed()

    def _selected(self, run_ids: tuple[str, ...]) -> None:
        self.model.select(run_ids)
        self.state_changed.emit()

    def _details_changed(self) -> None:
        count = len(self.model.selected)
        if count == 1:
            run = self.model.info(self.model.selected[0])
            self.details.show_run(run, self.model.details)
        if count == 2:
            self.pair.show_pair(self.model.pair)
        self.side.setCurrentIndex({1: 0, 2: 1}.get(count, 2))
        self._write_hint()
        self.services.actions.refresh()

    def _write_hint(self) -> None:
        count = len(self.model.selected)
        if count > 2:
            self.hint.set_text(self.tr("{n} runs are selected.").format(n=count))
        else:
            self.hint.set_text(self.tr("Choose a run; choose two to compare them."))

    def _write_empty(self) -> None:
        if self.services.project.keeps:
            text = self.tr("Nothing was asked yet. Every comparison is kept here.")
        else:
            text = self.tr("In safe mode nothing is kept, and earlier runs stay as they are.")
        self.empty.set_text(text)

    def _watch(self) -> None:
        """Look again and again while a job runs and the page is seen."""
        if self.isVisible() and self.services.jobs.busy:
            self._again.start()
        else:
            self._again.stop()

    def _touched(self) -> None:
        self.state_changed.emit()

    # What the person does

    def _chosen(self) -> RunInfo | None:
        selected = self.model.selected
        return self.model.info(selected[0]) if len(selected) == 1 else None

    def _can_open(self) -> bool:
        run = self._chosen()
        return run is not None and run.kind == CompareSpec.kind and run.cells > 0

    def _can_resume(self) -> bool:
        run = self._chosen()
        return run is not None and run.resumable and self.model.details is not None

    def _has_one(self) -> bool:
        run = self._chosen()
        return run is not None and run.kind == CompareSpec.kind

    def _has_any(self) -> bool:
        return bool(self.model.selected)

    def _can_delete(self) -> bool:
        runs = map(self.model.info, self.model.selected)
        return any(run is not None and run.status != "running" for run in runs)

    def _open(self) -> None:
        if self._can_open():
            self.model.open()

    def _opened(self, run: OpenedRun) -> None:
        self.services.desk.lay("compare", run)

    def _resume(self) -> None:
        if self.model.resume():
            self.services.notify.info(self.tr("The run goes on; what it has is kept."))

    def _begin(self) -> None:
        self.services.actions.trigger("page.compare")

    def _archive_text(self) -> str:
        run = self.model.info(self.model.selected[0]) if self.model.selected else None
        return self.tr("Take out of the archive") if run and run.archived else self.tr("Archive")

    def _archive(self) -> None:
        run = self.model.info(self.model.selected[0])
        if run is not None:
            self.model.archive(not run.archived)

    def _focus_search(self) -> None:
        self.list.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.filters.search.selectAll()

    def _deleted(self, gone: tuple[str, ...]) -> None:
        text = self.tr("{n} runs deleted").format(n=len(gone))
        if len(gone) == 1:
            text = self.tr("Run deleted")
        self.services.notify.offer(text, self.tr("Undo"), lambda: self.model.restore(gone))

    def _copy_command(self) -> None:
        self.model.make_command(self.services.paths.data / "specs")

    def _copied(self, line: str, path: Path | None) -> None:
        QGuiApplication.clipboard().setText(line)
        if path is None:
            self.services.notify.info(self.tr("Copied"))
        else:
            text = self.tr("Copied. The comparison itself is in {file}.")
            self.services.notify.info(text.format(file=path))

    def _export(self) -> None:
        filters = [
            self.tr("Web page (*.html)"),
            self.tr("Markdown (*.md)"),
            self.tr("Table (*.csv)"),
            self.tr("JSON lines, lossless (*.jsonl)"),
            self.tr("JSON (*.json)"),
            self.tr("promptfoo results (*.promptfoo.json)"),
        ]
        dialog = QFileDialog(self, self.tr("Export the run"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters)
        dialog.setDefaultSuffix("html")
        dialog.selectFile("run.html")
        dialog.filterSelected.connect(self._suffix_chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        self._dialog = dialog
        dialog.open()

    def _suffix_chosen(self, chosen: str) -> None:
        suffix = chosen.rsplit("*.", 1)[1].rstrip(")")
        self._dialog.setDefaultSuffix(suffix)
        stem = "run"
        names = self._dialog.selectedFiles()
        if names:
            stem = Path(names[0]).name.split(".", 1)[0]
        self._dialog.selectFile(f"{stem}.{suffix}")

    def _file_chosen(self, name: str) -> None:
        self.model.export(Path(name))

    def _exported(self, path: Path) -> None:
        self.services.notify.good(self.tr("Saved {name}").format(name=path.name))
