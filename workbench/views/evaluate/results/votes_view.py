"""Votes and repeats: how alike the samples of an item answer, and what voting brings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.evaluation.spec import VariantSummary
from workbench.views.evaluate.results.whole_table import WholeTable
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class VotesView(QWidget):
    """One row per column with several samples of an item."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, VariantSummary]] = []
        self.table = WholeTable(self)
        self.says = PlainLabel(self)
        self.says.setWordWrap(True)
        set_role(self.says, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.table)
        layout.addWidget(self.says)
        self._write()

    def set_rows(self, titles: Sequence[str], summaries: Sequence[VariantSummary]) -> None:
        """Show those columns that were sampled more than once."""
        pairs = zip(titles, summaries, strict=True)
        self._rows = [(title, one) for title, one in pairs if one.stability is not None]
        self._write()

    def has_rows(self) -> bool:
        """Whether any column was sampled more than once."""
        return bool(self._rows)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        self.table.setAccessibleName(self.tr("Votes and stability"))
        columns = (
            FigureColumn(self.tr("Technique")),
            FigureColumn(
                self.tr("Stability"),
                self.tr("Share of an item's samples that give its most frequent answer, mean"),
                "amount",
            ),
            FigureColumn(
                self.tr("Answers per item"), self.tr("Different readable answers, mean"), "number"
            ),
            FigureColumn(
                self.tr("One sample"), self.tr("Accuracy of single samples: one path"), "number"
            ),
            FigureColumn(self.tr("Vote"), self.tr("Accuracy of the votes' winners"), "number"),
            FigureColumn(
                self.tr("Left out"),
                self.tr("Samples that a settled vote did not need any more"),
                "number",
            ),
        )
        self.table.set_content(columns, [self._row(title, one) for title, one in self._rows])
        self.says.setText(
            self.tr("1 − stability is how often another sample would have said something else.")
        )

    def _row(self, title: str, one: VariantSummary) -> FigureRow:
        share = one.stability or 0.0
        return FigureRow(
            (
                title,
                Bar(f"{100 * share:.0f} %", share, share, share),
                f"{one.distinct:.1f}" if one.distinct is not None else None,
                _percent(one.sample_correct, one.sample_scored),
                _percent(one.correct, one.scored) if one.votes else None,
                str(one.dropped),
            ),
            self.tr("{items} items with several samples, {votes} votes").format(
                items=one.items, votes=one.votes
            ),
        )


def _percent(right: int, of: int) -> str | None:
    return f"{100 * right / of:.1f} %" if of else None
