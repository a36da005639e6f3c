"""How to load: device, number format, quantisation, attention, context; each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSpinBox, QWidget

from engine.models.reference import AttentionChoice, DTypeChoice, LoadOptions, Quantization
from engine.models.spec import ModelDescription
from workbench.services.engine_words import tell
from workbench.widgets.elided import may_shrink
from workbench.widgets.plain import PlainLabel

LONGEST_CONTEXT = 1_048_576
CONTEXT_STEP = 256
ROW_GAP = 4
SHORTEST_CHOICE = 8


class LoadForm(QWidget):
    """A form over `LoadOptions`.

    Signals:
        changed(object): The person changed an option; the new `LoadOptions`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = LoadOptions()
        self._description: ModelDescription | None = None
        self._devices: tuple[str, ...] = ("auto", "cpu")
        self.device = QComboBox(self)
        self.dtype = QComboBox(self)
        self.quantization = QComboBox(self)
        self.attention = QComboBox(self)
        self.context = QSpinBox(self)
        self.context.setRange(0, LONGEST_CONTEXT)
        self.context.setSingleStep(CONTEXT_STEP)
        self.context.setGroupSeparatorShown(True)
        self.context.setKeyboardTracking(False)
        self.dtype_reason, self.quantization_note = PlainLabel(self), PlainLabel(self)
        self.attention_reason, self.context_note = PlainLabel(self), PlainLabel(self)
        self._labels = [PlainLabel(self) for _ in range(5)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        fields = (
            (self.device, None),
            (self.dtype, self.dtype_reason),
            (self.quantization, self.quantization_note),
            (self.attention, self.attention_reason),
            (self.context, self.context_note),
        )
        for box in (self.device, self.dtype, self.quantization, self.attention):
            may_shrink(box, SHORTEST_CHOICE)
        for place, (label, (field, note)) in enumerate(zip(self._labels, fields, strict=True)):
            label.setBuddy(field)
            grid.addWidget(label, place * 3, 0)
            grid.addWidget(field, place * 3, 1)
            if note is not None:
                note.setProperty("role", "small")
                note.setWordWrap(True)
                grid.addWidget(note, place * 3 + 1, 1)
            grid.setRowMinimumHeight(place * 3 + 2, ROW_GAP)
        self.device.currentIndexChanged.connect(self._edited)
        self.dtype.currentIndexChanged.connect(self._edited)
        self.quantization.currentIndexChanged.connect(self._edited)
        self.attention.currentIndexChanged.connect(self._edited)
        self.context.valueChanged.connect(self._edited)
        self.retranslate()

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer these devices besides ``auto`` and ``cpu``."""
        self._devices = ("auto", "cpu", *(name for name in devices if name != "cpu"))
        self.retranslate()

    def set_options(self, options: LoadOptions) -> None:
        """Show other options without saying that they changed."""
        self._options = options
        self._show()

    def set_description(self, description: ModelDescription | None) -> None:
        """Show what a load would choose, and why."""
        self._description = description
        self._explain()

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            self.tr("Device"),
            self.tr("Number format"),
            self.tr("Quantisation"),
            self.tr("Attention"),
            self.tr("Context"),
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
            buddy = label.buddy()
            if buddy is not None:
                buddy.setAccessibleName(text)
        automatic = self.tr("automatic")
        _fill(
            self.device, [(name, automatic if name == "auto" else name) for name in self._devices]
        )
        names = ("float32", "bfloat16", "float16")
        _fill(self.dtype, [("auto", automatic), *((name, name) for name in names)])
        _fill(
            self.quantization,
            [
                ("none", self.tr("none")),
                ("int8", self.tr("8-bit (int8)")),
                ("nf4", self.tr("4-bit (NF4)")),
                ("fp4", self.tr("4-bit (FP4)")),
            ],
        )
        kinds = ("sdpa", "eager", "flash_attention_2", "flex_attention")
        _fill(self.attention, [("auto", automatic), *((name, name) for name in kinds)])
        with QSignalBlocker(self.context):
            self.context.setSuffix(" " + self.tr("tokens"))
            self.context.setSpecialValueText(automatic)
        self._show()

    def _show(self) -> None:
        options = self._options
        for box, value in (
            (self.device, options.device),
            (self.dtype, options.dtype),
            (self.quantization, options.quantization),
            (self.attention, options.attention),
        ):
            _choose(box, value)
        with QSignalBlocker(self.context):
            self.context.setValue(options.context_length or 0)
        self._explain()

    def _explain(self) -> None:
        description, options = self._description, self._options
        forecast = description.forecast if description else None
        on_cpu = (forecast.device if forecast else options.device) in ("cpu", "auto")
        quantised = options.quantization != "none"
        if not quantised:
            note = ""
        elif on_cpu:
            note = self.tr(
                "On a CPU it saves memory, but answers come 2 to 8 times slower than in float32."
            )
        else:
            note = self.tr("Saves memory; answers change slightly.")
        _note(self.quantization_note, note)
        dtype = f"{description.dtype}: {tell(description.dtype_reason)}" if description else ""
        attention = (
            f"{description.attention}: {tell(description.attention_reason)}" if description else ""
        )
        _note(self.dtype_reason, dtype if description and description.dtype else "")
        _note(self.attention_reason, attention if description and description.attention else "")
        trained = (
            description.anatomy.context_length if description and description.anatomy else None
        )
        text = self.tr("The model was trained with {n} tokens.").format(n=trained)
        _note(self.context_note, text if trained else "")

    def _edited(self) -> None:
        self._options = replace(
            self._options,
            device=str(self.device.currentData()),
            dtype=cast(DTypeChoice, self.dtype.currentData()),
            quantization=cast(Quantization, self.quantization.currentData()),
            attention=cast(AttentionChoice, self.attention.currentData()),
            context_length=self.context.value() or None,
        )
        self._explain()
        self.changed.emit(self._options)


def _note(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _fill(box: QComboBox, choices: list[tuple[str, str]]) -> None:
    """Offer (value, text) pairs; the chosen value stays."""
    with QSignalBlocker(box):
        chosen = box.currentData()
        box.clear()
        for value, text in choices:
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))


def _choose(box: QComboBox, value: str) -> None:
    """Choose a value; one that is not offered (a card of another computer) is added."""
    with QSignalBlocker(box):
        if box.findData(value) < 0:
            box.addItem(value, value)
        box.setCurrentIndex(box.findData(value))
