"""Every pair as a row: difference with its interval, p, items, and what a wished one would need."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QVBoxLayout, QWidget

from engine.evaluation.statistics.comparison import Comparison, Pair
from engine.evaluation.statistics.words import p_value, points
from workbench.services.tips import tip
from workbench.viewmodels.results_text import needed
from workbench.views.evaluate.results.whole_table import WholeTable
from workbench.views.evaluate.results.words import minus, pair_tip, span
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

MOST_ROWS: Final = 8


class PairsView(QWidget):
    """Table and calculator.

    Signals:
        pair_chosen(int): The pair in the chosen row, an index into `Comparison.pairs`.
    """

    pair_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Comparison | None = None
        self.table = WholeTable(self, MOST_ROWS)
        self.wish = QDoubleSpinBox(self)
        self.wish.setObjectName("wished-difference")
        self.wish.setRange(0.5, 100.0)
        self.wish.setDecimals(1)
        self.wish.setSingleStep(1.0)
        self.wish.setValue(10.0)
        self.before = PlainLabel(self)
        self.needed = PlainLabel(self)
        set_role(self.before, "muted")
        self.calculator = FlowBar(self)
        row = FlowLayout(self.calculator, 8)
        for widget in (self.before, self.wish, self.needed):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.table)
        layout.addWidget(self.calculator)
        self.wish.valueChanged.connect(self._write_needed)
        self.table.row_chosen.connect(self._chosen)
        self._retranslate()

    def set_comparison(self, found: Comparison) -> None:
        """Show these pairs; the chosen one stays chosen."""
        self._found = found
        self._write()

    def chosen(self) -> int:
        """The pair that the calculator goes by: the chosen one, else the first."""
        return max(0, self.table.currentIndex().row())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Pairs"))
        self.before.setText(self.tr("To show a difference of"))
        self.wish.setSuffix(self.tr(" points"))
        self.wish.setAccessibleName(self.tr("Wished difference"))
        self._write()

    def _write(self) -> None:
        found = self._found
        if found is None:
            return
        corrected = len(found.pairs) > 1
        self.table.set_content(
            self._columns(found), [self._row(pair, corrected) for pair in found.pairs]
        )
        self._write_needed()

    def _columns(self, found: Comparison) -> list[FigureColumn]:
        ends = [abs(end) for pair in found.pairs for end in _ends(pair)]
        columns = [
            FigureColumn(self.tr("Pair"), self.tr("The second against the first")),
            FigureColumn(
                self.tr("Difference"),
                self.tr(
                    "Accuracy of the second less that of the first, in points; line: 95 % interval"
                ),
                "signed",
                max(ends, default=1.0),
            ),
            FigureColumn(self.tr("95 % CI"), self.tr("In points"), "number"),
            FigureColumn(
                "p", self.tr("How often chance alone would bring such a difference"), "number"
            ),
        ]
        if len(found.pairs) > 1:
            columns.append(
                FigureColumn(
                    self.tr("Holm p"),
                    self.tr("p, corrected because {n} pairs are tested at once").format(
                        n=len(found.pairs)
                    ),
                    "number",
                )
            )
        columns += [
            FigureColumn(self.tr("Items"), self.tr("Scored on both sides"), "number"),
            FigureColumn(
                self.tr("Only first · only second"),
                self.tr("Items on which exactly one of the two is right (does better)"),
                "number",
            ),
        ]
        return columns

    def _row(self, pair: Pair, corrected: bool) -> FigureRow:
        assert self._found is not None
        cells: list[str | Bar | None] = [
            f"{pair.second_label} − {pair.first_label}",
            Bar(
                ("+" if pair.difference > 0 else "") + minus(points(pair.difference)),
                pair.difference,
                *_ends(pair),
            ),
            span(*_ends(pair)) if pair.interval is not None else "–",
            p_value(pair.p),
        ]
        if corrected:
            cells.append(p_value(pair.holm_p))
        cells += [str(pair.n), f"{len(pair.only_first)} · {len(pair.only_second)}"]
        tested = len(self._found.pairs)
        return FigureRow(tuple(cells), tip(pair_tip(pair, tested)), pair.better is not None)

    def _write_needed(self) -> None:
        found = self._found
        if found is None or not found.pairs:
            self.calculator.setVisible(False)
            return
        place = min(self.chosen(), len(found.pairs) - 1)
        pair = found.pairs[place]
        items = needed(found, place, self.wish.value() / 100)
        self.calculator.setVisible(items is not None)
        if items is None:
            return
        self.needed.setText(
            self.tr("between {first} and {second}: about {n:,} items (now {have:,})").format(
                first=pair.first_label, second=pair.second_label, n=items, have=pair.n
            )
        )
        self.needed.setToolTip(tip(self._basis(pair)))

    def _basis(self, pair: Pair) -> str:
        """How the number of items is worked out."""
        if pair.both is None:
            return self.tr(
                "From how much the items' differences vary (normal approximation): power 80 %, "
                "α 5 %, two-sided."
            )
        return self.tr(
            "Connor 1987, for McNemar's test: power 80 %, α 5 %, two-sided. The two differ on "
            "{share:.0f} % of {n} items; the more they differ, the more items it takes."
        ).format(share=100 * pair.discordance, n=pair.n)

    def _chosen(self, row: int) -> None:
        self._write_needed()
        self.pair_chosen.emit(row)


def _ends(pair: Pair) -> tuple[float, float]:
    """The interval's ends; the difference itself, which draws no line, when there is none."""
    if pair.interval is None:
        return pair.difference, pair.difference
    return pair.interval.low, pair.interval.high
