"""What every group of heads, every neuron and every layer is worth, a row per layer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from engine.pruning.structured_spec import LayerWidths
from workbench.views.pruning.worth_strip import Worth, WorthStrip, sorted_worth
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number

COLUMNS = 6


class PartRows(QWidget):
    """Layer, heads, how many stay, neurons, how many stay, block influence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[LayerWidths, ...] = ()
        self._made: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(3, 3)
        self.heads = [PlainLabel(self) for _ in range(COLUMNS)]
        for place, head in enumerate(self.heads):
            set_role(head, "small")
            self._grid.addWidget(head, 0, place)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            self.tr("Layer"), self.tr("Groups of heads"), self.tr("kept"),
            self.tr("Neurons, sorted"), self.tr("kept"), self.tr("Influence"),
        )  # fmt: skip
        for head, text in zip(self.heads, texts, strict=True):
            head.setText(text)
        self.heads[5].setToolTip(
            self.tr("1 − mean cosine of what enters and what leaves the layer (block influence)")
        )
        self.set_layers(self._layers)

    def set_layers(self, layers: tuple[LayerWidths, ...]) -> None:
        """Show these layers."""
        self._layers = layers
        for old in self._made:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._made = []
        for place, one in enumerate(layers, start=1):
            groups, neurons = worths_of(one)
            name = PlainLabel(f"L{one.layer}", self)
            strips = [WorthStrip(self), WorthStrip(self)]
            strips[0].set_worth(groups)
            strips[1].set_worth(neurons)
            kept = [
                PlainLabel(f"{len(some)} / {len(every)}" if len(every) else "–", self)
                for some, every in (
                    (one.groups_kept, one.groups), (one.neurons_kept, one.neurons),
                )
            ]  # fmt: skip
            influence = PlainLabel(
                plain_number(one.influence, 3) if one.stays else self.tr("dropped"), self
            )
            row: list[QWidget] = [name, strips[0], kept[0], strips[1], kept[1], influence]
            for label in (name, *kept, influence):
                use_fixed_font(label)
            influence.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, part in enumerate(row):
                self._grid.addWidget(part, place, column)
                part.show()
            self._made += row


def worths_of(layer: LayerWidths) -> tuple[Worth | None, Worth | None]:
    """Strips of a layer: its groups of heads, its neurons."""
    groups = None
    if layer.groups:
        kept = set(layer.groups_kept)
        groups = Worth(
            tuple(_group_name(layer, number) for number in range(len(layer.groups))),
            layer.groups,
            tuple(layer.stays and number in kept for number in range(len(layer.groups))),
        )
    neurons = None
    if len(layer.neurons):
        kept_neurons = layer.neurons_kept if layer.stays else np.zeros(0, np.int64)
        neurons = sorted_worth(f"L{layer.layer}", layer.neurons, kept_neurons, "")
    return groups, neurons


def _group_name(layer: LayerWidths, number: int) -> str:
    first = number * layer.queries
    if layer.queries == 1:
        return f"L{layer.layer}·H{first}"
    return f"L{layer.layer}·H{first}–{first + layer.queries - 1}"
