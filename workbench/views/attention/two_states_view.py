"""Two states of a model beside each other: how far each head is apart, and where."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.evaluation.evidence.states_spec import state_name
from engine.inspection.capture import Float
from engine.inspection.stages import stage
from engine.inspection.states import LayerPair, difference, pairs
from engine.models.reference import ModelRef
from workbench.plots.atlas_marks import AtlasMarks
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import DIFFERENCE, Scale, quantise, symmetric
from workbench.plots.export import image_of, matrix_csv, npz, png, svg
from workbench.plots.head_atlas import HeadAtlas
from workbench.plots.theme import PlotTheme
from workbench.plots.tiled_map import CellAt, TiledMap
from workbench.services.container import Services
from workbench.viewmodels.attention import AttentionModel
from workbench.viewmodels.attention_heads import HeadAt, heads_of
from workbench.viewmodels.attention_inside import StatesModel, other_states
from workbench.viewmodels.attention_states import (
    divergence_arrays,
    head_differences,
    largest_difference,
)
from workbench.viewmodels.attention_tiles import difference_tile, head_tile
from workbench.views.job_line import JobLine
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, PlotMenu, Work
from workbench.widgets.signed_tint import plain_number, signed

FIRST_ROWS = 512


class TwoStatesView(QWidget):
    """The other state above; its atlas of differences at the left, one head at the right."""

    def __init__(
        self,
        model: AttentionModel,
        states: StatesModel,
        services: Services,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._states = states
        self._services = services
        self._theme = theme
        self._pairs: tuple[LayerPair, ...] = ()
        self._apart: dict[HeadAt, float] = {}
        self._head: HeadAt | None = None
        self._serial = 0
        self._refs: tuple[ModelRef, ...] = ()
        self._also: tuple[ModelRef, ...] = ()
        self._wanted: ModelRef | None = None
        self._full = 1.0
        self.second = ElidedCombo(self)
        self.run = QPushButton(self)
        self.line = JobLine(states.job, self)
        self.compare_with = QAction(self)
        self.compare_with.setProperty("icon-name", "play")
        self.empty = EmptyState(services, "compare", self.compare_with, self)
        self.atlas = HeadAtlas(theme, self)
        self.atlas.set_tip(self._tip)
        self.title = PlainLabel(self)
        set_role(self.title, "section")
        self.apart_chip = Chip(self, compact=True)
        self.both_chip = Chip(self, compact=True)
        self.colours = ColourBar(theme, self)
        self.read_out = PlainLabel(self)
        self.difference = TiledMap(theme, services.background.run, self)
        self.first_map = TiledMap(theme, services.background.run, self)
        self.second_map = TiledMap(theme, services.background.run, self)
        self.menu = PlotMenu(services, "two-states", self._exports(), self)
        self._group = QButtonGroup(self)
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.run.setText(self.tr("Compare"))
        self.second.setAccessibleName(self.tr("The other state or model"))
        self.apart_chip.setText(self.tr("difference"))
        self.both_chip.setText(self.tr("side by side"))
        for chip in (self.apart_chip, self.both_chip):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.atlas.setAccessibleName(self.tr("Differences of all layers and heads"))
        self.difference.setAccessibleName(self.tr("Difference of the weights"))
        self.first_map.setAccessibleName(self.tr("Weights of the first state"))
        self.second_map.setAccessibleName(self.tr("Weights of the second state"))
        self.empty.set_text(
            self.tr(
                "The same tokens through two states: divergence (Jensen-Shannon, 0 … 1 bit) per "
                "head, and second minus first cell by cell."
            )
        )
        self.offer()
        self._caption()
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def offer(self) -> None:
        """Offer the states that the captured model can be compared with."""
        ref = self._states.first
        current = self.second.currentText()
        self.second.clear()
        others = [entry.id for entry in self._services.model.entries if not entry.problem]
        also = tuple(one for one in self._also if ref is not None and one.id == ref.id)
        self._refs = (*also, *other_states(ref, others)) if ref is not None else ()
        for other in self._refs:
            self.second.addItem(state_name(other))
        self.second.setCurrentIndex(max(0, self.second.findText(current)))
        self.run.setEnabled(bool(self._refs))
        self.compare_with.setEnabled(bool(self._refs))
        self._name_state()

    def _name_state(self, _index: int = 0) -> None:
        """The button of the empty place names what it does."""
        text = self.tr("Compare with {state}")
        self.compare_with.setText(text.format(state=self.second.currentText()))

    def _running_changed(self, running: bool) -> None:
        self.empty.setVisible(self._states.result is None and not running)

    def expect(self, second: ModelRef) -> None:
        """Offer this state first, and compare with it as soon as a text has been read."""
        self._also, self._wanted = (second,), second

    # Model to widgets

    def _changed(self) -> None:
        self._serial += 1
        result = self._states.result
        self._pairs, self._apart, self._head = (), {}, None
        if result is None:
            self.offer()
            for one in (self.difference, self.first_map, self.second_map):
                one.show_map(None, (0, 0))
            self.atlas.clear()
            self._ask_wanted()
        else:
            self._services.background.run(
                partial(head_differences, result, self._model.role),
                partial(self._take_atlas, self._serial),
            )
            self._pairs = pairs(result.first, result.second)
            found = result.divergences
            for row, (layer, role) in enumerate(zip(found.layers, found.roles, strict=True)):
                if role == self._model.role:
                    for head, value in enumerate(found.values[row]):
                        self._apart[HeadAt(layer, head)] = float(value)
            furthest = max(self._apart, key=lambda head: self._apart[head], default=None)
            self._show_head(furthest)
        self._show_parts()
        self._tell()

    def _take_atlas(self, serial: int, pictures: Float) -> None:
        result = self._states.result
        if serial != self._serial or result is None:
            return
        heads = heads_of(result.first, self._model.role)
        columns = max((head.head for head in heads), default=0) + 1
        self.atlas.show_heads(heads, quantise(pictures, symmetric(pictures)), columns, DIFFERENCE)
        self._mark()

    def _mark(self) -> None:
        top = max(self._apart.values(), default=0.0)
        tints = tuple((head, value / top) for head, value in self._apart.items()) if top else ()
        self.atlas.set_marks(AtlasMarks(current=self._head, tints=tints))

    def _show_head(self, head: HeadAt | None) -> None:
        self._head = head
        pair = self._pair()
        if pair is None or head is None:
            return
        keep = self.difference.tiles.shape == pair.first.shape
        rows, columns = self._model.row_tokens(), self._model.column_tokens()
        one, two = (pair.first, head.head), (pair.second, head.head)
        self.difference.show_map(
            partial(difference_tile, one, two, "softmax"), pair.first.shape, rows, columns, keep
        )
        self.first_map.show_map(
            partial(head_tile, *one, "softmax"), pair.first.shape, rows, columns, keep
        )
        self.second_map.show_map(
            partial(head_tile, *two, "softmax"), pair.first.shape, rows, columns, keep
        )
        self._services.background.run(
            partial(largest_difference, pair, head.head),
            partial(self._take_scale, self._serial, head),
        )
        self._mark()
        self._tell()

    def _take_scale(self, serial: int, head: HeadAt, full: float) -> None:
        if serial == self._serial and head == self._head:
            scale = Scale(-full, full, map=DIFFERENCE)
            self.difference.set_scale(scale)
            for one in (self.first_map, self.second_map):
                one.set_scale(Scale(0.0, 1.0))
            self._full = full
            self._caption()

    def _caption(self) -> None:
        scale = Scale(-self._full, self._full, map=DIFFERENCE)
        self.colours.set_scale(scale, self.tr("weight, second − first"))

    def _show_parts(self) -> None:
        has = self._states.result is not None
        both = self.both_chip.isChecked()
        self.splitter.setVisible(has)
        self.empty.setVisible(not has and not self._states.job.running)
        self.atlas.setToolTip(self.empty.text.text())
        self.difference.setVisible(not both)
        self.first_map.setVisible(both)
        self.second_map.setVisible(both)
        self.colours.setVisible(has and not both)

    def _tell(self) -> None:
        head = self._head
        if head is None:
            self.title.clear()
            self.read_out.clear()
            return
        text = self.tr("{head}  divergence {d} bits")
        self.title.setText(
            text.format(head=head.name, d=plain_number(self._apart.get(head, 0.0), 3))
        )

    def _tell_cell(self, cell: CellAt | None) -> None:
        for one in (self.difference, self.first_map, self.second_map):
            one.set_cursor(cell)
        pair, head = self._pair(), self._head
        if cell is None or pair is None or head is None:
            self.read_out.setText(self.tr("Point at a cell for both weights."))
            return
        rows, columns = slice(cell.row, cell.row + 1), slice(cell.column, cell.column + 1)
        before = float(stage(pair.first, head.head, "softmax", rows, columns)[0, 0])
        after = float(stage(pair.second, head.head, "softmax", rows, columns)[0, 0])
        text = self.tr("query {i} → key {j}: {a} → {b}  ({d})")
        self.read_out.setText(
            text.format(
                i=cell.row, j=cell.column, a=plain_number(before, 4), b=plain_number(after, 4),
                d=signed(after - before, 4),
            )
        )  # fmt: skip
        self.colours.set_mark(after - before)

    def _pair(self) -> LayerPair | None:
        head = self._head
        return next(
            (
                pair
                for pair in self._pairs
                if head is not None and (pair.layer, pair.role) == (head.layer, self._model.role)
            ),
            None,
        )

    def _tip(self, head: HeadAt) -> str:
        return self.tr("{head}: divergence {d} bits").format(
            head=head.name, d=plain_number(self._apart.get(head, 0.0), 4)
        )

    def _ask_wanted(self) -> None:
        """What was expected is asked once."""
        first, wanted = self._states.first, self._wanted
        if first is not None and wanted is not None and first.id == wanted.id:
            self._wanted = None
            self.second.setCurrentIndex(self._refs.index(wanted))
            self._states.ask(wanted)

    # What the person does

    def _run_clicked(self) -> None:
        if 0 <= self.second.currentIndex() < len(self._refs):
            self._states.ask(self._refs[self.second.currentIndex()])

    def _way_chosen(self, _chip: Chip) -> None:
        self._show_parts()

    # Files

    def _exports(self) -> Exports:
        return Exports(
            image=self._image, png=self._png, svg=self._svg, csv=self._csv, npz=self._npz,
        )  # fmt: skip

    def _image(self) -> QImage:
        return image_of(self.splitter, self._theme.colours.ground)

    def _png(self) -> bytes:
        return png(self.splitter, self._theme.colours.ground)

    def _svg(self) -> bytes:
        return svg(self.splitter, self._theme.colours.ground, self.title.text())

    def _csv(self) -> Work | None:
        pair, head = self._pair(), self._head
        if pair is None or head is None:
            return None
        return partial(
            _difference_csv, pair, head.head, self._model.row_tokens()[:FIRST_ROWS],
            self._model.column_tokens(),
        )  # fmt: skip

    def _npz(self) -> Work | None:
        result = self._states.result
        if result is None:
            return None
        return partial(npz, divergence_arrays(result))

    # Building

    def _lay_out(self) -> None:
        self._group.setExclusive(True)
        for chip in (self.apart_chip, self.both_chip):
            self._group.addButton(chip)
        self.apart_chip.setChecked(True)
        for one in (self.difference, self.first_map, self.second_map):
            one.set_profiles_visible(False)
        for one in (self.first_map, self.second_map):
            one.box.setXLink(self.difference.box)
            one.box.setYLink(self.difference.box)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.second)
        top.addWidget(self.run)
        top.addStretch(1)
        right = QWidget(self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.apart_chip)
        head.addWidget(self.both_chip)
        head.addWidget(self.colours)
        head.addStretch(1)
        head.addWidget(self.menu)
        maps = QHBoxLayout()
        for one in (self.difference, self.first_map, self.second_map):
            maps.addWidget(one, 1)
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(maps, 1)
        column.addWidget(self.read_out)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.addWidget(self.atlas)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        chars = self.fontMetrics().averageCharWidth()
        self.splitter.setSizes([36 * chars, 120 * chars])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.line)
        layout.addWidget(self.splitter, 100)
        layout.addWidget(self.empty, 100)
        layout.addStretch(1)
        self._show_parts()

    def _connect(self) -> None:
        self.run.clicked.connect(self._run_clicked)
        self.compare_with.triggered.connect(self._run_clicked)
        self.second.currentIndexChanged.connect(self._name_state)
        self._states.job.running_changed.connect(self._running_changed)
        self._group.buttonClicked.connect(self._way_chosen)
        self._states.changed.connect(self._changed)
        self._services.model.entries_changed.connect(self.offer)
        self.atlas.chosen.connect(self._show_head)
        for one in (self.difference, self.first_map, self.second_map):
            one.hovered.connect(self._tell_cell)


def _difference_csv(
    pair: LayerPair, head: int, rows: tuple[str, ...], columns: tuple[str, ...]
) -> bytes:
    values = difference(pair, head, "softmax", slice(0, len(rows)))
    return matrix_csv(values, rows, columns)
