"""The candidate answers of a column with their likelihoods, raw and calibrated."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.evaluation.spec import LabelScore
from workbench.viewmodels.compare_column import Column
from workbench.widgets.bar_list import Bar, BarList
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

MOST_LABELS = 8


class LabelStrip(QWidget):
    """A bar per label: what decides above, the raw share as a thin bar below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column: Column | None = None
        self.bars = BarList(self)
        self.bars.setObjectName("label-bars")
        self.head = PlainLabel(self)
        self.head.setWordWrap(True)
        set_role(self.head, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.bars)
        layout.addWidget(self.head)

    def show_column(self, column: Column) -> None:
        """Show the labels of a finished column."""
        self._column = column
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        result = self._column.result if self._column is not None else None
        if result is None or not result.labels or self._column is None:
            self.bars.set_bars(())
            return
        per_token = self._column.variant.per_token
        shares = [one.per_token if per_token else one.summed for one in result.labels]
        decided = [one.raw if one.calibrated is None else one.calibrated for one in shares]
        order = sorted(range(len(shares)), key=lambda place: -decided[place])[:MOST_LABELS]
        was_calibrated = shares[0].calibrated is not None
        self.bars.set_bars(
            tuple(
                Bar(
                    name=result.labels[place].label,
                    share=decided[place],
                    text=self._percent(decided[place], shares[place].raw, was_calibrated),
                    ahead=rank == 0,
                    before=shares[place].raw if was_calibrated else None,
                    hint=self._hint(result.labels[place], per_token),
                )
                for rank, place in enumerate(order)
            )
        )
        self.bars.setAccessibleName(self.tr("Labels"))
        self.head.setText(
            self.tr(
                "calibrated, below it raw: what the model says without the question is taken out"
            )
            if was_calibrated
            else self.tr("share of the labels' likelihood, not calibrated")
        )

    def _percent(self, decided: float, raw: float, was_calibrated: bool) -> str:
        if was_calibrated:
            return self.tr("{p:.0f} % (raw {raw:.0f} %)").format(p=100 * decided, raw=100 * raw)
        return self.tr("{p:.0f} %").format(p=100 * decided)

    def _hint(self, score: LabelScore, per_token: bool) -> str:
        share = score.per_token if per_token else score.summed
        lines = [
            self.tr("log p {total:.2f} over {n} tokens, {mean:.2f} per token").format(
                total=score.logprob, n=score.tokens, mean=score.logprob / max(1, score.tokens)
            )
        ]
        if share.prior is not None:
            text = self.tr("without the question: {p:.0f} %")
            lines.append(text.format(p=100 * share.prior))
        return "\n".join(lines)
