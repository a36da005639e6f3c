"""How a copy is trained on longer texts: the settings at the left."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.viewmodels.context_tune import TRAINABLE, FineTuneModel
from workbench.views.context.text_source import TextSourceField
from workbench.views.context.words import method_hint, method_name
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import form, whole


class TunePanel(QWidget):
    """Shows and edits the `TuneChoice` of its model."""

    def __init__(self, model: FineTuneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._setting = False
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.method = QComboBox(self)
        self.method.setObjectName("tune-method")
        self.about = PlainLabel(self)
        self.about.setWordWrap(True)
        set_role(self.about, "muted")
        self.factor = _real("tune-factor", 1.5, 64, 1)
        self.steps = whole(1, 100_000, "tune-steps")
        self.rate = _real("tune-rate", 0.00001, 0.5, 5)
        self.rate.setSingleStep(0.001)
        self.measured = whole(0, 1000, "tune-measured")
        self.seed = whole(0, 2_147_483_647, "tune-seed")
        self.text = TextSourceField("tune", self)
        self.labels = {
            name: PlainLabel(self)
            for name in ("factor", "steps", "rate", "measured", "seed", "text")
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        rows = form()
        for name, box in (
            ("factor", self.factor), ("steps", self.steps), ("rate", self.rate),
            ("measured", self.measured), ("seed", self.seed),
        ):  # fmt: skip
            label = self.labels[name]
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
            rows.addRow(label, box)
        for part in (self.heading, self.method, self.about):
            column.addWidget(part)
        column.addLayout(rows)
        set_role(self.labels["text"], "section")
        column.addSpacing(8)
        column.addWidget(self.labels["text"])
        column.addWidget(self.text)
        self.method.activated.connect(self._edited)
        for number in (self.steps, self.measured, self.seed):
            number.valueChanged.connect(self._edited)
        for real in (self.factor, self.rate):
            real.valueChanged.connect(self._edited)
        self.text.edited.connect(self._text_chosen)
        model.choice_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.heading.setText(self.tr("Training"))
        self.method.setAccessibleName(self.tr("Scaling that is trained"))
        names = {
            "factor": self.tr("Factor"),
            "steps": self.tr("Steps"),
            "rate": self.tr("Learning rate"),
            "measured": self.tr("Keys asked"),
            "seed": self.tr("Seed"),
            "text": self.tr("Texts"),
        }
        for name, label in self.labels.items():
            label.setText(names[name])
        self.measured.setToolTip(
            self.tr("Before and after, at the trained and at the target length; 0 = none")
        )
        self.rate.setToolTip(self.tr("Of the layers' matrices; the other weights get a third"))
        self._setting = True
        self.method.clear()
        for name in TRAINABLE:
            self.method.addItem(method_name(name), name)
        self._setting = False
        self.refresh()

    def refresh(self) -> None:
        """Show the choice."""
        choice = self._model.choice
        self._setting = True
        self.method.setCurrentIndex(max(0, self.method.findData(choice.method)))
        self.about.setText(method_hint(choice.method))
        self.factor.setValue(choice.factor)
        self.steps.setValue(choice.steps)
        self.rate.setValue(choice.rate)
        self.measured.setValue(choice.measured)
        self.seed.setValue(choice.seed)
        self.text.set_path(choice.text)
        self._setting = False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _edited(self) -> None:
        if self._setting:
            return
        self._model.set_choice(
            replace(
                self._model.choice, method=str(self.method.currentData()),
                factor=self.factor.value(), steps=self.steps.value(), rate=self.rate.value(),
                measured=self.measured.value(), seed=self.seed.value(),
            )
        )  # fmt: skip

    def _text_chosen(self, path: str) -> None:
        self._model.set_choice(replace(self._model.choice, text=path))


def _real(name: str, low: float, high: float, decimals: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    return box
