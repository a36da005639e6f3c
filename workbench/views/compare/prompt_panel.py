"""The left side: the prompt as its elements."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.prompting.elements import Example, Language
from workbench.services.icons import Icons
from workbench.viewmodels.names import task_name
from workbench.viewmodels.prompt_counter import EXAMPLES_WITH_STEPS, TokenCounts
from workbench.viewmodels.prompt_model import PromptModel
from workbench.viewmodels.prompt_presets import PRESETS
from workbench.viewmodels.prompt_state import TEXT_FIELDS, PromptProblem, TextField
from workbench.views.compare.documents_section import DocumentsSection
from workbench.views.compare.element_field import ElementField
from workbench.views.compare.examples_section import Background, ExamplesSection
from workbench.widgets.chips import Chip
from workbench.widgets.column_scroll import ColumnScroll
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.in_sight import InSight
from workbench.widgets.plain import PlainLabel

PREFERRED_CHARS: Final = 52
LEAST_CHARS: Final = 28
MOST_SHARE: Final = 0.32
# Three columns beside each other: the prompt gives way to them, down to its least width.
RESULTS_CHARS: Final = 3 * 30 + 8

_SHAPE: Final[dict[TextField, tuple[int, int, bool]]] = {
    "system": (2, 8, True),
    "instruction": (2, 8, False),
    "context": (2, 10, True),
    "input": (3, 12, False),
    "output_indicator": (1, 4, True),
    "expected": (1, 4, False),
}


class PromptPanel(QWidget):
    """Task picker, elements, variables, counts.

    Signals:
        task_chosen(str, str): Task id and language of a preset to load.
        another_wanted(): Another exercise of the same task.
    """

    task_chosen = Signal(str, str)
    another_wanted = Signal()

    def __init__(
        self,
        model: PromptModel,
        background: Background,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._counts: TokenCounts | None = None
        self._context_length: int | None = None
        self.task: QComboBox = ElidedCombo(self)
        self.task.setObjectName("task-picker")
        self.english = Chip(self, compact=True)
        self.chinese = Chip(self, compact=True)
        self.another = QToolButton(self)
        icons.bind(self.another, "refresh")
        self.fields: dict[TextField, ElementField] = {
            name: ElementField(name, least, most, foldable)
            for name, (least, most, foldable) in _SHAPE.items()
        }
        self.examples = ExamplesSection(background)
        self.documents = DocumentsSection(icons)
        self.variables: dict[str, ElementField] = {}
        self._variables_box = QWidget()
        self.counts = PlainLabel(self)
        self.counts.setObjectName("token-counts")
        self.counts.setWordWrap(True)
        self._lay_out()
        self._connect()
        self.retranslate()
        self._model_changed("all")

    # Outside

    def sizeHint(self) -> QSize:
        return QSize(self.width_in(self.window().width()), 400)

    def width_in(self, room: int) -> int:
        """The width that suits a page of this width."""
        letter = self.fontMetrics().averageCharWidth()
        wanted = min(letter * PREFERRED_CHARS, round(room * MOST_SHARE))
        return max(self.minimumSizeHint().width(), min(wanted, room - letter * RESULTS_CHARS))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * LEAST_CHARS, 200)

    def set_counts(self, counts: TokenCounts | None, context_length: int | None) -> None:
        """Show token counts, and a warning when the prompt cannot fit."""
        self._counts, self._context_length = counts, context_length
        for name, field in self.fields.items():
            field.set_tokens(counts.fields.get(name) if counts else None)
        fields = counts.fields if counts else {}
        self.examples.set_tokens(fields.get("examples"), fields.get(EXAMPLES_WITH_STEPS))
        self._show_counts()

    def show_problem(self, problem: PromptProblem) -> None:
        """Show why the prompt cannot be sent, where it can be mended."""
        place = problem.place
        if place.startswith("variable:"):
            field = self.variables.get(place.removeprefix("variable:"))
        elif place == "documents":
            self.documents.show_error(problem.report)
            return
        elif place == "examples":
            self.examples.show_error(problem.report)
            return
        else:
            field = self.fields.get(place)  # type: ignore[call-overload]
        if field is not None:
            field.show_error(problem.report)
            self._in_sight.keep(field)

    def undo(self) -> None:
        """One step back, in whichever element it was."""
        self._model.undo_stack.undo()

    def redo(self) -> None:
        """One step forward again."""
        self._model.undo_stack.redo()

    def folds(self) -> dict[str, bool]:
        """Which parts are open, for the session."""
        open_now = {
            name: field.fold.isChecked() for name, field in self.fields.items() if field.fold
        }
        return {
            **open_now,
            "examples": self.examples.heading.isChecked(),
            "documents": self.documents.heading.isChecked(),
        }

    def set_folds(self, folds: dict[str, object]) -> None:
        """Bring back which parts are open."""
        for name, field in self.fields.items():
            if name in folds:
                field.set_open(bool(folds[name]))
        if "examples" in folds:
            self.examples.set_open(bool(folds["examples"]))
        if "documents" in folds:
            self.documents.set_open(bool(folds["documents"]))

    # Model to widgets

    def _model_changed(self, place: str) -> None:
        self._in_sight.release()  # whoever edits looks at what is edited
        state = self._model.state
        for name in TEXT_FIELDS:
            if place in ("all", name):
                self.fields[name].set_text(state.text(name))
                if place == "all":
                    self.fields[name].note.show_report(None)
        if place in ("all", "examples"):
            self.examples.set_examples(state.examples)
        self._sync_variables()
        if place.startswith("variable:"):
            name = place.removeprefix("variable:")
            if name in self.variables:
                self.variables[name].set_text(state.values.get(name, ""))
        self._sync_task()

    def _sync_variables(self) -> None:
        state = self._model.state
        wanted = state.variables()
        if tuple(self.variables) != wanted:
            for name in [name for name in self.variables if name not in wanted]:
                gone = self.variables.pop(name)
                gone.hide()
                gone.deleteLater()
            fields = {name: self.variables.get(name) or self._new_variable(name) for name in wanted}
            self.variables = fields
            layout = self._variables_box.layout()
            for field in fields.values():
                layout.removeWidget(field)
                layout.addWidget(field)
            self._set_tab_order()
        for name, field in self.variables.items():
            field.set_text(state.values.get(name, ""))
        self._variables_box.setVisible(bool(wanted))
        missing = [name for name in wanted if not state.values.get(name)]
        for text_field in self.fields.values():
            text_field.editor.set_missing(missing)

    def _new_variable(self, name: str) -> ElementField:
        field = ElementField("expected", 1, 6, name=name)
        field.setParent(self._variables_box)

        def store(text: str) -> None:
            self._model.set_value(name, text)

        field.edited.connect(store)
        field.editor.undo_wanted.connect(self.undo)
        field.editor.redo_wanted.connect(self.redo)
        return field

    def _sync_task(self) -> None:
        state = self._model.state
        self.task.blockSignals(True)
        self.task.setCurrentIndex(max(0, self.task.findData(state.task)))
        self.task.blockSignals(False)
        self.chinese.setChecked(state.language == "zh")
        self.english.setChecked(state.language != "zh")
        self.another.setEnabled(bool(state.task))

    def _show_counts(self) -> None:
        counts = self._counts
        if counts is None or counts.longest == 0:
            self.counts.setText("")
            return
        if counts.shortest == counts.longest:
            text = self.tr("{n} tokens").format(n=counts.longest)
        else:
            text = self.tr("{a} to {b} tokens").format(a=counts.shortest, b=counts.longest)
        if counts.shared:
            text += " · " + self.tr("{n} shared").format(n=counts.shared)
        limit = self._context_length
        over = limit is not None and counts.longest >= limit
        if over:
            warning = self.tr("longer than the model's context of {n} tokens").format(n=limit)
            text = f"⚠ {text} · {warning}"
        self.counts.setText(text)
        set_role(self.counts, "warning" if over else "muted")

    # Widgets to model

    def _field_edited(self, name: TextField, text: str) -> None:
        self._model.set_text(name, text)

    def _examples_edited(self, examples: tuple[Example, ...], label: str) -> None:
        self._model.set_examples(tuple(examples), label)

    def _task_activated(self, index: int) -> None:
        task = self.task.itemData(index)
        if task:
            self.task_chosen.emit(task, self._model.state.language)

    def _language_clicked(self) -> None:
        language: Language = "zh" if self.chinese.isChecked() else "en"
        if language != self._model.state.language:
            self.task_chosen.emit(self._model.state.task, language)

    # Building

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        group.setExclusive(True)
        group.addButton(self.english)
        group.addButton(self.chinese)
        # The name of a task is never cut: where it needs the line, the rest goes below.
        self.task.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        top = FlowBar(self)
        flow = FlowLayout(top, 6)
        for widget in (self.task, self.english, self.chinese, self.another):
            flow.addWidget(widget)
        inside = QWidget()
        elements = QVBoxLayout(inside)
        elements.setContentsMargins(0, 0, 8, 0)
        elements.setSpacing(12)
        variables = QVBoxLayout(self._variables_box)
        variables.setContentsMargins(0, 0, 0, 0)
        variables.setSpacing(8)
        f = self.fields
        for widget in (
            f["system"], f["instruction"], f["context"], self.documents, self.examples, f["input"],
            self._variables_box, f["output_indicator"], f["expected"],
        ):  # fmt: skip
            elements.addWidget(widget)
        elements.addStretch(1)
        self._scroll = ColumnScroll(inside, self)
        self._in_sight = InSight(self._scroll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(top)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.counts)
        self._set_tab_order()

    def _set_tab_order(self) -> None:
        order: list[QWidget] = [self.task, self.english, self.chinese, self.another]
        for name in ("system", "instruction", "context"):
            order += self._tab_stops(self.fields[name])
        order += self.documents.tab_stops()
        e = self.examples
        order += [e.heading, e.table, e.add_button, e.delete_button, e.up_button, e.down_button]
        order += [e.import_button, e.paste_button]
        order += self._tab_stops(self.fields["input"])
        for variable in self.variables.values():
            order += self._tab_stops(variable)
        order += self._tab_stops(self.fields["output_indicator"])
        order += self._tab_stops(self.fields["expected"])
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    @staticmethod
    def _tab_stops(field: ElementField) -> list[QWidget]:
        return [field.fold, field.editor] if field.fold is not None else [field.editor]

    def _connect(self) -> None:
        self._model.changed.connect(self._model_changed)
        for name, field in self.fields.items():
            self._connect_field(name, field)
        self.examples.edited.connect(self._examples_edited)
        self.examples.message_shown.connect(self._in_sight.keep)
        self.documents.message_shown.connect(self._in_sight.keep)
        self.task.activated.connect(self._task_activated)
        self.english.clicked.connect(self._language_clicked)
        self.chinese.clicked.connect(self._language_clicked)
        self.another.clicked.connect(self.another_wanted)

    def _connect_field(self, name: TextField, field: ElementField) -> None:
        def store(text: str) -> None:
            self._field_edited(name, text)

        field.edited.connect(store)
        field.editor.undo_wanted.connect(self.undo)
        field.editor.redo_wanted.connect(self.redo)

    def retranslate(self) -> None:
        """Set every text again."""
        self.task.blockSignals(True)
        self.task.clear()
        self.task.addItem(task_name(""), "")
        for task in PRESETS:
            self.task.addItem(task_name(task), task)
        self.task.blockSignals(False)
        self.task.setAccessibleName(self.tr("Task preset"))
        self.task.setToolTip(self.tr("Start from a ready-made prompt; one undo brings yours back."))
        self.english.setText("en")
        self.chinese.setText("中文")
        self.english.setAccessibleName(self.tr("Prompt in English"))
        self.chinese.setAccessibleName(self.tr("Prompt in Chinese"))
        self.english.setToolTip(self.tr("Prompt in English"))
        self.chinese.setToolTip(self.tr("Prompt in Chinese"))
        self.another.setToolTip(self.tr("Another exercise of the same task"))
        self.another.setAccessibleName(self.another.toolTip())
        self.counts.setToolTip(
            self.tr(
                "Tokens of the whole prompt under the chosen techniques, the chat template's own "
                "not counted. “Shared” tokens begin all of them and are computed once."
            )
        )
        self._sync_task()
        self._show_counts()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_counts()
        super().changeEvent(event)
