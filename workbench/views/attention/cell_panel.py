"""“This cell”: the score of one query and key spelled out in numbers, and the proof badge."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from workbench.plots.tiled_map import CellAt
from workbench.plots.token_axis import shown_token
from workbench.viewmodels.attention import AttentionModel
from workbench.views.attention.words import note_text, term_name
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number, signed

MOST_ROWS = 9


class CellPanel(QWidget):
    """Shows one cell of the shown head, and how exact the capture is."""

    def __init__(self, model: AttentionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._cell: CellAt | None = None
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.place = PlainLabel(self)
        self.place.setWordWrap(True)
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "muted")
        self.names = [PlainLabel(self) for _ in range(MOST_ROWS)]
        self.values = [PlainLabel(self) for _ in range(MOST_ROWS)]
        self.rule = QFrame(self)
        set_role(self.rule, "line")
        self.badge = PlainLabel(self)
        self.badge.setWordWrap(True)
        self.note = PlainLabel(self)
        self.note.setWordWrap(True)
        set_role(self.note, "warning")
        self._lay_out()
        model.head_changed.connect(self._refresh)
        model.capture_changed.connect(self._refresh)
        self._refresh()

    def show_cell(self, cell: CellAt | None) -> None:
        """Spell out this cell of the shown head."""
        self._cell = cell
        self._refresh()

    def lines(self) -> list[tuple[str, str]]:
        """The visible summands: name and figure."""
        return [
            (name.text(), value.text())
            for name, value in zip(self.names, self.values, strict=True)
            if name.text()
        ]

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._refresh()
        super().changeEvent(event)

    def _refresh(self) -> None:
        self.heading.setText(self.tr("This cell"))
        cell = self._cell
        found = self._model.explain(cell.row, cell.column) if cell is not None else None
        rows: list[tuple[str, str]] = []
        if found is not None and cell is not None:
            layer = self._model.layer
            rows = [(term_name(term.name, layer), _figure(term.value)) for term in found.terms]
            rows.append((self.tr("= score"), _figure(found.score, plain=True)))
            rows.append((self.tr("− log Σ of the row"), _figure(-found.lse)))
            rows.append((self.tr("weight = e^"), plain_number(found.weight, 4)))
            rows_of, columns_of = self._model.row_tokens(), self._model.column_tokens()
            text = self.tr("query {i} “{query}” looks at key {j} “{key}”")
            self.place.setText(
                text.format(
                    i=cell.row,
                    query=shown_token(rows_of[cell.row]) if cell.row < len(rows_of) else "",
                    j=cell.column,
                    key=shown_token(columns_of[cell.column])
                    if cell.column < len(columns_of)
                    else "",
                )
            )
        self.place.setVisible(bool(rows))
        self.hint.setVisible(not rows)
        self.hint.setText(self.tr("Point at a cell of the map: its score is added up here."))
        self._fill(rows)
        self._tell_badge()
        note = note_text(self._model.layer)
        self.note.setText(f"⚠ {note}" if note else "")
        self.note.setVisible(bool(note))

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        blank = [("", "")] * MOST_ROWS
        for name, value, (said, figure) in zip(
            self.names, self.values, (rows + blank)[:MOST_ROWS], strict=True
        ):
            name.setText(said)
            value.setText(figure)
            for label in (name, value):
                label.setVisible(bool(said))
        last = len(rows) - 1
        for number, value in enumerate(self.values):
            use_fixed_font(value, bold=number == last)
        self.rule.setVisible(bool(rows))
        self.setAccessibleDescription("; ".join(f"{name} {figure}" for name, figure in rows))

    def _tell_badge(self) -> None:
        capture, error = self._model.capture, self._model.error()
        if capture is None:
            self.badge.hide()
            return
        self.badge.show()
        if error is None:
            set_role(self.badge, "muted")
            self.badge.setText(self.tr("The model gives no weights of its own to compare with."))
        elif capture.verified:
            set_role(self.badge, "good")
            self.badge.setText(self.tr("✓ verified: max error {e:.1e}").format(e=error))
        else:
            set_role(self.badge, "warning")
            self.badge.setText(
                self.tr("⚠ weights differ from the model's own by up to {e:.1e}").format(e=error)
            )
        self.badge.setToolTip(
            self.tr("Weights rebuilt from queries and keys against the weights the model used.")
        )

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, (name, value) in enumerate(zip(self.names, self.values, strict=True)):
            use_fixed_font(value)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(self.hint)
        layout.addWidget(self.place)
        layout.addLayout(grid)
        layout.addWidget(self.rule)
        layout.addWidget(self.badge)
        layout.addWidget(self.note)
        layout.addStretch(1)


def _figure(value: float, plain: bool = False) -> str:
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    return plain_number(value, 3) if plain else signed(value, 3)
