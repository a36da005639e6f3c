"""Activation patching: where in the model does it sit what makes two prompts differ?"""

from __future__ import annotations

from functools import partial
from typing import Final, cast

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.inspection.patching_spec import KINDS, PatchKind, PatchResult
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import DIFFERENCE, Scale
from workbench.plots.export import matrix_csv, npz
from workbench.plots.theme import PlotTheme
from workbench.plots.tiled_map import CellAt, TiledMap
from workbench.plots.token_axis import shown_token
from workbench.services.container import Services
from workbench.viewmodels.attention_inside import PatchChoice, PatchModel
from workbench.viewmodels.attention_tiles import matrix_tile
from workbench.views.attention.pictures import Pictures
from workbench.views.job_line import JobLine
from workbench.widgets.chips import Chip
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, PlotMenu, Work
from workbench.widgets.signed_tint import signed
from workbench.widgets.text_field import TextField

LINES: Final = 3
SAMPLES: Final[dict[Language, PatchChoice]] = {
    "en": PatchChoice(
        "Solve the problem.\nAnna has 7 apples. Anna gives away 3. How many apples does Anna have?",
        "Solve the problem.\nAnna has 9 apples. Anna gives away 3. How many apples does Anna have?",
        "7",
        "9",
        chat=True,
    ),
    "zh": PatchChoice(
        "解答题目。\n小明有7个苹果。小明送出3个。小明有多少个苹果？",
        "解答题目。\n小明有9个苹果。小明送出3个。小明有多少个苹果？",
        "7",
        "9",
        chat=True,
    ),
}


class PatchView(QWidget):
    """Two prompts with their answers above, layers × tokens below."""

    def __init__(
        self,
        patch: PatchModel,
        services: Services,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._patch = patch
        self._services = services
        self._theme = theme
        self.clean, self.corrupted = TextField(LINES, self), TextField(LINES, self)
        self.answer, self.other = QLineEdit(self), QLineEdit(self)
        self.clean_label, self.corrupted_label = PlainLabel(self), PlainLabel(self)
        self.said = QLineEdit(self)
        self.chat = Chip(self, compact=True)
        self.kind = QComboBox(self)
        self.run = QPushButton(self)
        self.sample = QPushButton(self)
        self.sample.setProperty("role", "quiet")
        self.try_sample = QAction(self)
        self.try_sample.setProperty("icon-name", "star")
        self.empty = EmptyState(services, "attention", self.try_sample, self)
        self.line = JobLine(patch.job, self)
        self.title = PlainLabel(self)
        set_role(self.title, "section")
        self.colours = ColourBar(theme, self)
        self.map = TiledMap(theme, services.background.run, self)
        self.map.set_profiles_visible(False)
        self.read_out = PlainLabel(self)
        self.menu = PlotMenu(services, "patching", self._exports(), self)
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.clean_label.setText(self.tr("Clean prompt and its answer"))
        self.corrupted_label.setText(self.tr("Corrupted prompt and its answer"))
        for label, fields in (
            (self.clean_label, (self.clean, self.answer)),
            (self.corrupted_label, (self.corrupted, self.other)),
        ):
            for field in fields:
                field.setAccessibleName(label.text())
        self.said.setPlaceholderText(self.tr("said already to both, if anything"))
        self.said.setAccessibleName(self.tr("What was said already to both prompts"))
        self.chat.setText(self.tr("as questions"))
        self.chat.setAccessibleName(self.chat.text())
        self.chat.setToolTip(self.tr("Put both prompts into the model's chat format"))
        self.chat.updateGeometry()
        for field in (self.answer, self.other):
            field.setPlaceholderText(self.tr("its answer, one token"))
        names: dict[PatchKind, str] = {
            "residual": self.tr("residual stream"),
            "attention": self.tr("attention output"),
            "mlp": self.tr("MLP output"),
            "head": self.tr("single heads"),
        }
        current = self.kind.currentData() or "residual"
        self.kind.clear()
        for kind in KINDS:
            self.kind.addItem(names[kind], kind)
        self.kind.setCurrentIndex(self.kind.findData(current))
        self.kind.setAccessibleName(self.tr("What is put in"))
        self.run.setText(self.tr("Patch"))
        self.sample.setText(self.tr("Sample prompts"))
        self.try_sample.setText(self.tr("Patch two sample prompts"))
        self.empty.set_text(
            self.tr(
                "Each activation of the clean run is put into the corrupted one: how much of the "
                "clean answer returns (0 = none, 1 = all)?"
            )
        )
        self.map.setAccessibleName(self.tr("Recovered share by layer and token"))
        self._changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def choice(self) -> PatchChoice:
        """What stands in the fields."""
        return PatchChoice(
            self.clean.toPlainText(), self.corrupted.toPlainText(), self.answer.text(),
            self.other.text(), cast(PatchKind, self.kind.currentData()), self.chat.isChecked(),
            self.said.text(),
        )  # fmt: skip

    def load_sample(self) -> None:
        """Two stories that differ in one number."""
        language: Language = "zh" if self._services.i18n.language.startswith("zh") else "en"
        found = SAMPLES[language]
        self.clean.setPlainText(found.clean)
        self.corrupted.setPlainText(found.corrupted)
        self.answer.setText(found.answer)
        self.other.setText(found.other)
        self.said.setText(found.said)
        self.chat.setChecked(found.chat)

    def start(self) -> None:
        """Patch with the current model."""
        ref: ModelRef = self._services.model.ref
        self._patch.ask(ref, self.choice())

    def _try_sample(self) -> None:
        self.load_sample()
        self.start()

    # Model to widgets

    def _running_changed(self, running: bool) -> None:
        self.empty.setVisible(self._patch.result is None and not running)

    def _changed(self) -> None:
        result = self._patch.result
        for widget in (self.title, self.colours, self.map, self.read_out, self.menu):
            widget.setVisible(result is not None)
        self.empty.setVisible(result is None and not self._patch.job.running)
        self.map.setToolTip(self.empty.text.text())
        if result is None:
            return
        values = result.matrix()[::-1]
        layers = tuple(f"L{row.layer}" for row in reversed(result.rows))
        self.map.show_map(partial(matrix_tile, values), values.shape, layers, self._columns(result))
        full = max(1.0, float(np.abs(values[np.isfinite(values)]).max(initial=0.0)))
        scale = Scale(-full, full, map=DIFFERENCE)
        self.map.set_scale(scale)
        self.colours.set_scale(scale, self.tr("of the answer returns"))
        text = self.tr("logit of “{a}” over “{b}”: clean {c}, corrupted {d}")
        self.title.setText(
            text.format(
                a=shown_token(result.answer), b=shown_token(result.other),
                c=signed(result.clean_difference), d=signed(result.corrupted_difference),
            )
        )  # fmt: skip
        self._tell_cell(None)

    def _columns(self, result: PatchResult) -> tuple[str, ...]:
        if result.patch == "head":
            return tuple(f"H{number}" for number in range(result.matrix().shape[1]))
        return result.corrupted_tokens

    def _tell_cell(self, cell: CellAt | None) -> None:
        result = self._patch.result
        if cell is None or result is None:
            self.read_out.setText(self.tr("Point at a cell for its figure."))
            self.colours.set_mark(None)
            return
        row = result.rows[len(result.rows) - 1 - cell.row]
        value = float(row.values[cell.column])
        place = shown_token(self._columns(result)[cell.column])
        self.read_out.setText(
            self.tr("layer {layer}, {place}: {value} of the answer returns").format(
                layer=row.layer, place=place, value=signed(value, 3)
            )
        )
        self.colours.set_mark(value)

    # Files

    def _exports(self) -> Exports:
        shown = Pictures(self.map, self._theme, self.title.text)
        return Exports(
            image=shown.image, png=shown.png, svg=shown.svg, csv=self._csv, npz=self._npz,
        )  # fmt: skip

    def _csv(self) -> Work | None:
        result = self._patch.result
        if result is None:
            return None
        layers = tuple(f"L{row.layer}" for row in result.rows)
        return partial(matrix_csv, result.matrix(), layers, self._columns(result))

    def _npz(self) -> Work | None:
        result = self._patch.result
        if result is None:
            return None
        return partial(npz, {"recovered": result.matrix(), "columns": self._columns(result)})

    # Building

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for column, (label, text, answer) in enumerate(
            (
                (self.clean_label, self.clean, self.answer),
                (self.corrupted_label, self.corrupted, self.other),
            )
        ):
            grid.addWidget(label, 0, column)
            grid.addWidget(text, 1, column)
            grid.addWidget(answer, 2, column)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        self.said.setMinimumWidth(self.fontMetrics().averageCharWidth() * 22)
        for widget in (self.chat, self.said, self.kind, self.run, self.sample):
            bar.addWidget(widget)
        bar.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.colours)
        head.addStretch(1)
        head.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addLayout(bar)
        layout.addWidget(self.line)
        layout.addLayout(head)
        layout.addWidget(self.map, 100)
        layout.addWidget(self.read_out)
        layout.addWidget(self.empty, 100)
        layout.addStretch(1)

    def _connect(self) -> None:
        self.run.clicked.connect(self.start)
        self.sample.clicked.connect(self.load_sample)
        self.try_sample.triggered.connect(self._try_sample)
        self._patch.changed.connect(self._changed)
        self._patch.job.running_changed.connect(self._running_changed)
        self.map.hovered.connect(self._tell_cell)
