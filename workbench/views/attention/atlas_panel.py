"""The left side: every layer and head, sorted and searched, with its fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.plots.atlas_marks import AtlasMarks
from workbench.plots.atlas_picture import coloured
from workbench.plots.export import columns_csv, npz
from workbench.plots.head_atlas import HeadAtlas
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.viewmodels.attention import AttentionModel
from workbench.viewmodels.attention_atlas import ORDERS, AtlasModel, Order
from workbench.viewmodels.attention_command import inspect_command
from workbench.viewmodels.attention_heads import HeadAt
from workbench.views.attention.pictures import Pictures
from workbench.views.attention.words import (
    MEASURES,
    card,
    describe,
    head_title,
    measure_name,
    value_of,
)
from workbench.widgets.chips import Chip
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, PlotMenu, Work

LOW_LINES = 24


class AtlasPanel(QWidget):
    """Signals:
    ablate_wanted(object): Take this `HeadAt` out, or put it back.
    """

    ablate_wanted = Signal(object)

    def __init__(
        self,
        model: AttentionModel,
        atlas_model: AtlasModel,
        services: Services,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._data = atlas_model
        self._theme = theme
        self._ablated: frozenset[HeadAt] = frozenset()
        self.sort = QComboBox(self)
        self.find = QLineEdit(self)
        self.find.setClearButtonEnabled(True)
        self.no_hit = PlainLabel(self)
        self.no_hit.setWordWrap(True)
        set_role(self.no_hit, "muted")
        self.no_hit.hide()
        self.shared = Chip(self, compact=True)
        self.importance = Chip(self, compact=True)
        self.importance.setEnabled(False)
        self.atlas = HeadAtlas(theme, self)
        self.menu = PlotMenu(services, "attention-atlas", self._exports(), self)
        self.card = QLabel(self)
        self.card.setTextFormat(Qt.TextFormat.RichText)
        self.card.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        set_role(self.card, "small")
        atlas_model.set_describe(describe)
        self.atlas.set_tip(self._card)
        self._lay_out()
        self._connect()
        self.retranslate()

    def set_ablated(self, heads: frozenset[HeadAt]) -> None:
        """Cross these heads."""
        self._ablated = heads
        self._mark()

    def retranslate(self) -> None:
        """Set every text again."""
        current = self.sort.currentData() or "layer"
        self.sort.clear()
        for order in ORDERS:
            self.sort.addItem(measure_name(order), order)
        self.sort.setCurrentIndex(self.sort.findData(current))
        self.sort.setAccessibleName(self.tr("Sort heads by"))
        self.sort.setToolTip(self.tr("Sort heads by"))
        self.find.setPlaceholderText(self.tr("Find heads: induction, L2 …"))
        self.find.setAccessibleName(self.tr("Find heads"))
        self.no_hit.setText(
            self.tr("No head is called that: try a pattern (induction, sink) or a place (L2, H3).")
        )
        self.shared.setText(self.tr("One scale"))
        self.shared.setToolTip(self.tr("The same colours for every head, or each head its own"))
        self.importance.setText(self.tr("Importance"))
        self.importance.setToolTip(self.tr("Bars: how much the loss rises without the head"))
        for chip in (self.shared, self.importance):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.atlas.setAccessibleName(self.tr("All layers and heads"))
        self._describe_current()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the atlas keeps its place; the card is its tooltip then."""
        super().resizeEvent(event)
        self._describe_current()
        self.card.setVisible(self.height() > LOW_LINES * self.fontMetrics().lineSpacing())

    # Model to widgets

    def _redraw(self) -> None:
        data = self._data.data
        if data is None:
            return
        columns = max((head.head for head in data.heads), default=0) + 1
        pictures = coloured(data.pictures, self._data.shared)
        self.atlas.show_heads(data.heads, pictures, columns)
        self._reorder()

    def _reorder(self) -> None:
        self.atlas.set_order(self._data.sorted(), self._data.order == "layer")
        self.importance.setEnabled(bool(self._data.importance))
        data = self._data.data
        lost = data is not None and bool(data.heads)
        self.no_hit.setVisible(lost and len(self._data.faded()) == len(data.heads if data else ()))
        self._mark()

    def _mark(self) -> None:
        values = self._data.importance if self._data.show_importance else {}
        top = max((abs(value) for value in values.values()), default=0.0)
        tints = tuple((head, value / top) for head, value in values.items()) if top else ()
        self.atlas.set_marks(AtlasMarks(self._model.head, self._ablated, self._data.faded(), tints))
        self._describe_current()

    def _describe_current(self) -> None:
        head = self.atlas.over or self._model.head
        if head is None:
            self.card.clear()
            return
        title = head_title(head, self._data.print_of(head))
        if head in self._ablated:
            title = self.tr("{head} · taken out").format(head=title)
        self.atlas.setAccessibleDescription(title)
        self.card.setText(self._card(head))
        if self.card.sizeHint().width() > self.width():
            self.card.setText(self._card(head, hints=False))

    def _card(self, head: HeadAt, hints: bool = True) -> str:
        return card(head, self._data.print_of(head), self._data.importance.get(head), hints)

    # What the person does

    def _sorted_by(self, index: int) -> None:
        self._data.set_order(cast(Order, self.sort.itemData(index)))

    def _head_clicked(self, head: HeadAt) -> None:
        self._model.set_head(head)

    def _hovered(self, _head: HeadAt | None) -> None:
        self._describe_current()

    # Building

    def _exports(self) -> Exports:
        shown = Pictures(self.atlas, self._theme)
        return Exports(
            image=shown.image, png=shown.png, svg=shown.svg, csv=self._csv, npz=self._npz,
            command=self._command,
        )  # fmt: skip

    def _csv(self) -> Work | None:
        """The fingerprints, one head per line."""
        data = self._data.data
        if data is None:
            return None
        names: list[tuple[str, Sequence[float] | Sequence[str]]] = [
            ("head", [head.name for head in data.heads])
        ]
        for measure in MEASURES:
            found = [value_of(data.prints[head], measure) for head in data.heads]
            names.append((measure, [float("nan") if one is None else one for one in found]))
        if self._data.importance:
            found = [self._data.importance.get(head) for head in data.heads]
            names.append(("importance", [float("nan") if one is None else one for one in found]))
        return partial(columns_csv, names)

    def _command(self) -> str:
        model = self._model
        if model.captured is None or model.capture is None:
            return ""
        return inspect_command(model.captured, model.capture, None, model.stage, model.role)

    def _npz(self) -> Work | None:
        data = self._data.data
        if data is None:
            return None

        def work() -> bytes:
            names = [head.name for head in data.heads]
            return npz({"heads": names, "pictures": data.pictures})

        return work

    def _lay_out(self) -> None:
        self.sort.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.sort, 1)
        top.addWidget(self.menu)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        chips.addWidget(self.shared)
        chips.addWidget(self.importance)
        chips.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.find)
        layout.addWidget(self.no_hit)
        layout.addLayout(chips)
        layout.addWidget(self.atlas, 1)
        layout.addWidget(self.card)

    def _connect(self) -> None:
        self.sort.activated.connect(self._sorted_by)
        self.find.textChanged.connect(self._data.search)
        self.shared.toggled.connect(self._data.set_shared)
        self.importance.toggled.connect(self._data.set_show_importance)
        self.atlas.chosen.connect(self._head_clicked)
        self.atlas.hovered.connect(self._hovered)
        self.atlas.ablate_wanted.connect(self.ablate_wanted)
        self._data.pictures_changed.connect(self._redraw)
        self._data.order_changed.connect(self._reorder)
        self._model.head_changed.connect(self._mark)
