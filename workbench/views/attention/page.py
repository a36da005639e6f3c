"""Attention: every head of the model that answered, on the text that it read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, cast

from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import ErrorReport, PromptTooLong
from engine.inspection.capture import Role
from workbench.plots.theme import PlotTheme
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.attention import VIEWS, AttentionModel, View
from workbench.viewmodels.attention_ablation import AblationModel
from workbench.viewmodels.attention_atlas import AtlasModel
from workbench.viewmodels.attention_case import AttentionCase, StatesWish, demonstration
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
from workbench.views.working_page import WorkingPage
from workbench.widgets.chip_bar import ChipBar
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role
from workbench.widgets.least_room import LeastRoom

ATLAS_CHARS = 36
MAP_CHARS = 90
CELL_CHARS = 30
LOW = 44  # lines of text
LEAST = (30, 32)  # lines below which the map would vanish: the content scrolls then


class AttentionPage(WorkingPage):
    """Text above, the atlas at the left, one head large, its numbers at the right."""

    page_id: ClassVar[str] = "attention"
    icon_name: ClassVar[str] = "attention"
    run_action: ClassVar[str] = "attention.run"
    stop_action: ClassVar[str] = "attention.stop"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.plot_theme = PlotTheme(services.theme, self)
        self.model = AttentionModel(services.jobs, self)
        self.atlas_model = AtlasModel(services.background, self)
        self.ablation = AblationModel(services.jobs, self)
        self._view: View = "map"
        self.source = SourceBar(self.model, self)
        self.views_bar = ChipBar(VIEWS, self)
        self.roles_bar = ChipBar(ROLES, self, compact=True)
        self.views, self.roles = self.views_bar.chips, self.roles_bar.chips
        self.hint = ElidedLabel(self)
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
            self.model.set_case(demonstration(self.sample_language(), self.services.model.ref))
        self._follow_model()

    def take_from_desk(self) -> None:
        given = self.services.desk.take(self.page_id)
        if isinstance(given, StatesWish):
            self.states.expect(given.second)
            self._view = "states"
            given = given.case
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window text and bars give lines to the map."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self._scroll.set_least(LEAST[1] * line, LEAST[0] * line)
        low = self.height() < LOW * line
        self.source.set_low(low)
        self.bars.set_low(low)

    # What the person does

    def demonstrate(self) -> None:
        """Look into the sample with the current model."""
        self.model.set_case(demonstration(self.sample_language(), self.services.model.ref))
        self._run()

    def _run(self) -> None:
        self.note.show_report(None)
        if self.model.case is None:
            self.model.set_case(demonstration(self.sample_language(), self.services.model.ref))
        self.model.look()

    def _next_stage(self) -> None:
        self.model.step(1)

    def _previous_stage(self) -> None:
        self.model.step(-1)

    def _view_chosen(self, view: str) -> None:
        self._view = cast(View, view)
        self._show_content()
        self.state_changed.emit()

    def _role_chosen(self, role: str) -> None:
        self.model.set_role(cast(Role, role))

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
        self.end_demo()

    def _bars_refused(self, report: ErrorReport) -> None:
        """A text that the model may be looked into, but was not made to go on from."""
        if report.code != PromptTooLong.code:
            self._refused(report)
            return
        self.bars.tell_refusal(report)
        self.end_demo()

    def _bars_changed(self) -> None:
        if self.ablation.result is not None and self.atlas_model.data is not None:
            self.end_demo()

    def _show_roles(self) -> None:
        self.roles_bar.offer(self.model.roles)
        self.roles_bar.choose(self.model.role)

    def _show_content(self) -> None:
        self.views_bar.choose(self._view)
        has = self.model.capture is not None
        self.stack.setCurrentWidget(self.shown[self._view])
        self.cell.setVisible(self._view in ("map", "mask"))
        self.atlas.setVisible(self._view in ("map", "lines", "mask"))
        self.bars.setVisible(self._view in ("map", "lines", "lens"))
        if hasattr(self, "empty"):
            self.outer.setCurrentWidget(self._scroll if has else self.empty)
        self.services.actions.refresh()
        self._write()

    def _write(self) -> None:
        self.views_bar.set_names({view: view_name(view) for view in VIEWS})
        self.roles_bar.set_names({role: role_name(role) for role in ROLES})
        self.hint.setText(self.tr("Attention is not an explanation; it is what was read."))
        self.hint.setToolTip(self.hint.text())
        if hasattr(self, "empty"):
            self.empty.set_text(
                self.tr("Look inside keeps what every head did with the text above.")
            )

    # Small questions

    def _can_run(self) -> bool:
        return not self.model.looking.running

    def _is_running(self) -> bool:
        return self.model.looking.running

    def _has_capture(self) -> bool:
        return self.model.capture is not None

    # Building

    def _build(self) -> None:
        self.ablation_of: object = None
        set_role(self.hint, "muted")
        bar = QHBoxLayout()
        bar.setSpacing(12)
        bar.addWidget(self.views_bar)
        bar.addWidget(self.roles_bar)
        bar.addWidget(self.hint, 1)
        self.stack = QStackedWidget(self)
        self.shown: dict[View, QWidget] = {
            "map": self.map, "lines": self.lines, "lens": self.lens, "patch": self.patch,
            "states": self.states, "mask": self.mask,
        }  # fmt: skip
        for shown in self.shown.values():
            self.stack.addWidget(shown)
        self.splitter = self.side_by_side(
            (self.atlas, self.stack, self.cell), (ATLAS_CHARS, MAP_CHARS, CELL_CHARS), 1
        )
        self._content = QWidget(self)
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(8)
        content.addLayout(bar)
        content.addWidget(self.splitter, 1)
        content.addWidget(self.bars)
        self.outer = QStackedWidget(self)
        self._scroll = LeastRoom(self._content, self)
        self.outer.addWidget(self._scroll)
        self.body.addWidget(self.source)
        self.body.addWidget(self.note)
        self.body.addWidget(self.strip)
        self.body.addWidget(self.outer, 1)

    def _connect(self) -> None:
        model = self.model
        model.capture_changed.connect(self._captured)
        model.looking.running_changed.connect(self.show_running)
        model.looking.progressed.connect(self.show_progress)
        model.looking.refused.connect(self._refused)
        self.ablation.units_changed.connect(self._units_changed)
        self.ablation.ranking_changed.connect(self._ranking_changed)
        self.ablation.result_changed.connect(self._bars_changed)
        self.atlas_model.pictures_changed.connect(self._bars_changed)
        self.ablation.job.refused.connect(self._bars_refused)
        self.ablation.sweep.refused.connect(self._refused)
        self.services.model.chosen.connect(self._follow_model)
        self.plot_theme.changed.connect(self._fit)
        self.source.edited.connect(self._edited)
        self.atlas.ablate_wanted.connect(self._ablate)
        self.map.cell_changed.connect(self.cell.show_cell)
        self.map.rows_changed.connect(self._rows_changed)
        self.mask.look_wanted.connect(self._look_with_mask)
        self.mask.cell_changed.connect(self.cell.show_cell)
        self.views_bar.chosen.connect(self._view_chosen)
        self.roles_bar.chosen.connect(self._role_chosen)
