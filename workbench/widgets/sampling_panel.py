"""How the next token is chosen: a side panel that folds away."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.decoding.params import Sampling
from workbench.viewmodels.compare_setup import MAX_NEW_TOKENS
from workbench.widgets.column_scroll import ColumnScroll
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class SamplingPanel(QFrame):
    """One row per setting; each says its unit, range and meaning on hover.

    Signals:
        edited(object): The `Sampling` as the person wants it.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = Sampling(max_new_tokens=MAX_NEW_TOKENS)
        self._setting = False
        self.setProperty("role", "band")
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.temperature = _decimal(0.0, 10.0, 0.1, 2)
        self.top_k = _whole(0, 100_000)
        self.top_p = _decimal(0.01, 1.0, 0.05, 2)
        self.min_p = _decimal(0.0, 0.99, 0.01, 2)
        self.repetition_penalty = _decimal(0.1, 10.0, 0.05, 2)
        self.max_new_tokens = _whole(1, 100_000)
        self.seed = _whole(0, 2_147_483_647)
        self.stop = QLineEdit()
        self.greedy_note = PlainLabel()
        self.greedy_note.setWordWrap(True)
        set_role(self.greedy_note, "muted")
        self.reset = QPushButton()
        self.reset.setProperty("role", "quiet")
        self._labels = {name: PlainLabel() for name in self._fields()}
        self._lay_out()
        for field in self._fields().values():
            if isinstance(field, QLineEdit):
                field.textEdited.connect(self._read)
            else:
                field.valueChanged.connect(self._read)
        self.reset.clicked.connect(self._reset)
        self.retranslate()
        self.set_sampling(self._sampling)

    def set_sampling(self, sampling: Sampling) -> None:
        """Show these settings."""
        self._sampling = sampling
        self._setting = True
        self.temperature.setValue(sampling.temperature)
        self.top_k.setValue(sampling.top_k)
        self.top_p.setValue(sampling.top_p)
        self.min_p.setValue(sampling.min_p)
        self.repetition_penalty.setValue(sampling.repetition_penalty)
        self.max_new_tokens.setValue(sampling.max_new_tokens)
        self.seed.setValue(sampling.seed)
        stop = " | ".join(_escaped(text) for text in sampling.stop)
        if _texts(self.stop.text()) != sampling.stop:
            self.stop.setText(stop)
        self._setting = False
        self._grey_out()

    def _fields(self) -> dict[str, QWidget]:
        return {
            "temperature": self.temperature,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "min_p": self.min_p,
            "seed": self.seed,
            "repetition_penalty": self.repetition_penalty,
            "max_new_tokens": self.max_new_tokens,
            "stop": self.stop,
        }

    def _read(self) -> None:
        if self._setting:
            return
        self._sampling = replace(
            self._sampling,
            temperature=round(self.temperature.value(), 4),
            top_k=self.top_k.value(),
            top_p=round(self.top_p.value(), 4),
            min_p=round(self.min_p.value(), 4),
            repetition_penalty=round(self.repetition_penalty.value(), 4),
            max_new_tokens=self.max_new_tokens.value(),
            seed=self.seed.value(),
            stop=_texts(self.stop.text()),
        )
        self._grey_out()
        self.edited.emit(self._sampling)

    def _reset(self) -> None:
        self.stop.clear()
        self.set_sampling(Sampling(max_new_tokens=MAX_NEW_TOKENS))
        self.edited.emit(self._sampling)

    def _grey_out(self) -> None:
        greedy = self._sampling.temperature == 0.0
        for name in ("top_k", "top_p", "min_p", "seed"):
            self._fields()[name].setEnabled(not greedy)
            self._labels[name].setEnabled(not greedy)
        self.greedy_note.setVisible(greedy)

    def _lay_out(self) -> None:
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(0, 0, 4, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in self._fields().items():
            field.setObjectName(f"sampling-{name}")
            self._labels[name].setBuddy(field)
            form.addRow(self._labels[name], field)
            if name == "temperature":
                form.addRow(self.greedy_note)
        form.addRow(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(ColumnScroll(inside, self), 1)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 32)

    def retranslate(self) -> None:
        """Set every text again."""
        self.heading.setText(self.tr("Sampling"))
        texts = {
            "temperature": (
                self.tr("Temperature"),
                self.tr("0 = always the likeliest token (greedy); higher = more varied. 0 to 10."),
            ),
            "top_k": (
                self.tr("Top-k"),
                self.tr("Keep the k likeliest tokens; 0 = all."),
            ),
            "top_p": (
                self.tr("Top-p"),
                self.tr("Keep the smallest set with this probability mass; 1 = all."),
            ),
            "min_p": (
                self.tr("Min-p"),
                self.tr("Drop tokens below this share of the likeliest one; 0 = none."),
            ),
            "seed": (
                self.tr("Seed"),
                self.tr("Columns of one question share their random numbers."),
            ),
            "repetition_penalty": (
                self.tr("Repetition penalty"),
                self.tr("Divides the scores of tokens already there; 1 = none."),
            ),
            "max_new_tokens": (
                self.tr("Longest answer"),
                self.tr("Upper bound of the answer's length, in tokens."),
            ),
            "stop": (
                self.tr("Stop texts"),
                self.tr("The answer ends before any of these; several are separated by |."),
            ),
        }
        for name, (label, hint) in texts.items():
            self._labels[name].setText(label)
            self._labels[name].setToolTip(hint)
            self._fields()[name].setToolTip(hint)
            self._fields()[name].setAccessibleName(label)
        self.max_new_tokens.setSuffix(" " + self.tr("tokens"))
        self.top_k.setSpecialValueText(self.tr("all"))
        self.stop.setPlaceholderText(self.tr("e.g. \\n\\n | Q:"))
        self.greedy_note.setText(self.tr("Greedy: top-k, top-p, min-p and the seed do nothing."))
        self.reset.setText(self.tr("Back to defaults"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _decimal(low: float, high: float, step: float, places: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(places)
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setKeyboardTracking(False)
    return box


def _whole(low: int, high: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    return box


def _texts(line: str) -> tuple[str, ...]:
    """Stop texts from one line: separated by ``|``, with ``\\n`` and ``\\t`` for line and tab."""
    parts = (part.strip() for part in line.split("|"))
    return tuple(part.replace("\\n", "\n").replace("\\t", "\t") for part in parts if part)


def _escaped(text: str) -> str:
    return text.replace("\n", "\\n").replace("\t", "\\t")
