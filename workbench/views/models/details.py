"""The details of one model: state, memory, load options, what is in memory, anatomy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.models_state import ModelsState
from workbench.viewmodels.models_table import name_text, source_text, state_text
from workbench.views.models.anatomy_panel import AnatomyPanel
from workbench.views.models.label_role import set_role
from workbench.views.models.load_form import LoadForm
from workbench.views.models.loaded_panel import LoadedPanel
from workbench.views.models.memory_panel import MemoryPanel
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.plain import PlainLabel

PROGRESS_STEPS = 1000
TONES = {"loaded": "good", "failed": "bad"}


class Details(QScrollArea):
    """The right half of the page, over `ModelsState`.

    Signals:
        pickle_wanted(), code_wanted(): The person wants to be asked for a consent.
    """

    pickle_wanted = Signal()
    code_wanted = Signal()

    def __init__(
        self, services: Services, state: ModelsState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._state = state
        self._wanted: dict[QWidget, Callable[[], bool]] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        self.name, self.place = PlainLabel(self), PlainLabel(self)
        self.state_label = PlainLabel(self)
        self.name.setProperty("role", "section")
        self.place.setProperty("role", "small")
        for label in (self.name, self.place):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.note = ErrorNote(self)
        self.problem = PlainLabel(self)
        self.problem.setWordWrap(True)
        self.allow_pickle, self.allow_code = QPushButton(self), QPushButton(self)
        self.memory = MemoryPanel(services, self)
        self.reload_hint = PlainLabel(self)
        self.reload_hint.setWordWrap(True)
        self.form = LoadForm(self)
        self.loaded = LoadedPanel(self)
        self.anatomy = AnatomyPanel(self)
        self._headings = [PlainLabel(self) for _ in range(4)]
        self._arrange(inside)
        self.setWidget(inside)
        self.form.changed.connect(state.set_options)
        self.allow_pickle.clicked.connect(self.pickle_wanted)
        self.allow_code.clicked.connect(self.code_wanted)
        state.selection_changed.connect(self._selected)
        state.options_changed.connect(self._options_changed)
        state.description_changed.connect(self.refresh)
        state.states_changed.connect(self.refresh)
        services.theme.changed.connect(self.refresh)
        self.retranslate()

    def add_button(self, button: QWidget, wanted: Callable[[], bool]) -> None:
        """Put a button into the row below the state; it shows while it is `wanted`."""
        self.buttons.insertWidget(self.buttons.count() - 1, button)
        self._wanted[button] = wanted
        button.setVisible(wanted())

    def minimumSizeHint(self) -> QSize:
        """Never narrower than what is inside: nothing is cut off at the right."""
        inside = self.widget().minimumSizeHint().width()
        return QSize(inside + self.verticalScrollBar().sizeHint().width(), 0)

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            self.tr("Memory"),
            self.tr("Load options"),
            self.tr("In memory now"),
            self.tr("Anatomy"),
        )
        for heading, text in zip(self._headings, texts, strict=True):
            heading.setText(text)
        self.allow_pickle.setText(self.tr("Allow pickle for this model…"))
        self.allow_code.setText(self.tr("Allow its code for this model…"))
        self.reload_hint.setText(
            self.tr("These options differ from those in memory; load again to apply them.")
        )
        self.setAccessibleName(self.tr("Details of the model"))
        self.form.retranslate()
        self.anatomy.retranslate()
        self.refresh()

    def refresh(self) -> None:
        """Show the state as it is."""
        state = self._state
        entry = state.selected
        self.widget().setVisible(entry is not None)
        if entry is None:
            return
        description, info = state.description, state.info
        self.name.setText(name_text(entry))
        parts = [source_text(entry)]
        if entry.source != "teaching":
            parts.append(entry.path)
        if entry.revision:
            parts.append(entry.revision[:12])
        self.place.setText(" · ".join(parts))
        self._show_state()
        for button, wanted in self._wanted.items():
            button.setVisible(wanted())
        self.note.show_report(state.error)
        self.problem.setText(f"⚠ {tell(entry.problem)}")
        self.problem.setVisible(bool(entry.problem) and state.error is None)
        set_role(self.problem, "warning")
        self.allow_pickle.setVisible(state.needs_pickle_consent())
        self.allow_code.setVisible(state.needs_code_consent())
        forecast = description.forecast if description else None
        self.memory.show_forecast(forecast, info, state.describing)
        self.reload_hint.setVisible(state.needs_reload)
        set_role(self.reload_hint, "warning")
        self.form.set_description(description)
        self.loaded.show_info(info)
        self._headings[2].setVisible(info is not None)
        anatomy = info.anatomy if info else (description.anatomy if description else None)
        self.anatomy.show_anatomy(anatomy)
        self._headings[3].setVisible(anatomy is not None)

    def _arrange(self, inside: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.state_label)
        row.addWidget(self.bar, 1)
        row.addStretch(0)
        self.buttons.addStretch(1)
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 0, 8, 12)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.place)
        column.addLayout(row)
        column.addLayout(self.buttons)
        for widget in (self.note, self.problem):
            column.addWidget(widget)
        for button in (self.allow_pickle, self.allow_code):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        sections = (self.memory, self.form, self.loaded, self.anatomy)
        for heading, section in zip(self._headings, sections, strict=True):
            heading.setProperty("role", "section")
            column.addSpacing(8)
            column.addWidget(heading)
            if section is self.form:
                column.addWidget(self.reload_hint)
            column.addWidget(section)
        column.addStretch(1)

    def _show_state(self) -> None:
        entry = self._state.selected
        if entry is None:
            return
        state = self._state.state
        step, fraction = self._state.step
        loading = state == "loading"
        text = state_text(entry, state)
        signs = {"loaded": "● ", "failed": "✗ ", "loading": "◌ "}
        self.state_label.setText(
            signs.get(state, "○ ") + (tell(step) if loading and step else text)
        )
        set_role(self.state_label, TONES.get(state, ""))
        self.bar.setVisible(loading)
        self.bar.setRange(0, PROGRESS_STEPS if fraction else 0)
        self.bar.setValue(round((fraction or 0.0) * PROGRESS_STEPS))

    def _selected(self) -> None:
        self.form.set_options(self._state.options)
        self.verticalScrollBar().setValue(0)
        self.refresh()

    def _options_changed(self) -> None:
        self.form.set_options(self._state.options)
        self.refresh()
