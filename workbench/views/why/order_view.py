"""Order: every arrangement of the examples with what it makes of the answers, best first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.evaluation.evidence.order_spec import Arrangement, OrderResult
from workbench.services.tips import tip
from workbench.views.why.words import interval, order_headline, origin
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number


class OrderView(QWidget):
    """Shows an `OrderResult`, or what a sweep in flight has read so far.

    Signals:
        wanted(object): Numbers of the examples in the order that Compare shall use.
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: OrderResult | None = None
        self._shown: list[Arrangement] = []
        self.headline = PlainLabel(self)
        set_role(self.headline, "section")
        self.headline.setWordWrap(True)
        self.caption = PlainLabel(self)
        set_role(self.caption, "muted")
        self.caption.setWordWrap(True)
        self.table = FigureTable(self)
        self.use = QPushButton(self)
        self.use.setEnabled(False)
        foot = QHBoxLayout()
        foot.addWidget(self.use)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.headline)
        layout.addWidget(self.caption)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        self.table.row_chosen.connect(self._chosen)
        self.use.clicked.connect(self._use)
        self._retranslate()

    def set_result(self, result: OrderResult) -> None:
        """Show a finished sweep."""
        self._result = result
        self._write(list(result.arrangements))
        self.table.selectRow(0)

    def set_partial(self, arrangements: tuple[Arrangement, ...]) -> None:
        """Show what is read so far."""
        self._result = None
        self._write(list(arrangements))

    def shown(self) -> list[Arrangement]:
        """The arrangements in the order of the rows."""
        return self._shown

    def _write(self, arrangements: list[Arrangement]) -> None:
        self._shown = sorted(arrangements, key=_worse_later)
        self._retranslate()
        result = self._result
        most = max((-min(one.logprob.low, 0.0) for one in arrangements), default=1.0)
        columns = (
            FigureColumn(self.tr("Examples")),
            FigureColumn(
                self.tr("log p per token"),
                self.tr("Mean over the questions, in nats per token: a shorter bar is better."),
                "amount",
                most,
            ),
            FigureColumn(
                self.tr("Likeliest"),
                self.tr(
                    "Share of questions whose answer is the likeliest token at each place: "
                    "greedy decoding begins with exactly it."
                ),
                "amount",
                1.0,
            ),
        )
        self.table.set_content(columns, [self._row(one, result) for one in self._shown])
        self._chosen(self.table.currentIndex().row())

    def _row(self, one: Arrangement, result: OrderResult | None) -> FigureRow:
        order = "  ".join(str(number + 1) for number in one.order)
        own = one.order == tuple(range(len(one.order)))
        label = self.tr("{order}   as written").format(order=order) if own else order
        figure = one.logprob
        said = [interval(figure, 3)]
        if result is not None:
            said.append(origin(result.provenance, result.variant, figure.n))
        return FigureRow(
            (
                label,
                Bar(plain_number(figure.mean, 3), -figure.mean, -figure.high, -figure.low),
                Bar(f"{one.likeliest:.0%}", one.likeliest, one.likeliest, one.likeliest),
            ),
            tip("\n".join(said)),
            own,
        )

    def _chosen(self, row: int) -> None:
        self.use.setEnabled(0 <= row < len(self._shown))

    def _use(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._shown):
            self.wanted.emit(self._shown[row].order)

    def _retranslate(self) -> None:
        self.use.setText(self.tr("Use this order in Compare"))
        result = self._result
        if result is None:
            self.headline.setText(self.tr("{n} arrangements so far").format(n=len(self._shown)))
            self.caption.setText("")
            return
        self.headline.setText(order_headline(result))
        self.caption.setText(
            self.tr("{n} of {all} arrangements, {items} questions, best first").format(
                n=len(result.arrangements), all=result.possible, items=len(result.items)
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write(self._shown) if self._shown else self._retranslate()
        super().changeEvent(event)


def _worse_later(arrangement: Arrangement) -> float:
    return -arrangement.logprob.mean
