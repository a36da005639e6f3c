"""Components: what the loaded model loses when one of its parts is taken out."""

from __future__ import annotations

import math
import shlex
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.evaluation.evidence.spec import Figure
from engine.inspection.anatomy.components_spec import (
    COMPONENTS,
    MOST_ITEMS,
    Component,
    ComponentLoss,
    ComponentsResult,
    ComponentsSpec,
)
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.viewmodels.anatomy import AnatomyModel
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number, signed
from workbench.widgets.text_field import TextField

TEXT_LINES = 3


class ComponentsView(QScrollArea):
    """A sentence, the components as bars, and the same layer by layer.

    Signals:
        measure_wanted(): The button of the empty place.
    """

    measure_wanted = Signal()

    def __init__(
        self, services: Services, model: AnatomyModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.items_label, self.text_label = PlainLabel(content), PlainLabel(content)
        self.items = QSpinBox(content)
        self.items.setRange(1, MOST_ITEMS)
        self.items.setValue(model.items)
        self.text = TextField(TEXT_LINES, content)
        self.items_label.setBuddy(self.items)
        self.text_label.setBuddy(self.text)
        self.measure = QAction(self)
        self.measure.setProperty("icon-name", "play")
        self.measure.triggered.connect(self.measure_wanted)
        self.empty = EmptyState(services, "anatomy", self.measure, content)
        self.headline = PlainLabel(content)
        self.headline.setWordWrap(True)
        set_role(self.headline, "section")
        self.note = PlainLabel(content)
        self.note.setWordWrap(True)
        set_role(self.note, "small")
        self.whole = FigureTable(content)
        self.layers = FigureTable(content)
        command = self._command
        self.whole_card = PlotCard(
            services, "components", self.whole,
            plot_exports(services, self.whole, partial(self._columns, False), command=command),
            content,
        )  # fmt: skip
        self.layers_card = PlotCard(
            services, "components-by-layer", self.layers,
            plot_exports(services, self.layers, partial(self._columns, True), command=command),
            content,
        )  # fmt: skip
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.whole_card, 0, 0, top)
        grid.addWidget(self.layers_card, 0, 1, top)
        first = QHBoxLayout()
        first.setSpacing(8)
        for part in (self.items_label, self.items, self.text_label):
            first.addWidget(part)
        read = QHBoxLayout()
        read.setSpacing(8)
        read.addLayout(first)
        read.setAlignment(first, top)
        read.addWidget(self.text, 1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addLayout(read)
        column.addWidget(self.headline)
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addWidget(self.empty, 100)
        column.addStretch(1)
        self.setWidget(content)
        model.components.changed.connect(self.refresh)
        self.items.valueChanged.connect(self._items_chosen)
        self.text.textChanged.connect(self._typed)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.items_label.setText(self.tr("Items per task"))
        self.items.setAccessibleName(self.items_label.text())
        self.items.setToolTip(self.tr("Held-out items per teaching task; more make it surer"))
        self.text_label.setText(self.tr("or lines of your own"))
        self.text.setAccessibleName(self.text_label.text())
        self.text.setPlaceholderText(self.tr("One item per line; empty: the teaching tasks"))
        self.measure.setText(self.tr("Measure the components"))
        self.whole_card.set_texts(self.tr("Taken out of every layer"))
        self.layers_card.set_texts(self.tr("Taken out of one layer"))
        self.refresh()

    def refresh(self) -> None:
        """Show what has been read so far."""
        losses = self._losses()
        result = self._model.components.result
        self.whole_card.setVisible(bool(losses))
        self.layers_card.setVisible(any(one.layer >= 0 for one in losses))
        self.headline.setVisible(bool(losses))
        self.empty.setVisible(not losses and not self._model.components.running)
        if not losses:
            text = self.tr(
                "Measure takes each part out of {model}, reads the loss on held-out tasks, and "
                "puts everything back."
            )
            self.empty.set_text(text.format(model=self._model.model_id))
            self.headline.setText("")
            self.note.setText("")
            return
        full = max((o.rise.high for o in losses if o.rise is not None), default=1.0)
        everywhere = [one for one in losses if one.layer < 0]
        single = [one for one in losses if one.layer >= 0]
        self.whole.set_content(self._columns_of(full), tuple(self._row(o) for o in everywhere))
        self.layers.set_content(self._columns_of(full), tuple(self._row(o) for o in single))
        known = [one for one in everywhere if one.rise is not None]
        worst = max(known, key=_rise, default=None)
        if worst is not None:
            text = self.tr("Without {part} the loss rises by {rise} nats per token.")
            self.headline.setText(
                text.format(part=self._name(worst.component), rise=plain_number(_rise(worst)))
            )
        self.note.setText(self._note(result) if isinstance(result, ComponentsResult) else "")

    def _items_chosen(self, items: int) -> None:
        self._model.items = items

    def _typed(self) -> None:
        self._model.text = self.text.toPlainText().strip()
        self.items.setEnabled(not self._model.text)

    def _losses(self) -> tuple[ComponentLoss, ...]:
        found = self._model.components.result
        if isinstance(found, ComponentsResult) and not self._model.components.running:
            return found.losses
        return tuple(o for o in self._model.components.parts if isinstance(o, ComponentLoss))

    def _note(self, result: ComponentsResult) -> str:
        text = self.tr(
            "Whole model: {loss} nats per token on {items} held-out items ({tokens} predicted "
            "tokens); intervals 95 %, paired. {restored}"
        )
        restored = (
            self.tr("Afterwards its logits are bit for bit what they were.")
            if result.restored
            else self.tr("Afterwards its logits differ: load it again.")
        )
        lines = [
            text.format(
                loss=plain_number(result.whole.mean, 3), items=result.items,
                tokens=result.tokens, restored=restored,
            )
        ]  # fmt: skip
        if result.missing:
            names = self.tr(", ").join(self._name(one) for one in result.missing)
            lines.append(self.tr("This model has no: {names}.").format(names=names))
        return "\n".join(lines)

    def _columns_of(self, full: float) -> tuple[FigureColumn, ...]:
        return (
            FigureColumn(self.tr("Without")),
            FigureColumn(
                self.tr("Loss rises by"),
                self.tr("Nats per predicted token, against the whole model"),
                kind="amount",
                full=full,
            ),
            FigureColumn(self.tr("Loss"), self.tr("Nats per token"), kind="number"),
        )

    def _row(self, one: ComponentLoss) -> FigureRow:
        name = self._name(one.component)
        if one.layer >= 0:
            name = self.tr("{part}, layer {n}").format(part=name, n=one.layer)
        rise, loss = one.rise, one.loss
        if rise is None or loss is None:
            text = self.tr("numbers overflow")
            tip = self.tr("On {n} items the numbers grow beyond what the model's format holds.")
            return FigureRow((name, text, None), tip=tip.format(n=one.overflowed))
        tip = self.tr("{low} to {high}, n = {n} items").format(
            low=signed(rise.low), high=signed(rise.high), n=rise.n
        )
        return FigureRow(
            (
                name,
                Bar(signed(rise.mean), rise.mean, rise.low, rise.high),
                Bar(plain_number(loss.mean), loss.mean, loss.mean, loss.mean),
            ),
            tip=tip,
        )

    def _name(self, component: Component) -> str:
        names: dict[Component, str] = {
            "position": self.tr("positions"),
            "attention": self.tr("attention"),
            "mlp": "MLP",
            "norm": self.tr("norms"),
            "final-norm": self.tr("the final norm"),
        }
        assert set(names) == set(COMPONENTS)
        return names[component]

    def _columns(self, single: bool) -> tuple[Column, ...]:
        """Of the layers one by one, or of all at once."""
        losses = [one for one in self._losses() if (one.layer >= 0) == single]
        return (
            ("component", [one.component for one in losses]),
            ("layer", ["all" if one.layer < 0 else str(one.layer) for one in losses]),
            ("loss", [_mean(one.loss) for one in losses]),
            ("rise", [_rise(one) for one in losses]),
            ("low", [_edge(one.rise, "low") for one in losses]),
            ("high", [_edge(one.rise, "high") for one in losses]),
        )

    def _command(self) -> str:
        """What made the figures in sight; before the first, what would."""
        spec = self._model.components.answered
        model, text, items = self._model.model_id, self._model.text, self._model.items
        if isinstance(spec, ComponentsSpec):
            model, text, items = spec.model.id, spec.text, spec.items
        words = ["lathe", "inspect", "anatomy", "components", "--model", model]
        if not text:
            return shlex.join([*words, "--items", str(items)])
        told = self.tr("lines.txt: the lines of the window")
        return f"{shlex.join([*words, '--text', 'lines.txt'])}  # {told}"


def _mean(figure: Figure | None) -> float:
    return math.nan if figure is None else figure.mean


def _rise(one: ComponentLoss) -> float:
    return _mean(one.rise)


def _edge(figure: Figure | None, which: str) -> float:
    return math.nan if figure is None else float(getattr(figure, which))
