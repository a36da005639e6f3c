"""Attention: every head of the model that answered, on the text that it read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport, PromptTooLong
from engine.inspection.capture import Role
from engine.jobs.events import Progress
from engine.prompting.elements import Language
from workbench.plots.theme import PlotTheme
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.attention import VIEWS, AttentionModel, View
from workbench.viewmodels.attention_ablation import AblationModel
from workbench.viewmodels.attention_atlas import AtlasModel
from workbench.viewmodels.attention_case import AttentionCase, demonstration
from workbench.viewmodels.attention_heads import ROLES, HeadAt
from workbench.viewmodels.attention_inside import LensModel, PatchModel, StatesModel
from workbench.viewmodels.attention_mask import MaskModel
from workbench.views.attention.atlas_panel import AtlasPanel
from workbench.views.attention.bars_panel import BarsPanel
from workbench.views.attention.cell_panel import CellPanel
from workbench.views.attention.lens_view import LensView
from workbench.views.attention.lines_view import LinesView
from workbench.views.attention.map_view import MapView
from workbench.views.attention.paint_view import PaintView
from workbench.views.attention.patch_view import PatchView
from workbench.views.attention.source_bar import SourceBar
from workbench.views.attention.two_states_view import TwoStatesView
from workbench.views.attention.words import role_name, view_name
from workbench.views.page import Page
from workbench.widgets.chips import Chip
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

ATLAS_CHARS = 36
CELL_CHARS = 30
LOW = 44  # lines of text


class AttentionPage(Page):
    """Text above, the atlas at the left, one head large, its numbers at the right."""

    page_id: ClassVar[str] = "attention"
    icon_name: ClassVar[str] = "attention"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.plot_theme = PlotTheme(services.theme, self)
        self.model = AttentionModel(services.jobs, self)
        self.atlas_model = AtlasModel(services.background, self)
        self.ablation = AblationModel(services.jobs, self)
        self._view: View = "map"
        self._after_run: Callable[[], None] | None = None
        self.source = SourceBar(self.model, self)
        self.note = ErrorNote(self)
        self.progress = QProgressBar(self)
        self.step = PlainLabel(self)
        self.views = {view: Chip(self) for view in VIEWS}
        self.roles = {role: Chip(self, compact=True) for role in ROLES}
        self.hint = PlainLabel(self)
        self.atlas = AtlasPanel(self.model, self.atlas_model, services, self.plot_theme, self)
        self.map = MapView(self.model, self.atlas_model, services, self.plot_theme, self)
        self.lens_model = LensModel(services.jobs, self)
        self.patch_model = PatchModel(services.jobs, self)
        self.states_model = StatesModel(services.jobs, self)
        self.mask_model = MaskModel(services.jobs, self.ablation.undo_stack, self)
        self.lines = LinesView(self.model, services, self.plot_theme, self)
        self.lens = LensView(self.lens_model, services, self.plot_theme, self)
        self.patch = PatchView(self.patch_model, services, self.plot_theme, self)
        self.states = TwoStatesView(self.model, self.states_model, services, self.plot_theme, self)
        self.mask = PaintView(self.model, self.mask_model, services, self.plot_theme, self)
        self.cell = CellPanel(self.model, self)
        self.bars = BarsPanel(self.model, self.ablation, services, self)
        self._build()
        self._connect()
        self._show_roles()

    # What every page has

    def title(self) -> str:
        return self.tr("Attention")

    def subtitle(self) -> str:
        return self.tr("Where each head looks, exactly as the model computed it.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Look inside, Stop, the sample, and the keys of heads and stages."""
        commands = (
            Command(
                "attention.run", lambda: self.tr("Look inside"), self._run,
                shortcut="Ctrl+Return", icon="play", enabled=self._can_run, scope=self.page_id,
                menu="page",
                hint=lambda: self.tr("Let the model read the text and keep what it saw"),
            ),
            Command(
                "attention.stop", lambda: self.tr("Stop"), self.model.looking.stop,
                shortcut="Esc", icon="stop", enabled=self._is_running, scope=self.page_id,
                menu="page",
            ),
            Command(
                "attention.demo", lambda: self.tr("Look into a sample"), self.demonstrate,
                icon="star", enabled=self._can_run, scope=self.page_id, menu="page",
            ),
            Command(
                "attention.ablate", lambda: self.tr("Take the head out or put it back"),
                self.bars.toggle_head, icon="trash", enabled=self._has_capture,
                scope=self.page_id, menu="page",
            ),
            Command(
                "attention.next", lambda: self.tr("Next stage"), self._next_stage,
                shortcut="]", enabled=self._has_capture, scope=self.page_id, menu="page",
            ),
            Command(
                "attention.previous", lambda: self.tr("Stage before"), self._previous_stage,
                shortcut="[", enabled=self._has_capture, scope=self.page_id, menu="page",
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
        self.header.set_primary(registry.action("attention.run"))
        self.empty = EmptyState(self.services, "attention", registry.action("attention.demo"), self)
        self.outer.addWidget(self.empty)
        self._show_content()

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "outer"):
            self._write()

    def undo_stack(self) -> QUndoStack | None:
        return self.ablation.undo_stack

    def entered(self) -> None:
        if self.model.case is None:
            self.model.set_case(demonstration(self._language(), self.services.model.ref))
        self._follow_model()

    def take_from_desk(self) -> None:
        given = self.services.desk.take(self.page_id)
        if isinstance(given, AttentionCase):
            self.model.set_case(given)
            self._run()

    def save_state(self) -> dict[str, object]:
        case = self.model.case
        text = case.text if case is not None and case.origin == "typed" else ""
        kept = {"text": text, "target": case.target, "chat": case.chat} if case and text else {}
        return {"view": self._view, **kept}

    def restore_state(self, state: dict[str, object]) -> None:
        view = state.get("view")
        if view in VIEWS:
            self._view = cast(View, view)
        text, target = state.get("text"), state.get("target")
        if isinstance(text, str) and text:
            said = target if isinstance(target, str) else ""
            chat = state.get("chat") is True
            self.model.set_case(AttentionCase(self.services.model.ref, text, (), said, chat))
        self._show_content()

    def run_demo(self, done: Callable[[], None]) -> None:
        """The sample's heads; `done` when atlas and bars are there."""
        self._after_run = done
        self.demonstrate()

    def demo_problem(self) -> ErrorReport | None:
        return self.note.report()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window text and bars give lines to the map."""
        super().resizeEvent(event)
        low = self.height() < LOW * self.fontMetrics().lineSpacing()
        self.source.set_low(low)
        self.bars.set_low(low)

    # What the person does

    def demonstrate(self) -> None:
        """Look into the sample with the current model."""
        self.model.set_case(demonstration(self._language(), self.services.model.ref))
        self._run()

    def _run(self) -> None:
        self.note.show_report(None)
        if self.model.case is None:
            self.model.set_case(demonstration(self._language(), self.services.model.ref))
        self.model.look()

    def _next_stage(self) -> None:
        self.model.step(1)

    def _previous_stage(self) -> None:
        self.model.step(-1)

    def _view_clicked(self, chip: Chip) -> None:
        self._view = next(view for view, known in self.views.items() if known is chip)
        self._show_content()
        self.state_changed.emit()

    def _role_clicked(self, chip: Chip) -> None:
        role: Role = next(role for role, known in self.roles.items() if known is chip)
        self.model.set_role(role)

    def _edited(self, case: AttentionCase) -> None:
        self.model.set_case(case)
        self.state_changed.emit()

    def _ablate(self, head: HeadAt) -> None:
        self.bars.toggle_head(head)

    def _look_with_mask(self) -> None:
        self.model.set_mask(self.mask_model.choice)
        self._run()

    def _rows_changed(self, rows: frozenset[int]) -> None:
        """One chosen query: the bars show what comes after it."""
        self.ablation.set_at(next(iter(rows)) if len(rows) == 1 else -1)

    # Model to widgets

    def _follow_model(self) -> None:
        """A text that was typed is read by the model of the bar."""
        case, ref = self.model.case, self.services.model.ref
        if case is not None and case.origin != "answer" and case.model != ref:
            entries = self.services.model.entries
            asks = next((entry.generates for entry in entries if entry.id == ref.id), True)
            self.model.set_case(replace(case, model=ref, chat=case.chat and asks))

    def _captured(self) -> None:
        self.atlas_model.load(self.model.capture, self.model.role)
        if self.ablation_of is not self.model.capture:
            self.ablation_of = self.model.capture
            self.ablation.set_capture(self.model.captured, self.model.capture)
            self.lens_model.set_capture(self.model.captured, self.model.capture)
            self.states_model.set_capture(self.model.captured, self.model.capture)
            self.mask_model.set_capture(self.model.captured, self.model.capture)
        self._show_roles()
        self._units_changed()
        self._ranking_changed()
        self._show_content()

    def _units_changed(self) -> None:
        self.atlas.set_ablated(self.ablation.heads(self.model.role))

    def _ranking_changed(self) -> None:
        self.atlas_model.set_importance(self.ablation.importance(self.model.role))

    def _refused(self, report: ErrorReport) -> None:
        self.note.show_report(report)
        self._demo_ended()

    def _bars_refused(self, report: ErrorReport) -> None:
        """A text that the model may be looked into, but was not made to go on from."""
        if report.code != PromptTooLong.code:
            self._refused(report)
            return
        self.bars.tell_refusal(report)
        self._demo_ended()

    def _running_changed(self, running: bool) -> None:
        registry = self.services.actions
        if registry.has("attention.run"):
            registry.refresh()
            name = "attention.stop" if running else "attention.run"
            self.header.set_primary(registry.action(name))
        self.progress.setRange(0, 0)
        self._working.setVisible(running)
        self.step.setText(self.tr("Preparing…") if running else "")

    def _progressed(self, event: Progress) -> None:
        self.progress.setRange(0, 0 if event.fraction is None else 1000)
        if event.fraction is not None:
            self.progress.setValue(round(event.fraction * 1000))
        self.step.setText(tell(event.text))

    def _bars_changed(self) -> None:
        if self.ablation.result is not None and self.atlas_model.data is not None:
            self._demo_ended()

    def _demo_ended(self) -> None:
        after, self._after_run = self._after_run, None
        if after is not None:
            after()

    def _show_roles(self) -> None:
        offered = self.model.roles
        for role, chip in self.roles.items():
            chip.setVisible(role in offered and len(offered) > 1)
            chip.setChecked(role == self.model.role)

    def _show_content(self) -> None:
        for view, chip in self.views.items():
            chip.setChecked(view == self._view)
        has = self.model.capture is not None
        self.stack.setCurrentWidget(self.shown[self._view])
        self.cell.setVisible(self._view in ("map", "mask"))
        self.atlas.setVisible(self._view in ("map", "lines", "mask"))
        self.bars.setVisible(self._view in ("map", "lines", "lens"))
        if hasattr(self, "empty"):
            self.outer.setCurrentWidget(self._content if has else self.empty)
        self.services.actions.refresh()
        self._write()

    def _write(self) -> None:
        for view, chip in self.views.items():
            chip.setText(view_name(view))
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        for role, role_chip in self.roles.items():
            role_chip.setText(role_name(role))
            role_chip.setAccessibleName(role_chip.text())
            role_chip.updateGeometry()
        self.hint.setText(self.tr("Attention is not an explanation; it is what was read."))
        if hasattr(self, "empty"):
            self.empty.set_text(
                self.tr("Look inside keeps what every head did with the text above.")
            )

    # Small questions

    def _language(self) -> Language:
        return "zh" if self.services.i18n.language.startswith("zh") else "en"

    def _can_run(self) -> bool:
        return not self.model.looking.running

    def _is_running(self) -> bool:
        return self.model.looking.running

    def _has_capture(self) -> bool:
        return self.model.capture is not None

    # Building

    def _build(self) -> None:
        self.ablation_of: object = None
        for label in (self.hint, self.step):
            set_role(label, "muted")
        self.progress.setTextVisible(False)
        self._working = QWidget(self)
        working = QVBoxLayout(self._working)
        working.setContentsMargins(0, 0, 0, 0)
        working.setSpacing(4)
        working.addWidget(self.progress)
        working.addWidget(self.step)
        self._working.hide()
        self._views_group, self._roles_group = QButtonGroup(self), QButtonGroup(self)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for group, chips in (
            (self._views_group, self.views.values()), (self._roles_group, self.roles.values()),
        ):  # fmt: skip
            group.setExclusive(True)
            for chip in chips:
                group.addButton(chip)
                bar.addWidget(chip)
            bar.addSpacing(12)
        bar.addWidget(self.hint, 1)
        self.stack = QStackedWidget(self)
        self.shown: dict[View, QWidget] = {
            "map": self.map, "lines": self.lines, "lens": self.lens, "patch": self.patch,
            "states": self.states, "mask": self.mask,
        }  # fmt: skip
        for shown in self.shown.values():
            self.stack.addWidget(shown)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        for widget in (self.atlas, self.stack, self.cell):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        chars = self.fontMetrics().averageCharWidth()
        self.splitter.setSizes([ATLAS_CHARS * chars, 90 * chars, CELL_CHARS * chars])
        self._content = QWidget(self)
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(8)
        content.addLayout(bar)
        content.addWidget(self.splitter, 1)
        content.addWidget(self.bars)
        self.outer = QStackedWidget(self)
        self.outer.addWidget(self._content)
        self.body.addWidget(self.source)
        self.body.addWidget(self.note)
        self.body.addWidget(self._working)
        self.body.addWidget(self.outer, 1)

    def _connect(self) -> None:
        model = self.model
        model.capture_changed.connect(self._captured)
        model.looking.running_changed.connect(self._running_changed)
        model.looking.progressed.connect(self._progressed)
        model.looking.refused.connect(self._refused)
        self.ablation.units_changed.connect(self._units_changed)
        self.ablation.ranking_changed.connect(self._ranking_changed)
        self.ablation.result_changed.connect(self._bars_changed)
        self.atlas_model.pictures_changed.connect(self._bars_changed)
        self.ablation.job.refused.connect(self._bars_refused)
        self.ablation.sweep.refused.connect(self._refused)
        self.services.model.chosen.connect(self._follow_model)
        self.source.edited.connect(self._edited)
        self.atlas.ablate_wanted.connect(self._ablate)
        self.map.cell_changed.connect(self.cell.show_cell)
        self.map.rows_changed.connect(self._rows_changed)
        self.mask.look_wanted.connect(self._look_with_mask)
        self.mask.cell_changed.connect(self.cell.show_cell)
        self._views_group.buttonClicked.connect(self._view_clicked)
        self._roles_group.buttonClicked.connect(self._role_clicked)
