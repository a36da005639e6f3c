"""Paint a mask on the map, run the model under it, and see what it says then."""

from __future__ import annotations

from functools import partial
from typing import Final, cast

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.inspection.inspect_spec import MASKS, MaskName
from workbench.plots.colour_maps import Scale
from workbench.plots.export import Column, matrix_csv, npz
from workbench.plots.theme import PlotTheme
from workbench.plots.tiled_map import CellAt, TiledMap
from workbench.plots.token_axis import shown_token
from workbench.services.container import Services
from workbench.viewmodels.attention import AttentionModel
from workbench.viewmodels.attention_ablation import change_columns, telling
from workbench.viewmodels.attention_mask import MOST_PAINTED, MaskModel, cells_of, own_cells
from workbench.viewmodels.attention_tiles import head_tile
from workbench.views.attention.pictures import Pictures
from workbench.views.job_line import JobLine
from workbench.views.plot_card import plot_exports
from workbench.widgets.bar_list import Bar, BarList
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, PlotMenu, Work
from workbench.widgets.signed_tint import plain_number

SHOWN: Final = 5
LOW_LINES: Final = 32
VEIL: Final = 215


class PaintView(QWidget):
    """Signals:
    look_wanted(): Look inside with this mask.
    cell_changed(object): The `CellAt` under the brush, or None.
    """

    look_wanted = Signal()
    cell_changed = Signal(object)

    def __init__(
        self,
        model: AttentionModel,
        mask: MaskModel,
        services: Services,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._mask = mask
        self._theme = theme
        self._picture: np.ndarray = np.zeros((0, 0, 4), np.uint8)
        self.rule = QComboBox(self)
        self.width = QSpinBox(self)
        self.width.setRange(1, MOST_PAINTED)
        self.width.setValue(4)
        self.hide = Chip(self, compact=True)
        self.show_chip = Chip(self, compact=True)
        self.size = QSpinBox(self)
        self.size.setRange(1, 32)
        self.clear = QPushButton(self)
        self.clear.setProperty("role", "quiet")
        self.run = QPushButton(self)
        self.look = QPushButton(self)
        self.look.setProperty("role", "quiet")
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "muted")
        self.line = JobLine(mask.job, self)
        self.map = TiledMap(theme, services.background.run, self)
        self.map.set_profiles_visible(False)
        self.map.set_brush(True)
        self.menu = PlotMenu(services, "mask", self._exports(), self)
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.bars = BarList(self)
        said = plot_exports(services, self.bars, self._said)
        self.bars_menu = PlotMenu(services, "mask-next-token", said, self)
        self.story = PlainLabel(self)
        self.story.setWordWrap(True)
        self._group = QButtonGroup(self)
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        names: dict[MaskName, str] = {
            "own": self.tr("the model's own"),
            "causal": self.tr("causal"),
            "prefix": self.tr("prefix sees itself"),
            "window": self.tr("sliding window"),
            "full": self.tr("everything"),
        }
        current = self._mask.choice.kind
        self.rule.clear()
        for kind in MASKS:
            self.rule.addItem(names[kind], kind)
        self.rule.setCurrentIndex(self.rule.findData(current))
        self.rule.setAccessibleName(self.tr("Mask"))
        self.width.setSuffix(self.tr(" tokens"))
        self.width.setAccessibleName(self.tr("Tokens of prefix or window"))
        self.hide.setText(self.tr("brush hides"))
        self.show_chip.setText(self.tr("brush shows"))
        for chip in (self.hide, self.show_chip):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.size.setPrefix(self.tr("size "))
        self.size.setAccessibleName(self.tr("Size of the brush"))
        self.clear.setText(self.tr("Own mask again"))
        self.run.setText(self.tr("Run with this mask"))
        self.look.setText(self.tr("Look inside with it"))
        self.bars.setAccessibleName(self.tr("Likeliest tokens"))
        self.map.setAccessibleName(self.tr("Map to paint on"))
        self._tell()
        self._result_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def show_head(self) -> None:
        """Paint over the chosen head's weights."""
        layer, head = self._model.layer, self._model.head
        if layer is None or head is None or layer.role != "self" or not self._mask.can_paint:
            self.map.show_map(None, (0, 0))
            self._tell()
            return
        keep = self.map.tiles.shape == layer.shape
        self.map.show_map(
            partial(head_tile, layer, head.head, "softmax"),
            layer.shape,
            self._model.row_tokens(),
            self._model.column_tokens(),
            keep_view=keep,
        )
        self.map.set_scale(Scale(0.0, 1.0, log=True))
        self._repaint()
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the map goes before the hint, which is the tooltip of the brush then."""
        super().resizeEvent(event)
        low = self.height() < LOW_LINES * self.fontMetrics().lineSpacing()
        self.hint.setVisible(not low or not self.run.isEnabled())

    # Model to widgets

    def _repaint(self) -> None:
        """Draw what the mask hides and what it shows anew, from the rule and all strokes."""
        layer = self._model.layer
        if layer is None or self.map.tiles.shape != layer.shape:
            self.map.set_painted(None)
            return
        seen = cells_of(self._mask.choice, layer)
        own = own_cells(layer, slice(0, layer.shape[0]), slice(0, layer.shape[1]))
        picture = np.zeros((*seen.shape, 4), np.uint8)
        colours = self._theme.colours
        ground, accent = colours.bad, colours.good
        picture[own & ~seen] = (ground.blue(), ground.green(), ground.red(), VEIL)
        picture[~own & seen] = (accent.blue(), accent.green(), accent.red(), VEIL)
        self._picture = picture
        self._show_picture()

    def _show_picture(self) -> None:
        picture = np.ascontiguousarray(self._picture)
        height, width = picture.shape[:2]
        image = QImage(picture.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
        self.map.set_painted(image.copy())

    def _choice_changed(self) -> None:
        choice = self._mask.choice
        self.rule.setCurrentIndex(self.rule.findData(choice.kind))
        self.width.setVisible(choice.kind in ("prefix", "window"))
        wide = choice.prefix if choice.kind == "prefix" else choice.window
        if wide:
            self.width.blockSignals(True)
            self.width.setValue(wide)
            self.width.blockSignals(False)
        self._repaint()
        self._tell()

    def _tell(self) -> None:
        can = self._mask.can_paint and self._model.role == "self"
        for widget in (self.run, self.rule, self.size, self.hide, self.show_chip):
            widget.setEnabled(can)
        self.clear.setEnabled(can and not self._mask.choice.own)
        self.look.setEnabled(can and not self._mask.choice.own)
        if self._model.capture is not None and not can:
            self.hint.setText(
                self.tr(
                    "Masks can be painted for texts of up to {n} tokens, in models with one stack."
                ).format(n=MOST_PAINTED)
            )
        else:
            self.hint.setText(
                self.tr(
                    "Drag over cells. Red cells are hidden from their query, green ones shown to "
                    "it; every layer and head obeys."
                )
            )
        self.map.setToolTip(self.hint.text())

    def _result_changed(self) -> None:
        result = self._mask.result
        fills = self._model.capture is not None and self._model.capture.fills
        self.heading.setText(
            self.tr("Token filled in, under the mask")
            if fills
            else self.tr("Next token under the mask")
        )
        self.heading.setVisible(result is not None)
        self.bars.setVisible(result is not None)
        self.bars_menu.setVisible(result is not None)
        self.story.setVisible(result is not None)
        if result is None:
            self.bars.set_bars(())
            return
        self.bars.set_bars(
            tuple(
                Bar(
                    shown_token(one.text), one.after,
                    f"{plain_number(one.before)} → {plain_number(one.after)}",
                    ahead=one.rank_after == 1, before=one.before,
                )
                for one in telling(result.change, SHOWN)
            )
        )  # fmt: skip
        parts = [self.tr("KL {kl:.3f} nats").format(kl=result.change.kl)]
        if result.loss_before.size and result.loss_after.size:
            parts.append(
                self.tr("loss {a:.3f} → {b:.3f} nats per token").format(
                    a=float(result.loss_before.mean()), b=float(result.loss_after.mean())
                )
            )
        if result.leaks:
            parts.append(self.tr("some tokens see later ones"))
        lines = [" · ".join(parts)]
        if result.text_before or result.text_after:
            lines.append(self.tr("goes on: “{text}”").format(text=result.text_before.strip()))
            lines.append(self.tr("under the mask: “{text}”").format(text=result.text_after.strip()))
        self.story.setText("\n".join(lines))

    # What the person does

    def _rule_chosen(self, index: int) -> None:
        kind = cast(MaskName, self.rule.itemData(index))
        self._mask.set_rule(kind, self.width.value(), self.tr("Choose a mask"))

    def _width_chosen(self, width: int) -> None:
        self._mask.set_rule(self._mask.choice.kind, width, self.tr("Choose a mask"))

    def _brush_chosen(self, chip: Chip) -> None:
        self._mask.hides = chip is self.hide

    def _size_chosen(self, size: int) -> None:
        self._mask.size = size

    def _stroked(self, cell: CellAt) -> None:
        layer = self._model.layer
        if layer is None or not self._mask.can_paint or not self._picture.size:
            return
        stroke = self._mask.paint(cell.row, cell.column)
        rows, columns = slice(*stroke.rows), slice(*stroke.cols)
        own = own_cells(layer, rows, columns)
        colour = self._theme.colours.good if stroke.visible else self._theme.colours.bad
        part = np.zeros((*own.shape, 4), np.uint8)
        changed = ~own if stroke.visible else own
        part[changed] = (colour.blue(), colour.green(), colour.red(), VEIL)
        self._picture[rows, columns] = part
        self._show_picture()

    def _lifted(self) -> None:
        self._mask.lift(self.tr("Paint the mask"))

    def _clear_clicked(self) -> None:
        self._mask.clear(self.tr("Own mask again"))

    # Files

    def _exports(self) -> Exports:
        shown = Pictures(self.map, self._theme)
        return Exports(
            image=shown.image, png=shown.png, svg=shown.svg, csv=self._csv, npz=self._npz,
        )  # fmt: skip

    def _csv(self) -> Work | None:
        """The mask as it is painted: 1 where the query sees the key."""
        layer = self._model.layer
        if layer is None or not self._picture.size:
            return None
        seen = cells_of(self._mask.choice, layer).astype(np.float32)
        return partial(matrix_csv, seen, self._model.row_tokens(), self._model.column_tokens())

    def _npz(self) -> Work | None:
        layer = self._model.layer
        if layer is None or not self._picture.size:
            return None
        own = own_cells(layer, slice(0, layer.shape[0]), slice(0, layer.shape[1]))
        return partial(
            npz,
            {
                "seen": cells_of(self._mask.choice, layer),
                "own": own,
                "queries": self._model.row_tokens(),
                "keys": self._model.column_tokens(),
            },
        )

    def _said(self) -> tuple[Column, ...]:
        result = self._mask.result
        return change_columns(result.change if result is not None else None)

    # Building

    def _lay_out(self) -> None:
        self._group.setExclusive(True)
        for chip in (self.hide, self.show_chip):
            self._group.addButton(chip)
        self.hide.setChecked(True)
        self.width.hide()
        bar = FlowBar(self)
        row = FlowLayout(bar, 4)
        for widget in (
            self.rule, self.width, self.hide, self.show_chip, self.size, self.clear, self.run,
            self.look,
        ):  # fmt: skip
            row.addWidget(widget)
        below = QHBoxLayout()
        below.setSpacing(20)
        left = QVBoxLayout()
        left.setSpacing(4)
        above = QHBoxLayout()
        above.addWidget(self.heading, 1)
        above.addWidget(self.bars_menu)
        left.addLayout(above)
        left.addWidget(self.bars)
        below.addLayout(left, 1)
        below.addWidget(self.story, 1, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(bar, 1)
        head.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(self.hint)
        layout.addWidget(self.line)
        layout.addWidget(self.map, 1)
        layout.addLayout(below)

    def _connect(self) -> None:
        self.rule.activated.connect(self._rule_chosen)
        self.width.valueChanged.connect(self._width_chosen)
        self._group.buttonClicked.connect(self._brush_chosen)
        self.size.valueChanged.connect(self._size_chosen)
        self.clear.clicked.connect(self._clear_clicked)
        self.run.clicked.connect(self._mask.ask)
        self.look.clicked.connect(self.look_wanted)
        self.map.stroked.connect(self._stroked)
        self.map.stroke_ended.connect(self._lifted)
        self.map.hovered.connect(self.cell_changed)
        self._model.head_changed.connect(self.show_head)
        self._mask.choice_changed.connect(self._choice_changed)
        self._mask.result_changed.connect(self._result_changed)
        self._theme.changed.connect(self._repaint)
