"""States: how far other loads of a model are from it, on the reference's own words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.evaluation.evidence.spec import Figure
from engine.evaluation.evidence.states_spec import StateItem, StatesResult, StateSummary
from workbench.services.engine_words import tell_report
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.views.why.stepper import Stepper
from workbench.views.why.words import both_tops, interval, origin
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import signed
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.token_text import displayed
from workbench.widgets.tones import Tones


class StatesView(QWidget):
    """Shows a `StatesResult`."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: StatesResult | None = None
        self.headline = PlainLabel(self)
        set_role(self.headline, "section")
        self.headline.setWordWrap(True)
        self.caption = PlainLabel(self)
        self.table = FigureTable(self)
        self.stepper = Stepper(icons, self)
        self.sentence = PlainLabel(self)
        self.sentence.setWordWrap(True)
        self.tokens = TintedText(self)
        self.notes = PlainLabel(self)
        self.notes.setWordWrap(True)
        for label in (self.caption, self.notes):
            set_role(label, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (
            self.headline, self.caption, self.table, self.stepper, self.sentence, self.tokens,
            self.notes,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self.table.row_chosen.connect(self._chosen)
        self.stepper.moved.connect(self._show_item)

    def set_result(self, result: StatesResult) -> None:
        """Show finished measurements."""
        self._result = result
        self.stepper.set_place(0, 1)
        self._write()
        if result.states:
            self.table.selectRow(0)
        self._show_item(0)

    def _write(self) -> None:
        result = self._result
        if result is None:
            return
        measured = [one for one in result.states if one.kl is not None]
        self.headline.setText(self._headline(measured))
        self.caption.setText(
            self.tr("Against {name}, on its own answers, in nats").format(name=result.reference)
        )
        columns = (
            FigureColumn(self.tr("State")),
            FigureColumn(
                self.tr("KL per token"),
                self.tr("KL(reference ‖ state) over the full vocabulary, mean per token, nats."),
                "amount",
                max((one.kl.high for one in measured if one.kl), default=1.0),
            ),
            FigureColumn(self.tr("Largest"), self.tr("The largest KL of any token."), "number"),
            FigureColumn(
                self.tr("Same likeliest"),
                self.tr("Share of places at which both find the same token likeliest."),
                "number",
            ),
            FigureColumn(
                self.tr("Δ log p"),
                self.tr("Log-probability of the answers against the reference, nats per token."),
                "number",
            ),
        )
        self.table.set_content(columns, [self._row(one) for one in result.states])
        self.table.setFixedHeight(self.table.sizeHint().height())
        failed = [one for one in result.states if one.error is not None]
        self.notes.setText(
            "\n".join(f"{one.model}: {tell_report(one.error).message}" for one in failed)  # type: ignore[arg-type]
        )
        self.notes.setVisible(bool(failed))

    def _headline(self, measured: list[StateSummary]) -> str:
        if not measured:
            return self.tr("No state could be measured.")
        far = max(measured, key=lambda one: one.kl.mean if one.kl else 0.0)
        assert far.kl is not None
        return self.tr(
            "{state} is farthest: {kl} nats per token, the same likeliest token at {share} of "
            "{n} places."
        ).format(state=far.model, kl=_small(far.kl.mean), share=f"{far.same_top:.1%}", n=far.tokens)

    def _row(self, one: StateSummary) -> FigureRow:
        if one.kl is None or one.delta is None or one.provenance is None:
            reason = tell_report(one.error).message if one.error else ""
            return FigureRow((one.model, None, None, None, None), tip(reason))
        said = (
            self.tr("KL {figure}").format(figure=interval(one.kl, 5)),
            self.tr("largest at question {item}, token {place}").format(
                item=one.max_item + 1, place=one.max_place + 1
            ),
            origin(one.provenance, self.tr("nats per token"), one.kl.n),
        )
        return FigureRow(
            (
                one.model,
                _bar(one.kl),
                Bar(_small(one.max_kl), one.max_kl, one.max_kl, one.max_kl),
                f"{one.same_top:.1%}",
                signed(one.delta.mean, 4),
            ),
            tip("\n".join(said)),
        )

    def _chosen(self, _row: int) -> None:
        self._show_item(self.stepper.at())

    def _show_item(self, place: int) -> None:
        result = self._result
        row = self.table.currentIndex().row()
        if result is None or not 0 <= row < len(result.states):
            return
        state = result.states[row]
        items = result.of(state.state)
        for widget in (self.stepper, self.sentence, self.tokens):
            widget.setVisible(bool(items))
        if not items:
            return
        place = min(place, len(items) - 1)
        item = items[place]
        self.stepper.set_place(place, len(items))
        full = max((max(one.kl) for one in items), default=0.0)
        at = item.worst
        self.sentence.setText(
            self.tr(
                "Tinted by KL per token, strongest at {full} nats; largest here: token {n}, {kl}"
            ).format(full=_small(full), n=at + 1, kl=_small(item.kl[at]))
        )
        self.tokens.set_stretches(
            [self._stretch(number, item, state, full) for number in range(len(item.tokens))]
        )

    def _stretch(self, number: int, item: StateItem, state: StateSummary, full: float) -> Stretch:
        assert self._result is not None
        kl = item.kl[number]
        head = self.tr("token {n} · KL {kl} nats").format(n=number + 1, kl=_small(kl))
        told = both_tops(
            self._result.reference, item.reference[number], state.model, item.tokens[number], head
        )
        text = displayed(item.tokens[number].text)
        return Stretch(text, partial(_tint, kl / full if full > 0 else 0.0), told)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._result is not None:
            self._write()
            self._show_item(self.stepper.at())
        super().changeEvent(event)


def _tint(share: float, tones: Tones) -> QColor:
    return tones.doubt_at(share**0.5)  # the root lets small divergences be seen beside large ones


def _small(value: float) -> str:
    """A divergence with the digits that say something."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def _bar(figure: Figure) -> Bar:
    return Bar(_small(figure.mean), figure.mean, figure.low, figure.high)
