"""What is cut out of the model: shares of groups, neurons and experts, layers, and how."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from engine.pruning.structured_spec import WORTHS
from workbench.viewmodels.pruning import PruningModel
from workbench.views.pruning.share_slider import ShareSlider
from workbench.views.pruning.turning import Turning
from workbench.views.pruning.words import worth_hint, worth_name
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import form

SIDE_BY_SIDE_CHARS = 110


class StructuredForm(QWidget):
    """Shows the choice of the topic “Parts”, and passes every change of it on."""

    def __init__(self, model: PruningModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._structured = model.structured
        self._setting = False
        self.groups = ShareSlider("structured-groups", self)
        self.neurons = ShareSlider("structured-neurons", self)
        self.experts = ShareSlider("structured-experts", self)
        self.blocks = QSpinBox(self)
        self.blocks.setObjectName("structured-blocks")
        self.blocks.setRange(0, 64)
        self.blocks.setKeyboardTracking(False)
        self.widths = QComboBox(self)
        self.widths.setObjectName("structured-widths")
        self.importance = QComboBox(self)
        self.importance.setObjectName("structured-importance")
        self.compensate = Chip(self, compact=True)
        self.speed = Chip(self, compact=True)
        self.ranking = PlainLabel(self)
        self.drop_ranking = QPushButton(self)
        self.drop_ranking.setProperty("role", "quiet")
        self.labels = {
            name: PlainLabel(self)
            for name in ("groups", "neurons", "experts", "blocks", "widths", "importance")
        }
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        texts = {
            "groups": self.tr("Key-value groups cut"),
            "neurons": self.tr("MLP neurons cut"),
            "experts": self.tr("Experts cut (mixtures)"),
            "blocks": self.tr("Layers dropped"),
            "widths": self.tr("Widths"),
            "importance": self.tr("Parts are worth"),
        }
        for name, label in self.labels.items():
            label.setText(texts[name])
        for name, share in self._shares().items():
            share.set_name(texts[name])
        self.blocks.setAccessibleName(texts["blocks"])
        self.blocks.setToolTip(self.tr("Those that change the residual stream least (ShortGPT)"))
        self.importance.setAccessibleName(texts["importance"])
        self.widths.setAccessibleName(texts["widths"])
        self.compensate.setText(self.tr("biases make up for it"))
        self.compensate.setToolTip(
            self.tr("What cut parts give on average becomes a bias (FLAP), where the model has one")
        )
        self.speed.setText(self.tr("measure tokens per second"))
        for chip in (self.compensate, self.speed):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.drop_ranking.setText(self.tr("Forget it"))
        self.ranking.setText(self.tr("Heads are judged by the ranking of the page Attention."))
        self._fill()
        self.refresh()

    def refresh(self) -> None:
        """Show the choice."""
        choice = self._structured.choice
        self._setting = True
        self.groups.set_value(choice.groups)
        self.neurons.set_value(choice.neurons)
        self.experts.set_value(choice.experts)
        self.blocks.setValue(choice.blocks)
        self.widths.setCurrentIndex(max(0, self.widths.findData(choice.widths)))
        self.importance.setCurrentIndex(max(0, self.importance.findData(choice.importance)))
        self.importance.setToolTip(worth_hint(choice.importance))
        self.compensate.setChecked(choice.compensate)
        self.speed.setChecked(choice.speed)
        has = bool(choice.ranking)
        self.ranking.setVisible(has)
        self.drop_ranking.setVisible(has)
        self._setting = False

    def _shares(self) -> dict[str, ShareSlider]:
        return {"groups": self.groups, "neurons": self.neurons, "experts": self.experts}

    def _fill(self) -> None:
        self._setting = True
        self.widths.clear()
        self.widths.addItem(self.tr("alike: opens anywhere"), "uniform")
        self.widths.addItem(self.tr("each layer its own: opens in Lathe"), "per-layer")
        self.importance.clear()
        for worth in WORTHS:
            self.importance.addItem(worth_name(worth), worth)
        self._setting = False

    # What the person does

    def _edited(self) -> None:
        if self._setting:
            return
        self._structured.set_choice(
            replace(
                self._structured.choice,
                groups=self.groups.value(),
                neurons=self.neurons.value(),
                experts=self.experts.value(),
                blocks=self.blocks.value(),
                widths=self.widths.currentData(),
                importance=self.importance.currentData(),
                compensate=self.compensate.isChecked(),
                speed=self.speed.isChecked(),
            )
        )

    def _ranking_dropped(self) -> None:
        self._structured.set_choice(replace(self._structured.choice, ranking=""))

    # Building

    def _lay_out(self) -> None:
        labels, sides = self.labels, (QWidget(self), QWidget(self))
        form(
            (labels["groups"], self.groups),
            (labels["neurons"], self.neurons),
            (labels["experts"], self.experts),
            parent=sides[0],
        )
        chips = FlowBar(sides[1])
        flow = FlowLayout(chips, 8)
        flow.addWidget(self.compensate)
        flow.addWidget(self.speed)
        second = QVBoxLayout(sides[1])
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(8)
        second.addLayout(
            form(
                (labels["blocks"], self.blocks),
                (labels["widths"], self.widths),
                (labels["importance"], self.importance),
            )
        )
        second.addWidget(chips)
        ranked = QHBoxLayout()
        ranked.setSpacing(8)
        ranked.addWidget(self.ranking)
        ranked.addWidget(self.drop_ranking)
        ranked.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Turning(sides, (1, 1), SIDE_BY_SIDE_CHARS, self))
        column.addLayout(ranked)

    def _connect(self) -> None:
        for slider in self._shares().values():
            slider.moved.connect(self._edited)
        self.blocks.valueChanged.connect(self._edited)
        for picker in (self.widths, self.importance):
            picker.activated.connect(self._edited)
        self.compensate.clicked.connect(self._edited)
        self.speed.clicked.connect(self._edited)
        self.drop_ranking.clicked.connect(self._ranking_dropped)
        self._structured.choice_changed.connect(self.refresh)
