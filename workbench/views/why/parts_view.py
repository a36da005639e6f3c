"""Parts: the prompt tinted by what each of its parts did, and every part's figures."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from engine.evaluation.evidence.attribute_spec import (
    METHODS,
    Attribution,
    ItemAttribution,
    Method,
    PartAverage,
    PartEffect,
)
from engine.evaluation.evidence.parts import PartId
from engine.evaluation.evidence.spec import Figure
from engine.prompting.render import SentPart
from workbench.services.engine_words import tell_report
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.views.why.stepper import Stepper
from workbench.views.why.words import (
    interval,
    method_hint,
    method_name,
    origin,
    part_name,
    parts_headline,
)
from workbench.widgets.column_scroll import ColumnScroll
from workbench.widgets.figure_table import Bar, ColumnKind, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import SignedLegend, plain_number, signed, signed_tint
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.token_heat import probability_of
from workbench.widgets.token_text import displayed

DIGITS: Final[dict[Method, int]] = {
    "leave-one-out": 2,
    "attention": 2,
    "rollout": 2,
    "gradient": 4,
}
WIDE_CHARS: Final = 120


class PartsView(QWidget):
    """Shows an `Attribution`."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: Attribution | None = None
        self.headline = PlainLabel(self)
        set_role(self.headline, "section")
        self.headline.setWordWrap(True)
        self.stepper = Stepper(icons, self)
        self.prompt = TintedText(self)
        self.legend = SignedLegend(self)
        self.answer = PlainLabel(self)
        self.answer.setWordWrap(True)
        self.tokens = TintedText(self)
        self.token_legend = SignedLegend(self)
        self.caption = PlainLabel(self)
        self.table = FigureTable(self)
        self.notes = PlainLabel(self)
        self.notes.setWordWrap(True)
        for label in (self.caption, self.notes, self.answer):
            set_role(label, "muted")
        self._lay_out()
        self.stepper.moved.connect(self._show_item)
        self.table.row_chosen.connect(self._part_chosen)

    def set_result(self, result: Attribution) -> None:
        """Show a finished attribution."""
        self._result = result
        self._write()
        self.stepper.set_place(0, len(result.items))
        self.table.selectRow(self._most_telling(result))
        self._show_item(0)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.stepper)
        left.addWidget(self.prompt)
        left.addWidget(self.legend)
        left.addSpacing(8)
        left.addWidget(self.answer)
        left.addWidget(self.tokens)
        left.addWidget(self.token_legend)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.caption)
        right.addWidget(self.table)
        right.addWidget(self.notes)
        right.addStretch(1)
        self._sides = QBoxLayout(QBoxLayout.Direction.RightToLeft)
        self._sides.setSpacing(20)
        self._sides.addLayout(right, 6)
        self._sides.addLayout(left, 4)
        body = QWidget(self)
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addLayout(self._sides, 1)
        area = ColumnScroll(body, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.headline)
        layout.addWidget(area, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else the figures above the prompt."""
        super().resizeEvent(event)
        wide = event.size().width() >= self.fontMetrics().averageCharWidth() * WIDE_CHARS
        direction = QBoxLayout.Direction
        self._sides.setDirection(direction.RightToLeft if wide else direction.TopToBottom)

    def _write(self) -> None:
        result = self._result
        if result is None:
            return
        self.headline.setText(parts_headline(result))
        count = len(result.items)
        self.caption.setText(
            self.tr("Average of {n} questions, nats per token and shares").format(n=count)
            if count > 1
            else self.tr("This question, nats per token and shares")
        )
        taken = [name for name in METHODS if any(one.value(name) for one in result.averages)]
        columns = [FigureColumn(self.tr("Part"))]
        for name in taken:
            figures = [one.value(name) for one in result.averages]
            full = max((max(abs(f.low), abs(f.high)) for f in figures if f), default=1.0)
            kind: ColumnKind = "signed" if name in ("leave-one-out", "gradient") else "amount"
            weight = 2 if name == "leave-one-out" else 1
            columns.append(FigureColumn(method_name(name), method_hint(name), kind, full, weight))
        rows = [self._row(one, taken, result) for one in result.averages]
        self.table.set_content(columns, rows)
        lines = [self.tr("Leave one out is the causal measure; attention is not an explanation.")]
        lines += [
            f"{method_name(one.method)}: {tell_report(one.error).message}" for one in result.skipped
        ]
        self.notes.setText("\n".join(lines))

    def _row(self, average: PartAverage, taken: list[Method], result: Attribution) -> FigureRow:
        cells: list[str | Bar | None] = [part_name(average.part)]
        said = []
        for name in taken:
            figure = average.value(name)
            cells.append(_bar(figure, name))
            if figure is not None:
                said.append(f"{method_name(name)}: {interval(figure, DIGITS[name] + 1)}")
        n = max((figure.n for name in taken if (figure := average.value(name))), default=0)
        said.append(origin(result.provenance, result.variant, n))
        harmful = result.most_harmful()
        return FigureRow(tuple(cells), tip("\n".join(said)), average is harmful)

    def _show_item(self, place: int) -> None:
        result = self._result
        if result is None or not result.items:
            return
        item = result.items[place]
        self.stepper.set_place(place, len(result.items))
        effects = {one.part: one for one in item.parts}
        full = max((abs(one.effect) for one in item.parts if one.effect is not None), default=0.0)
        self.prompt.set_stretches([self._stretch(part, effects, full) for part in item.sent])
        self.legend.set_scale(full, self.tr("nats per token"))
        self._show_answer(item)

    def _stretch(self, sent: SentPart, effects: dict[PartId, PartEffect], full: float) -> Stretch:
        if sent.element is None:
            return Stretch(sent.text, dim=True)
        found = effects.get(PartId(sent.element, sent.index))
        if found is None:
            return Stretch(sent.text)
        name = part_name(found.part)
        if found.effect is None:
            reason = tell_report(found.error).message if found.error else ""
            return Stretch(sent.text, tip=tip(f"{name}: {reason}"))
        said = self.tr("{part}: {effect} nats per token\nOne question, leave one out").format(
            part=name, effect=signed(found.effect, 3)
        )
        return Stretch(sent.text, partial(signed_tint, found.effect, full), tip(said))

    def _part_chosen(self, _row: int) -> None:
        if self._result is not None and self._result.items:
            self._show_answer(self._result.items[self.stepper.at()])

    def _show_answer(self, item: ItemAttribution) -> None:
        """The answer's tokens, tinted by what the chosen part did to each."""
        assert self._result is not None
        row = self.table.currentIndex().row()
        part = self._result.averages[row].part if row >= 0 else None
        effect = next((one for one in item.parts if one.part == part and one.per_token), None)
        told = self.tr("Answer explained, log p {p} per token").format(p=plain_number(item.logprob))
        if effect is None:
            self.answer.setText(told)
            self.tokens.set_stretches([Stretch(displayed(token.text)) for token in item.answer])
            self.token_legend.set_scale(0.0, "")
            return
        by = self.tr("tinted by what {part} did").format(part=part_name(effect.part))
        self.answer.setText(f"{told} · {by}")
        full = max(map(abs, effect.per_token), default=0.0)
        self.tokens.set_stretches(
            [
                Stretch(
                    displayed(token.text),
                    partial(signed_tint, value, full),
                    tip(
                        self.tr("token {n}: {value} nats, p {p:.3f}").format(
                            n=number + 1,
                            value=signed(value, 3),
                            p=probability_of(token.logprob),
                        )
                    ),
                )
                for number, (token, value) in enumerate(
                    zip(item.answer, effect.per_token, strict=True)
                )
            ]
        )
        self.token_legend.set_scale(full, self.tr("nats"))

    @staticmethod
    def _most_telling(result: Attribution) -> int:
        """The row of the most harmful part, else of the most helpful one."""
        effects = [one.effect.mean if one.effect else 0.0 for one in result.averages]
        harmful = result.most_harmful()
        if harmful is not None:
            return result.averages.index(harmful)
        return max(range(len(effects)), key=effects.__getitem__, default=0)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._result is not None:
            self._write()
            self._show_item(self.stepper.at())
        super().changeEvent(event)


def _bar(figure: Figure | None, method: Method) -> Bar | None:
    if figure is None:
        return None
    write = signed if method in ("leave-one-out", "gradient") else plain_number
    return Bar(write(figure.mean, DIGITS[method]), figure.mean, figure.low, figure.high)
