"""The logit lens: what each depth would say under each token."""

from __future__ import annotations

import csv
import io
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.inspection.lens_spec import LensResult
from workbench.plots.export import npz
from workbench.plots.theme import PlotTheme
from workbench.plots.token_axis import shown_token
from workbench.services.container import Services
from workbench.viewmodels.attention_inside import LensModel
from workbench.views.attention.lens_grid import LensGrid
from workbench.views.attention.pictures import Pictures
from workbench.views.job_line import JobLine
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, PlotMenu, Work
from workbench.widgets.signed_tint import plain_number


class LensView(QWidget):
    """Asks by itself when it is shown."""

    def __init__(
        self, model: LensModel, services: Services, theme: PlotTheme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self.title = PlainLabel(self)
        set_role(self.title, "section")
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "muted")
        self.line = JobLine(model.job, self)
        self.grid = LensGrid(self)
        self.told = PlainLabel(self)
        self.told.setWordWrap(True)
        self.menu = PlotMenu(services, "logit-lens", self._exports(), self)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.hint)
        layout.addWidget(self.line)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.told)
        model.changed.connect(self._changed)
        self.grid.moved.connect(self._tell)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.title.setText(self.tr("Logit lens"))
        self.hint.setText(
            self.tr(
                "What the model would say if it stopped after each layer. Bold: its final "
                "choice; underlined: where that choice settles."
            )
        )
        self.grid.setAccessibleName(self.tr("Likeliest token after each layer"))
        self._tell(self.grid.cell)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._model.ask()

    def _changed(self) -> None:
        self.grid.set_result(self._model.result)
        if self._model.result is None and self.isVisible():
            self._model.ask()

    def _tell(self, cell: tuple[int, int] | None) -> None:
        result = self._model.result
        if result is None or cell is None:
            self.told.clear()
            return
        row, token = cell
        depth = result.rows[row]
        names = [
            f"{shown_token(result.names.get(int(one), ''))} {plain_number(float(share))}"
            for one, share in zip(depth.top_ids[token], depth.top_probs[token], strict=True)
        ]
        text = (
            self.tr("{depth}, at “{token}”: {names} · entropy {h} nats · KL {kl} nats")
            if self._model.fills
            else self.tr("{depth}, after “{token}”: {names} · entropy {h} nats · KL {kl} nats")
        )
        self.told.setText(
            text.format(
                depth=self.grid.depth_name(depth),
                token=shown_token(result.tokens[token]),
                names="  ".join(names),
                h=plain_number(float(depth.entropy[token])),
                kl=plain_number(float(depth.kl[token])),
            )
        )
        self.grid.setAccessibleDescription(self.told.text())

    def _exports(self) -> Exports:
        shown = Pictures(self.grid, self._theme)
        return Exports(
            image=shown.image, png=shown.png, svg=shown.svg, csv=self._csv, npz=self._npz,
        )  # fmt: skip

    def _csv(self) -> Work | None:
        return partial(_lens_csv, self._model.result) if self._model.result is not None else None

    def _npz(self) -> Work | None:
        return partial(_lens_npz, self._model.result) if self._model.result is not None else None


def _lens_csv(result: LensResult) -> bytes:
    """One line per depth and token."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["layer", "position", "token", "likeliest", "probability", "final rank", "kl"])
    for row in result.rows:
        for at, token in enumerate(result.tokens):
            said = result.names.get(int(row.top_ids[at, 0]), "")
            writer.writerow(
                [
                    row.layer, at, token, said, f"{row.top_probs[at, 0]:.6g}",
                    int(row.final_rank[at]), f"{row.kl[at]:.6g}",
                ]
            )  # fmt: skip
    return buffer.getvalue().encode("utf-8-sig")


def _lens_npz(result: LensResult) -> bytes:
    return npz(
        {
            "layers": np.array([row.layer for row in result.rows]),
            "top_ids": np.stack([row.top_ids for row in result.rows]),
            "top_probs": np.stack([row.top_probs for row in result.rows]),
            "final_rank": np.stack([row.final_rank for row in result.rows]),
            "kl": np.stack([row.kl for row in result.rows]),
            "tokens": result.tokens,
        }
    )
