"""The heads of one layer as lines between two columns of tokens; short texts only."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.inspection.capture import Float, LayerCapture
from engine.inspection.stages import stage
from workbench.plots.bipartite import MOST_TOKENS, Bipartite, head_colour
from workbench.plots.export import columns_csv, npz
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.viewmodels.attention import AttentionModel
from workbench.views.attention.head_swatch import HeadSwatch
from workbench.views.attention.pictures import Pictures
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, PlotMenu, Work


class LinesView(QWidget):
    """One swatch per head of the layer; the chosen head is on."""

    def __init__(
        self,
        model: AttentionModel,
        services: Services,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._services = services
        self._theme = theme
        self._serial = 0
        self._weights: Float | None = None
        self._wanted: tuple[int, str] | None = None
        self.title = PlainLabel(self)
        set_role(self.title, "section")
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "muted")
        self.swatch_bar = FlowBar(self)
        self._swatch_row = FlowLayout(self.swatch_bar, 4)
        self.swatches: list[HeadSwatch] = []
        self.lines = Bipartite(theme, self)
        self.menu = PlotMenu(services, "attention-lines", self._exports(), self)
        self._lay_out()
        model.head_changed.connect(self.refresh)
        theme.changed.connect(self._recolour)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.lines.setAccessibleName(self.tr("Lines from queries to keys"))
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the layer of the chosen head, when in sight."""
        layer, head = self._model.layer, self._model.head
        self._tell()
        if layer is None or head is None or not self.isVisible():
            return
        self._fit_swatches(layer.heads)
        if (layer.layer, layer.role) != self._wanted or self._layer is not layer:
            self._wanted, self._layer = (layer.layer, layer.role), layer
            self._serial += 1
            self._weights = None
            self.lines.show_weights(np.zeros((0, 0, 0), np.float32), (), ())
            if max(layer.shape) <= MOST_TOKENS:
                self._services.background.run(
                    partial(_weights, layer), partial(self._take, self._serial)
                )
        self._only(head.head)

    def _take(self, serial: int, weights: Float) -> None:
        if serial == self._serial:
            self._weights = weights
            self.lines.show_weights(weights, self._model.row_tokens(), self._model.column_tokens())

    def _tell(self) -> None:
        layer = self._model.layer
        if layer is None:
            return
        self.title.setText(self.tr("Layer {n}").format(n=layer.layer))
        longest = max(layer.shape)
        if longest > MOST_TOKENS:
            self.hint.setText(
                self.tr(
                    "Lines are drawn for up to {most} tokens; this text has {n}. See the map."
                ).format(most=MOST_TOKENS, n=longest)
            )
        else:
            self.hint.setText(
                self.tr("Left: who looks. Right: at what. Point at a token for its lines alone.")
            )

    def _only(self, head: int) -> None:
        for number, swatch in enumerate(self.swatches):
            swatch.setChecked(number == head)
        self._toggled(False)

    def _toggled(self, _on: bool) -> None:
        shown = tuple(n for n, swatch in enumerate(self.swatches) if swatch.isChecked())
        self.lines.set_shown(shown)

    def _fit_swatches(self, count: int) -> None:
        while len(self.swatches) > count:
            swatch = self.swatches.pop()
            self._swatch_row.removeWidget(swatch)
            swatch.deleteLater()
        while len(self.swatches) < count:
            swatch = HeadSwatch(len(self.swatches), self.swatch_bar)
            swatch.clicked.connect(self._toggled)
            self.swatches.append(swatch)
            self._swatch_row.addWidget(swatch)
        self._recolour()

    def _recolour(self) -> None:
        for number, swatch in enumerate(self.swatches):
            swatch.set_colour(head_colour(self._theme, number, len(self.swatches)))

    def _exports(self) -> Exports:
        shown = Pictures(self.lines, self._theme)
        return Exports(
            image=shown.image, png=shown.png, svg=shown.svg, csv=self._csv, npz=self._npz,
        )  # fmt: skip

    def _csv(self) -> Work | None:
        if self._weights is None:
            return None
        return partial(
            _lines_csv, self._weights, self._model.row_tokens(), self._model.column_tokens()
        )

    def _npz(self) -> Work | None:
        if self._weights is None:
            return None
        arrays = {
            "weights": self._weights,
            "queries": self._model.row_tokens(),
            "keys": self._model.column_tokens(),
        }
        return partial(npz, arrays)

    def _lay_out(self) -> None:
        self._layer: LayerCapture | None = None
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.lines)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.hint)
        layout.addWidget(self.swatch_bar)
        layout.addWidget(scroll, 1)


def _weights(layer: LayerCapture) -> Float:
    """Every head's weights, ``[heads, queries, keys]``; short texts only."""
    queries, keys = layer.shape
    return np.stack(
        [
            stage(layer, head, "softmax", slice(0, queries), slice(0, keys))
            for head in range(layer.heads)
        ]
    )


def _lines_csv(weights: Float, queries: tuple[str, ...], keys: tuple[str, ...]) -> bytes:
    """One line per head, query and key."""
    heads, rows, columns = (axis.ravel() for axis in np.indices(weights.shape))
    return columns_csv(
        (
            ("head", [str(one) for one in heads]),
            ("query", [str(one) for one in rows]),
            ("query token", [queries[one] for one in rows]),
            ("key", [str(one) for one in columns]),
            ("key token", [keys[one] for one in columns]),
            ("weight", weights.ravel().astype(np.float64)),
        )
    )
