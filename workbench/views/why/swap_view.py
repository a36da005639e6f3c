"""Swap: every answer under every prompt, and where two prompts part over the same words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.decoding.records import TokenRecord
from engine.evaluation.evidence.cross_spec import CrossCell, CrossResult
from engine.evaluation.spec import CompareSpec
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.views.why.matrix import Matrix, MatrixCell
from workbench.views.why.stepper import Stepper
from workbench.views.why.words import both_tops, interval, origin, variant_name
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import SignedLegend, plain_number, signed, signed_tint
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.token_heat import probability_of
from workbench.widgets.token_text import displayed, shown


class SwapView(QWidget):
    """Shows a `CrossResult`."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: CrossResult | None = None
        self._names: tuple[str, ...] = ()
        self._compare: CompareSpec | None = None
        self.headline = PlainLabel(self)
        set_role(self.headline, "section")
        self.headline.setWordWrap(True)
        self.caption = PlainLabel(self)
        self.caption.setWordWrap(True)
        self.matrix = Matrix(self)
        self.stepper = Stepper(icons, self)
        self.sentence = PlainLabel(self)
        self.sentence.setWordWrap(True)
        self.tokens = TintedText(self)
        self.legend = SignedLegend(self)
        self.divergence = PlainLabel(self)
        self.divergence.setWordWrap(True)
        for label in (self.caption, self.divergence):
            set_role(label, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (
            self.headline, self.caption, self.matrix, self.stepper, self.sentence, self.tokens,
            self.divergence, self.legend,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self.matrix.chosen.connect(self._chosen)
        self.stepper.moved.connect(self._show_item)

    def set_result(self, result: CrossResult, compare: CompareSpec) -> None:
        """Show a finished swap; the comparison gives the columns their names."""
        self._result, self._compare = result, compare
        self._write()
        self.stepper.set_place(0, len(result.items))
        self.matrix.choose(*self._widest())

    def _write(self) -> None:
        result, compare = self._result, self._compare
        if result is None or compare is None:
            return
        self._names = tuple(variant_name(variant) for variant in compare.variants)
        answers = result.items[0].answers
        self.headline.setText(self._headline(result))
        count = len(result.items)
        self.caption.setText(
            self.tr(
                "Rows: the prompt. Columns: whose answer is read under it. Δ log p against the "
                "answer's own prompt, nats per token, {n} questions."
            ).format(n=count)
        )
        means = [result.mean(prompt, answer) for prompt in result.columns for answer in answers]
        full = max((abs(one.delta.mean) for one in means), default=0.0)
        cells = {
            (result.columns.index(one.prompt), answers.index(one.answer)): MatrixCell(
                signed(one.delta.mean) if one.prompt != one.answer else self.tr("own"),
                one.delta.mean,
                tip(
                    "\n".join(
                        (
                            self.tr("Δ log p {figure}").format(figure=interval(one.delta, 3)),
                            self.tr("KL {figure}").format(figure=interval(one.kl, 3)),
                            origin(result.provenance, self.tr("nats per token"), one.delta.n),
                        )
                    )
                ),
            )
            for one in means
        }
        self.matrix.set_content(
            [self._names[prompt] for prompt in result.columns],
            [self._answer_name(answer) for answer in answers],
            cells,
            full,
        )

    def _answer_name(self, answer: int) -> str:
        if self._result is not None and self._result.expected:
            return self.tr("Expected answer")
        return self.tr("Answer of {name}").format(name=self._names[answer])

    def _headline(self, result: CrossResult) -> str:
        prompt, answer = self._widest_pair(result)
        mean = result.mean(prompt, answer)
        if mean.delta.mean < 0:
            text = self.tr("{answer} loses {nats} nats per token under the prompt of {prompt}.")
        else:
            text = self.tr("{answer} gains {nats} nats per token under the prompt of {prompt}.")
        return text.format(
            answer=self._answer_name(answer),
            nats=plain_number(abs(mean.delta.mean)),
            prompt=self._names[prompt],
        )

    @staticmethod
    def _widest_pair(result: CrossResult) -> tuple[int, int]:
        others = [one for one in result.means if one.prompt != one.answer]
        widest = max(others, key=lambda one: abs(one.delta.mean))
        return widest.prompt, widest.answer

    def _widest(self) -> tuple[int, int]:
        assert self._result is not None
        prompt, answer = self._widest_pair(self._result)
        return self._result.columns.index(prompt), self._result.items[0].answers.index(answer)

    def _chosen(self, _row: int, _column: int) -> None:
        self._show_item(self.stepper.at())

    def _show_item(self, place: int) -> None:
        result = self._result
        if result is None:
            return
        self.stepper.set_place(place, len(result.items))
        row, column = self.matrix.current()
        item = result.items[place]
        prompt, answer = result.columns[row], item.answers[column]
        cell, own = item.cell(prompt, answer), item.cell(answer, answer)
        self.sentence.setText(
            self.tr(
                "{answer} under the prompt of {prompt}: {delta} nats per token, KL {kl}"
            ).format(
                answer=self._answer_name(answer),
                prompt=self._names[prompt],
                delta=signed(cell.mean_delta),
                kl=plain_number(cell.mean_kl),
            )
        )
        full = max((abs(value) for value in cell.delta), default=0.0)
        self.tokens.set_stretches(
            [self._stretch(number, cell, own, full) for number in range(len(cell.tokens))]
        )
        self.legend.set_scale(full, self.tr("nats"))
        self.divergence.setText(self._parting(cell, own))

    def _stretch(self, number: int, cell: CrossCell, own: CrossCell, full: float) -> Stretch:
        head = self.tr("token {n} · Δ log p {delta} · KL {kl} nats").format(
            n=number + 1,
            delta=signed(cell.delta[number], 3),
            kl=plain_number(cell.kl[number], 3),
        )
        told = both_tops(
            self._names[own.prompt], own.tokens[number],
            self._names[cell.prompt], cell.tokens[number], head,
        )  # fmt: skip
        text = displayed(cell.tokens[number].text)
        tint = partial(signed_tint, cell.delta[number], full)
        return Stretch(text, tint, told, marked=number == cell.divergence)

    def _parting(self, cell: CrossCell, own: CrossCell) -> str:
        if cell.divergence is None:
            return self.tr("Both prompts find the same token likeliest at every place.")
        at = cell.divergence
        return self.tr(
            "First divergence at token {n}: {own} under its own prompt, {other} under this one."
        ).format(n=at + 1, own=self._told(own.tokens[at]), other=self._told(cell.tokens[at]))

    def _told(self, record: TokenRecord) -> str:
        best = record.top[0]
        return self.tr("“{token}” ({p:.2f})").format(
            token=shown(best.text), p=probability_of(best.logprob)
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._result is not None:
            self._write()
            self._show_item(self.stepper.at())
        super().changeEvent(event)
