"""One head large: its stages one after another, over the tokens, with profiles."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from engine.inspection.capture import Float, LayerCapture
from engine.inspection.stages import STAGES, Stage, stage
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import Scale
from workbench.plots.export import matrix_csv, npz
from workbench.plots.theme import PlotTheme
from workbench.plots.tiled_map import CellAt, TiledMap
from workbench.services.container import Services
from workbench.viewmodels.attention import AttentionModel
from workbench.viewmodels.attention_atlas import AtlasModel
from workbench.viewmodels.attention_command import inspect_command
from workbench.viewmodels.attention_tiles import (
    head_tile,
    summed_columns,
    summed_rows,
    value_range,
)
from workbench.views.attention.pictures import Pictures
from workbench.views.attention.words import head_title, stage_hint, stage_name
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plot_menu import Exports, PlotMenu, Work

MOST_CSV: int = 2_000_000


class MapView(QWidget):
    """Signals:
    cell_changed(object): The `CellAt` to be spelled out, or None.
    rows_changed(object): frozenset of the queries that are chosen.
    colours_changed(), profiles_changed(): What a worker measured is shown now.
    """

    cell_changed = Signal(object)
    rows_changed = Signal(object)
    colours_changed = Signal()
    profiles_changed = Signal()

    def __init__(
        self,
        model: AttentionModel,
        atlas: AtlasModel,
        services: Services,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._atlas = atlas
        self._services = services
        self._theme = theme
        self._serial = 0
        self._profile_serial = 0
        self._profiling = False
        self._range = (0.0, 1.0)
        self._capture: object = None
        self.title = ElidedLabel(self)
        set_role(self.title, "section")
        self.stages = {name: Chip(self, compact=True) for name in STAGES}
        self.log = Chip(self, compact=True)
        self.colours = ColourBar(theme, self)
        self.map = TiledMap(theme, services.background.run, self)
        self.menu = PlotMenu(services, "attention", self._exports(), self)
        self._group = QButtonGroup(self)
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        layer = self._model.layer
        for name, chip in self.stages.items():
            chip.setText(stage_name(name, layer))
            chip.setToolTip(stage_hint(name))
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.log.setText(self.tr("log"))
        self.log.setToolTip(self.tr("Logarithmic colours: small weights become visible"))
        self.log.setAccessibleName(self.tr("Logarithmic colours"))
        self.map.setAccessibleName(self.tr("Map of queries and keys"))
        self._tell_title()
        self._scale()
        self._ask_profiles()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # Model to widgets

    def show_head(self) -> None:
        """Show the chosen head after the chosen stage."""
        layer, head = self._model.layer, self._model.head
        self._serial += 1
        if layer is None or head is None:
            self.map.show_map(None, (0, 0))
            return
        keep = self._capture is self._model.capture and self.map.tiles.shape == layer.shape
        self._capture = self._model.capture
        name = self._model.stage
        self.map.show_map(
            partial(head_tile, layer, head.head, name),
            layer.shape,
            self._model.row_tokens(),
            self._model.column_tokens(),
            keep_view=keep,
        )
        self._services.background.run(
            partial(value_range, layer, head.head, name), partial(self._take_range, self._serial)
        )
        self._show_stages()
        self._tell_title()
        if not keep:
            self.map.pin(_strongest(layer, head.head))
        else:
            self._tell_cell(self.map.cell)

    def _take_range(self, serial: int, found: tuple[float, float]) -> None:
        if serial == self._serial:
            self._range = found
            self._scale()
            self.colours_changed.emit()

    def _scale(self) -> None:
        weights = self._model.stage == "softmax"
        scale = Scale(*self._range, log=weights and self.log.isChecked())
        self.map.set_scale(scale)
        self.colours.set_scale(scale, self.tr("weight") if weights else self.tr("score"))

    def _show_stages(self) -> None:
        offered = self._model.stages
        layer = self._model.layer
        for name, chip in self.stages.items():
            chip.setVisible(name in offered)
            chip.setChecked(name == self._model.stage)
            chip.setText(stage_name(name, layer))
            chip.updateGeometry()
        self.log.setVisible(self._model.stage == "softmax")

    def _tell_title(self) -> None:
        head = self._model.head
        text = head_title(head, self._atlas.print_of(head)) if head is not None else ""
        self.title.setText(text)
        self.menu.set_name(f"attention-{head.name.replace('·', '-')}" if head else "attention")

    def _tell_cell(self, cell: CellAt | None) -> None:
        shown = cell or self.map.pinned
        self.cell_changed.emit(shown)
        value = None
        if shown is not None and self._model.layer is not None and self._model.head is not None:
            rows, columns = slice(shown.row, shown.row + 1), slice(shown.column, shown.column + 1)
            found = stage(
                self._model.layer, self._model.head.head, self._model.stage, rows, columns
            )
            value = float(found[0, 0]) if np.isfinite(found[0, 0]) else None
        self.colours.set_mark(value)
        self._ask_profiles()

    # Profiles: of the chosen tokens, else of the cell under the cursor; one question at a time

    def _ask_profiles(self) -> None:
        self._profile_serial += 1
        if not self._profiling:
            self._send_profiles()

    def _send_profiles(self) -> None:
        layer, head = self._model.layer, self._model.head
        cell = self.map.cell or self.map.pinned
        if layer is None or head is None:
            return
        queries, keys = layer.shape
        rows = tuple(sorted(self.map.rows)) or ((cell.row,) if cell else ())
        columns = tuple(sorted(self.map.columns)) or ((cell.column,) if cell else ())
        rows = tuple(row for row in rows if row < queries)
        columns = tuple(column for column in columns if column < keys)
        serial = self._profile_serial
        self._profiling = True
        self._services.background.run(
            partial(_profiles, layer, head.head, self._model.stage, rows, columns),
            partial(self._take_profiles, serial, rows, columns),
            self._profiles_failed,
        )

    def _take_profiles(
        self,
        serial: int,
        rows: tuple[int, ...],
        columns: tuple[int, ...],
        found: tuple[Float | None, Float | None],
    ) -> None:
        self._profiling = False
        self.map.show_profiles(*found, self._caption(rows, "row"), self._caption(columns, "column"))
        self.profiles_changed.emit()
        if serial != self._profile_serial:
            self._send_profiles()

    def _profiles_failed(self, error: Exception) -> None:
        self._profiling = False
        raise error

    def _caption(self, chosen: tuple[int, ...], what: str) -> str:
        if not chosen:
            return ""
        if len(chosen) > 1:
            if what == "row":
                return self.tr("sum of {n} queries").format(n=len(chosen))
            return self.tr("sum of {n} keys").format(n=len(chosen))
        if what == "row":
            return self.tr("query {i}").format(i=chosen[0])
        return self.tr("key {j}").format(j=chosen[0])

    # What the person does

    def _stage_clicked(self, chip: Chip) -> None:
        self._model.set_stage(next(name for name, known in self.stages.items() if known is chip))

    def _log_toggled(self, _on: bool) -> None:
        self._scale()

    def _tokens_chosen(self, _chosen: frozenset[int]) -> None:
        self._ask_profiles()

    # Files

    def _exports(self) -> Exports:
        shown = Pictures(self.map, self._theme, self.title.text)
        return Exports(
            image=shown.image, png=shown.png, svg=shown.svg, csv=self._csv, npz=self._npz,
            command=self._command,
        )  # fmt: skip

    def _command(self) -> str:
        model = self._model
        if model.captured is None or model.capture is None:
            return ""
        return inspect_command(model.captured, model.capture, model.head, model.stage, model.role)

    def visible_part(self) -> tuple[slice, slice]:
        """Queries and keys that are in sight."""
        (x0, x1), (y0, y1) = self.map.box.viewRange()
        queries, keys = self.map.tiles.shape
        rows = slice(max(0, int(y0)), min(queries, int(np.ceil(y1))))
        return rows, slice(max(0, int(x0)), min(keys, int(np.ceil(x1))))

    def _csv(self) -> Work | None:
        layer, head = self._model.layer, self._model.head
        if layer is None or head is None:
            return None
        rows, columns = self._limited()
        return partial(
            _matrix_csv, layer, head.head, self._model.stage, rows, columns,
            self._model.row_tokens()[rows], self._model.column_tokens()[columns],
        )  # fmt: skip

    def _npz(self) -> Work | None:
        layer, head = self._model.layer, self._model.head
        if layer is None or head is None:
            return None
        rows, columns = self._limited()
        return partial(
            _matrix_npz, layer, head.head, rows, columns,
            self._model.row_tokens()[rows], self._model.column_tokens()[columns],
        )  # fmt: skip

    def _limited(self) -> tuple[slice, slice]:
        """What is in sight, as many rows of it as a file should hold."""
        rows, columns = self.visible_part()
        most = max(1, MOST_CSV // max(1, columns.stop - columns.start))
        if rows.stop - rows.start > most:
            self._services.notify.info(
                self.tr("The first {n} queries in sight are saved; zoom in for others.").format(
                    n=most
                )
            )
        return slice(rows.start, min(rows.stop, rows.start + most)), columns

    # Building

    def _lay_out(self) -> None:
        self._group.setExclusive(True)
        steps = FlowBar(self)
        row = FlowLayout(steps, 4)
        for chip in self.stages.values():
            self._group.addButton(chip)
            row.addWidget(chip)
        row.addWidget(self.log)
        row.addWidget(self.colours)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(steps)
        layout.addWidget(self.map, 1)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._stage_clicked)
        self.log.toggled.connect(self._log_toggled)
        self.map.hovered.connect(self._tell_cell)
        self.map.pinned_changed.connect(self._tell_cell)
        self.map.rows_changed.connect(self._tokens_chosen)
        self.map.rows_changed.connect(self.rows_changed)
        self.map.columns_changed.connect(self._tokens_chosen)
        self._model.head_changed.connect(self.show_head)
        self._model.stage_changed.connect(self.show_head)
        self._atlas.pictures_changed.connect(self._tell_title)


def _strongest(layer: LayerCapture, head: int) -> CellAt:
    """The last query with the key that it weighs most."""
    queries, keys = layer.shape
    last = slice(queries - 1, queries)
    weights = stage(layer, head, "softmax", last, slice(0, keys))[0]
    return CellAt(queries - 1, int(weights.argmax()))


def _profiles(
    layer: LayerCapture, head: int, name: Stage, rows: tuple[int, ...], columns: tuple[int, ...]
) -> tuple[Float | None, Float | None]:
    """Values along the keys and along the queries; None where nothing is chosen."""
    return (
        summed_rows(layer, head, name, rows) if rows else None,
        summed_columns(layer, head, name, columns) if columns else None,
    )


def _matrix_csv(
    layer: LayerCapture,
    head: int,
    name: Stage,
    rows: slice,
    columns: slice,
    row_labels: tuple[str, ...],
    column_labels: tuple[str, ...],
) -> bytes:
    return matrix_csv(stage(layer, head, name, rows, columns), row_labels, column_labels)


def _matrix_npz(
    layer: LayerCapture,
    head: int,
    rows: slice,
    columns: slice,
    row_labels: tuple[str, ...],
    column_labels: tuple[str, ...],
) -> bytes:
    """Every stage of the rectangle with its tokens."""
    arrays = {name: stage(layer, head, name, rows, columns) for name in STAGES}
    return npz({**arrays, "queries": row_labels, "keys": column_labels})
