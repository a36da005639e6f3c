"""Models: the table above, the chosen row in full below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from engine.inspection.anatomy.rows.registry import ROWS
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.anatomy import AnatomyModel
from workbench.views.anatomy.row_details import RowDetails
from workbench.views.anatomy.rows_table import RowsTable
from workbench.views.anatomy.words import trait_name
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class ModelsView(QWidget):
    """The table, and where the loaded model belongs in it."""

    def __init__(
        self, services: Services, model: AnatomyModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.placed = PlainLabel(self)
        self.placed.setWordWrap(True)
        self.table = RowsTable(services.theme, self)
        self.footnote = PlainLabel(self)
        self.footnote.setWordWrap(True)
        set_role(self.footnote, "small")
        self.details = RowDetails(services, self)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.placed)
        column.addWidget(self.table, 1)
        column.addWidget(self.footnote)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)
        self.table.row_chosen.connect(self._went)
        model.row_changed.connect(self._show_row)
        model.results_changed.connect(self._show_results)
        model.placed_changed.connect(self._show_placed)
        self.table.selectRow(model.row)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.footnote.setText(
            self.tr(
                "Bold: the five models of the textbook. * As released, ChatGLM-6B computes a "
                "plain GELU. Every row runs as a small model with random weights."
            )
        )
        self.table.retranslate()
        self._show_row()
        self._show_placed()

    def _went(self, number: int) -> None:
        """Selecting what the model has chosen is no choice of the person."""
        if number != self._model.row:
            self._model.choose_row(number)

    def _show_row(self) -> None:
        row = self._model.chosen
        if self.table.currentIndex().row() != self._model.row:
            self.table.selectRow(self._model.row)
        self.details.show_row(row, self._model.results.get(row.id))

    def _show_results(self) -> None:
        self.table.set_results(self._model.results)
        self._show_row()

    def _show_placed(self) -> None:
        found = self._model.placed()
        if found is None:
            self.table.set_loaded(None)
            if self._model.looking:
                self.placed.setText(self.tr("Looking at the current model…"))
                return
            self.placed.setText(self.tr("The current model has no place among these."))
            return
        name, placed = found
        row = next(row for row in ROWS if row.id == placed.row)
        self.table.set_loaded((placed.row, name))
        self._model.suggest_row(ROWS.index(row))
        if not placed.differences:
            text = self.tr("{model} is built like {row}, in every column of the table.")
            self.placed.setText(text.format(model=name, row=tell(row.name)))
            return
        parts = [
            f"{trait_name(one.trait)}: {tell(one.here)} ({tell(one.there)})"
            for one in placed.differences
        ]
        text = self.tr("{model} is nearest to {row}; it differs in {parts}.")
        joined = self.tr("; ").join(parts)
        self.placed.setText(text.format(model=name, row=tell(row.name), parts=joined))
