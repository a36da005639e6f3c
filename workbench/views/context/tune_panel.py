"""How a copy is trained on longer texts: the settings at the left."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.context.tune_spec import Also, TuneForecast
from workbench.services.engine_words import tell
from workbench.services.numbers import file_size
from workbench.viewmodels.context_tune import TRAINABLE, FineTuneModel
from workbench.views.context.text_source import TextSourceField
from workbench.views.context.words import method_hint, method_name
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import form, whole

ALSO: Final[tuple[Also, ...]] = ("norms", "biases", "embeddings")
LABELS: Final = (
    "factor", "steps", "rate", "measured", "seed", "text", "adapter", "rank", "alpha", "targets",
    "also", "written",
)  # fmt: skip


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
        self.adapter = _combo("tune-adapter", self)
        self.rank = whole(1, 4096, "tune-rank")
        self.alpha = _real("tune-alpha", 0.01, 100_000, 2)
        self.targets = _combo("tune-targets", self)
        self.written = _combo("tune-written", self)
        self.also: dict[Also, Chip] = {}
        for name in ALSO:
            self.also[name] = Chip(self, compact=True)
            self.also[name].setObjectName(f"tune-also-{name}")
        self.forecast = PlainLabel(self)
        self.forecast.setWordWrap(True)
        self.forecast.setObjectName("tune-forecast")
        self.labels = {name: PlainLabel(self) for name in LABELS}
        self._lay_out()
        for combo in (self.method, self.adapter, self.targets, self.written):
            combo.activated.connect(self._edited)
        for chip in self.also.values():
            chip.clicked.connect(self._edited)
        for number in (self.steps, self.measured, self.seed, self.rank):
            number.valueChanged.connect(self._edited)
        for real in (self.factor, self.rate, self.alpha):
            real.valueChanged.connect(self._edited)
        self.text.edited.connect(self._text_chosen)
        model.choice_changed.connect(self.refresh)
        model.looked.connect(self._show_forecast)
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
            "adapter": self.tr("What is trained"),
            "rank": self.tr("Rank"),
            "alpha": self.tr("Alpha"),
            "targets": self.tr("In"),
            "also": self.tr("Beside it"),
            "written": self.tr("Saved as"),
        }
        for name, label in self.labels.items():
            label.setText(names[name])
        self.measured.setToolTip(
            self.tr("Before and after, at the trained and at the target length; 0 = none")
        )
        self.rate.setToolTip(
            self.tr(
                "Of the layers' matrices; biases and norms get five times as much, "
                "embeddings a third"
            )
        )
        self.rank.setToolTip(self.tr("Rank of what LoRA adds to each matrix"))
        self.alpha.setToolTip(self.tr("LoRA adds alpha / rank times its product"))
        also: dict[Also, str] = {
            "norms": self.tr("norms"),
            "biases": self.tr("biases"),
            "embeddings": self.tr("embeddings"),
        }
        for one, chip in self.also.items():
            chip.setText(also[one])
            chip.setToolTip(self.tr("Trained as a whole, as LongLoRA does with norms"))
        self._setting = True
        self._fill(self.adapter, (
            ("auto", self.tr("automatic")), ("full", self.tr("all weights")), ("lora", "LoRA"),
        ))  # fmt: skip
        self._fill(self.targets, (
            ("linear", self.tr("all linear layers")), ("attention", self.tr("attention alone")),
        ))  # fmt: skip
        self._fill(self.written, (
            ("auto", self.tr("automatic")), ("merged", self.tr("whole model")),
            ("adapter", self.tr("adapter alone")),
        ))  # fmt: skip
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
        for combo, value in (
            (self.adapter, choice.adapter), (self.targets, choice.targets),
            (self.written, choice.written),
        ):  # fmt: skip
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.rank.setValue(choice.rank)
        self.alpha.setValue(choice.alpha)
        for one, chip in self.also.items():
            chip.setChecked(one in choice.also)
        self._setting = False
        self._show_forecast()

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
                adapter=self.adapter.currentData(), rank=self.rank.value(),
                alpha=self.alpha.value(), targets=self.targets.currentData(),
                written=self.written.currentData(),
                also=tuple(one for one, chip in self.also.items() if chip.isChecked()),
            )
        )  # fmt: skip

    def _text_chosen(self, path: str) -> None:
        self._model.set_choice(replace(self._model.choice, text=path))

    def _show_forecast(self) -> None:
        """What the training will take, and the fields of an adapter where there is one."""
        found = self._model.forecast
        chosen = self._model.choice.adapter
        lora = chosen == "lora" or (chosen == "auto" and found is not None and (
            found.adapter == "lora"
        ))  # fmt: skip
        self.lora.setVisible(lora)
        refused = self._model.refused
        if refused is not None:
            self.forecast.setText(f"{tell(refused.message)} {tell(refused.hint)}".strip())
        else:
            self.forecast.setText(self._words(found) if found is not None else "")
        bad = refused is not None or (found is not None and not found.fits)
        set_role(self.forecast, "bad" if bad else "muted")
        self.forecast.setVisible(bool(self.forecast.text()))

    def _words(self, found: TuneForecast) -> str:
        if found.adapter == "full":
            what = self.tr("All {n} parameters are trained.")
        else:
            what = self.tr("LoRA: {k} of {n} parameters are trained ({share}).")
        text = self.tr(
            "About {total} of memory: weights {weights}, gradients {gradients}, optimiser "
            "{optimiser}, a text of {tokens} tokens {text}; {free} are free."
        )
        first = what.format(
            n=f"{found.parameters:,}", k=f"{found.trained:,}",
            share=f"{found.trained / max(1, found.parameters):.1%}",
        )  # fmt: skip
        second = text.format(
            total=file_size(found.total), weights=file_size(found.weights_bytes),
            gradients=file_size(found.gradient_bytes), optimiser=file_size(found.optimiser_bytes),
            tokens=f"{found.tokens:,}", text=file_size(found.activation_bytes),
            free=file_size(found.free),
        )  # fmt: skip
        return f"{first} {second}"

    def _fill(self, combo: QComboBox, entries: tuple[tuple[str, str], ...]) -> None:
        combo.clear()
        for value, name in entries:
            combo.addItem(name, value)

    def _lay_out(self) -> None:
        set_role(self.labels["adapter"], "section")
        set_role(self.labels["text"], "section")
        rows = form(
            (self.labels["factor"], self.factor), (self.labels["steps"], self.steps),
            (self.labels["rate"], self.rate), (self.labels["measured"], self.measured),
            (self.labels["seed"], self.seed),
        )  # fmt: skip
        self.lora = QWidget(self)
        inner = form(
            (self.labels["rank"], self.rank), (self.labels["alpha"], self.alpha),
            (self.labels["targets"], self.targets), (self.labels["written"], self.written),
        )  # fmt: skip
        chips = FlowBar(self)
        flow = FlowLayout(chips, 4)
        for chip in self.also.values():
            flow.addWidget(chip)
        of_lora = QVBoxLayout(self.lora)
        of_lora.setContentsMargins(0, 0, 0, 0)
        of_lora.setSpacing(8)
        of_lora.addLayout(inner)
        of_lora.addWidget(self.labels["also"])
        of_lora.addWidget(chips)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.heading, self.method, self.about):
            column.addWidget(part)
        column.addLayout(rows)
        column.addSpacing(8)
        for part in (self.labels["adapter"], self.adapter, self.lora, self.forecast):
            column.addWidget(part)
        column.addSpacing(8)
        column.addWidget(self.labels["text"])
        column.addWidget(self.text)


def _combo(name: str, parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setObjectName(name)
    return combo


def _real(name: str, low: float, high: float, decimals: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    return box
