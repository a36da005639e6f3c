"""The few settings that only some techniques have, as rows of a form."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from engine.evaluation.technique_settings import USED, TechniqueSettings
from engine.prompting.elements import Language
from engine.prompting.strategies.generated_knowledge import DEFAULT_STATEMENTS
from engine.prompting.strategies.label_likelihood import LEAD
from engine.prompting.strategies.plain import PLAIN
from engine.prompting.strategies.registry import TECHNIQUES
from engine.prompting.strategies.self_consistency import SelfConsistency
from engine.prompting.strategies.two_stage import ANSWER_TRIGGERS
from workbench.viewmodels.names import technique_name

_BETWEEN = re.compile(r"[,，;；\n]")


class TechniqueFields(QObject):
    """Adds the fields that a technique uses to a form and tells its settings.

    Signals:
        changed(object): The `TechniqueSettings` as they should be.
    """

    changed = Signal(object)

    def __init__(
        self, technique: str, settings: TechniqueSettings, language: Language, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._parent = parent
        self._settings = settings
        self._technique = technique
        self._language = language
        self.paths: QSpinBox | None = None
        self.temperature: QDoubleSpinBox | None = None
        self.winner: QComboBox | None = None
        self.early: QCheckBox | None = None
        self.statements: QSpinBox | None = None
        self.labels: QLineEdit | None = None
        self.calibrate: QCheckBox | None = None
        self.answer: QLineEdit | None = None
        self.base: QComboBox | None = None

    def add_to(self, form: QFormLayout) -> None:
        """Make the rows."""
        asks = TECHNIQUES[self._technique].asks
        used = USED[asks]
        if TECHNIQUES[self._technique].reads_documents:
            self._add_base(form)
        if "samples" in used:
            self._add_paths(form)
        if "statements" in used:
            self.statements = self._spin("statements", 1, 20)
            self.statements.setValue(self._settings.statements or DEFAULT_STATEMENTS)
            self.statements.valueChanged.connect(self._statements_changed)
            form.addRow(self.tr("Statements"), self.statements)
        if "labels" in used:
            self._add_labels(form, asks == "likelihood")
        if asks in ("two-stage", "likelihood"):
            self._add_answer(form, asks == "two-stage")

    def _add_base(self, form: QFormLayout) -> None:
        self.base = QComboBox(self._parent)
        self.base.setObjectName("base")
        for name in PLAIN:
            self.base.addItem(technique_name(name), name)
        self.base.setCurrentIndex(max(0, self.base.findData(self._settings.base)))
        self.base.setToolTip(self.tr("The technique whose prompt gets the passages"))
        self.base.activated.connect(self._base_changed)
        form.addRow(self.tr("Asks like"), self.base)

    def _add_paths(self, form: QFormLayout) -> None:
        self.paths = self._spin("paths", 2, 64)
        self.paths.setValue(self._settings.samples or SelfConsistency.default_samples)
        self.paths.valueChanged.connect(self._paths_changed)
        form.addRow(self.tr("Paths"), self.paths)
        self.temperature = QDoubleSpinBox(self._parent)
        self.temperature.setObjectName("path-temperature")
        self.temperature.setRange(0.1, 2.0)
        self.temperature.setSingleStep(0.1)
        self.temperature.setDecimals(2)
        chosen = self._settings.temperature
        self.temperature.setValue(SelfConsistency.default_temperature if chosen is None else chosen)
        self.temperature.setToolTip(
            self.tr("Of these paths alone; the other columns keep their own temperature")
        )
        self.temperature.valueChanged.connect(self._temperature_changed)
        form.addRow(self.tr("Temperature"), self.temperature)
        self.winner = QComboBox(self._parent)
        self.winner.addItem(self.tr("the most frequent answer"), "majority")
        self.winner.addItem(self.tr("the most probable answer"), "weighted")
        self.winner.setCurrentIndex(max(0, self.winner.findData(self._settings.vote)))
        self.winner.currentIndexChanged.connect(self._winner_changed)
        form.addRow(self.tr("Winner"), self.winner)
        self.early = QCheckBox(self.tr("Stop when the winner is certain"), self._parent)
        self.early.setChecked(self._settings.stop_early)
        self.early.toggled.connect(self._early_changed)
        form.addRow("", self.early)

    def _add_labels(self, form: QFormLayout, needed: bool) -> None:
        self.labels = QLineEdit(", ".join(self._settings.labels), self._parent)
        self.labels.setObjectName("labels")
        self.labels.setPlaceholderText(
            self.tr("e.g. yes, no") if needed else self.tr("none: the answers vote")
        )
        self.labels.setToolTip(self.tr("Candidate answers, separated by commas"))
        self.labels.textEdited.connect(self._labels_edited)
        form.addRow(self.tr("Labels") if needed else self.tr("Candidates"), self.labels)
        if needed:
            self.calibrate = QCheckBox(self.tr("Calibrate with an empty input"), self._parent)
            self.calibrate.setChecked(self._settings.calibrate)
            self.calibrate.toggled.connect(self._calibrate_changed)
            form.addRow("", self.calibrate)

    def _add_answer(self, form: QFormLayout, asks_again: bool) -> None:
        self.answer = QLineEdit(self._settings.answer_trigger, self._parent)
        self.answer.setObjectName("answer-trigger")
        default = ANSWER_TRIGGERS["words"][self._language] if asks_again else LEAD[self._language]
        self.answer.setPlaceholderText(default)
        self.answer.textEdited.connect(self._answer_edited)
        form.addRow(
            self.tr("Then asks") if asks_again else self.tr("Before the label"), self.answer
        )

    def _spin(self, name: str, least: int, most: int) -> QSpinBox:
        spin = QSpinBox(self._parent)
        spin.setObjectName(name)
        spin.setRange(least, most)
        return spin

    def _base_changed(self, index: int) -> None:
        assert self.base is not None
        name = self.base.itemData(index)
        self._set(replace(self._settings, base="" if index == 0 else name))

    def _paths_changed(self, value: int) -> None:
        samples = 0 if value == SelfConsistency.default_samples else value
        self._set(replace(self._settings, samples=samples))

    def _temperature_changed(self, value: float) -> None:
        usual = abs(value - SelfConsistency.default_temperature) < 1e-6
        self._set(replace(self._settings, temperature=None if usual else value))

    def _winner_changed(self, index: int) -> None:
        assert self.winner is not None
        self._set(replace(self._settings, vote=self.winner.itemData(index)))

    def _early_changed(self, early: bool) -> None:
        self._set(replace(self._settings, stop_early=early))

    def _statements_changed(self, value: int) -> None:
        self._set(replace(self._settings, statements=0 if value == DEFAULT_STATEMENTS else value))

    def _labels_edited(self, text: str) -> None:
        labels = tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())
        self._set(replace(self._settings, labels=labels))

    def _calibrate_changed(self, calibrate: bool) -> None:
        self._set(replace(self._settings, calibrate=calibrate))

    def _answer_edited(self, text: str) -> None:
        self._set(replace(self._settings, answer_trigger=text))

    def _set(self, settings: TechniqueSettings) -> None:
        self._settings = settings
        self.changed.emit(settings)
