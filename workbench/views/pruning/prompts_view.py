"""Prompts: the same questions to the dense and the pruned model, and what the difference proves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.evaluation.spec import CellResult
from engine.evaluation.statistics.words import verdict as in_words
from engine.pruning.edit import read_edit
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.services.engine_words import tell, tell_report
from workbench.viewmodels.names import task_set_name
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_prompts import MOST_ITEMS, PINS, Both, Verdict
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.views.pruning.words import formula, percent
from workbench.widgets.figure_table import FigureColumn, FigureRow, FigureTable
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number

SHOWN_CHARS = 28
ANSWER_CHARS = 28


class PromptsView(QScrollArea):
    """What is asked, the verdict in words, every question with both answers.

    Signals:
        attention_wanted(): Look at the difference of the attention of both states.
    """

    attention_wanted = Signal()

    def __init__(
        self, services: Services, model: PruningModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.source_label = PlainLabel(content)
        self.source = QComboBox(content)
        self.source.setObjectName("prompts-source")
        self.items = QSpinBox(content)
        self.items.setObjectName("prompts-items")
        self.items.setRange(1, MOST_ITEMS)
        self.items.setKeyboardTracking(False)
        self.language = QComboBox(content)
        self.language.addItem("English", "en")
        self.language.addItem("中文", "zh")
        self.attention = QPushButton(content)
        self.attention.setObjectName("attention-difference")
        services.icons.bind(self.attention, "attention")
        self.line = JobLine(model.prompts.job, content)
        self.headline = PlainLabel(content)
        self.headline.setWordWrap(True)
        set_role(self.headline, "section")
        self.story = PlainLabel(content)
        self.story.setWordWrap(True)
        self.table = FigureTable(content)
        self.card = PlotCard(
            services, "pruning-prompts", self.table,
            plot_exports(services, self.table, self._columns), content,
        )  # fmt: skip
        self._lay_out(content)
        self.setWidget(content)
        self.source.activated.connect(self._edited)
        self.language.activated.connect(self._edited)
        self.items.valueChanged.connect(self._edited)
        self.attention.clicked.connect(self.attention_wanted)
        model.prompts.changed.connect(self.refresh)
        model.prompts.choice_changed.connect(self._show_choice)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.source_label.setText(self.tr("Ask both states"))
        self.source.setAccessibleName(self.source_label.text())
        self.items.setSuffix(self.tr(" items"))
        self.items.setAccessibleName(self.tr("Items of the task"))
        self.language.setAccessibleName(self.tr("Language of the items"))
        self.attention.setText(self.tr("Attention difference"))
        self.attention.setToolTip(
            self.tr("The page Attention with the dense and the pruned model beside each other")
        )
        self.card.set_texts(self.tr("Every question"))
        self._show_choice()
        self.refresh()

    def refresh(self) -> None:
        """Show the answers that are there, and the verdict."""
        rows = self._model.prompts.rows()
        self.card.setVisible(bool(rows))
        verdict = self._model.prompts.verdict
        if not rows:
            self.headline.setText(
                self.tr(
                    "Ask both asks the same questions of the dense and of the pruned model and "
                    "compares them one by one."
                )
            )
            self.story.setText(self._where_from())
            return
        columns = (
            FigureColumn(self.tr("Question")),
            FigureColumn(self.tr("Expected")),
            FigureColumn(self.tr("dense")),
            FigureColumn(self.tr("pruned")),
            FigureColumn(self.tr("Differs at")),
        )
        self.table.set_content(columns, tuple(self._row(row) for row in rows))
        if self._model.prompts.waiting:
            self.headline.setText(self.tr("The copy is being cut; then both are asked."))
            self.story.setText("")
            return
        there = sum(row.same is not None for row in rows)
        if verdict is None:
            text = self.tr("{n} of {all} questions answered by both")
            self.headline.setText(text.format(n=there, all=len(rows)))
            self.story.setText("")
        else:
            self.headline.setText(self._headline(verdict))
            self.story.setText(self._story(verdict))

    def _where_from(self) -> str:
        """Before anything was asked: which questions there are."""
        prompts = self._model.prompts
        if prompts.choice.task != PINS:
            return ""
        if prompts.pinned:
            return self.tr("The answers pinned in Compare are asked again, of both.")
        return self.tr("Nothing is pinned in Compare yet: pin answers there, or choose a task set.")

    def _headline(self, verdict: Verdict) -> str:
        if not verdict.asked:
            return self.tr("No question was answered by both states")
        same = self.tr("{n} of {all} answers are the very same").format(
            n=verdict.same, all=verdict.asked
        )
        if not verdict.scored:
            return same
        right = self.tr("{a} of {n} right before, {b} after").format(
            a=verdict.right[0], b=verdict.right[1], n=verdict.scored
        )
        return f"{right} · {same}"

    def _story(self, verdict: Verdict) -> str:
        many = len(verdict.pairs)
        names = {"first_label": self.tr("dense"), "second_label": self.tr("pruned")}
        lines = [tell(in_words(replace(pair, **names), many)) for pair in verdict.pairs]
        failed = [cell for cell in self._cells() if cell.generation is None]
        if failed:
            text = self.tr("{n} answers failed. The first: {reason}")
            reason = next((str(tell_report(c.error)) for c in failed if c.error is not None), "–")
            lines.append(text.format(n=len(failed), reason=reason))
        if not verdict.asked:
            return "\n".join(lines)
        if not verdict.scored:
            lines.append(self.tr("No question has an expected answer, so nothing is scored."))
        if verdict.rate is not None:
            text = self.tr(
                "Tokens per second: {a} dense, {b} pruned (medians of the answers, timed once: no "
                "proof of a gain; zeros are multiplied like other numbers)."
            )
            lines.append(
                text.format(a=plain_number(verdict.rate[0], 1), b=plain_number(verdict.rate[1], 1))
            )
        if verdict.states:
            lines.append(self._cut(verdict))
        return "\n".join(lines)

    def _cut(self, verdict: Verdict) -> str:
        """What the pruned answers themselves say of the copy that gave them."""
        if verdict.states == ((),):
            return self.tr("The copy was whole: move the slider first.")
        if len(verdict.states) > 1:
            text = self.tr(
                "The copy was moved between the answers, so they are not of one model: {states}. "
                "Ask both again."
            )
            return text.format(states=" / ".join(map(self._state, verdict.states)))
        edit = read_edit(verdict.states[0][0])
        if edit is None or len(verdict.states[0]) > 1:
            return self.tr("The pruned copy: {edits}.").format(edits=self._state(verdict.states[0]))
        text = self.tr("The pruned copy: {share} of its weights are zero; {score}.")
        return text.format(share=percent(edit.share), score=formula(edit.recipe))

    def _state(self, edits: tuple[str, ...]) -> str:
        """One state of the copy in a few words."""
        if not edits:
            return self.tr("whole")
        read = [(name, read_edit(name)) for name in edits]
        return ", ".join(
            tell(name) if edit is None else f"{percent(edit.share)} ({formula(edit.recipe)})"
            for name, edit in read
        )

    def _cells(self) -> list[CellResult]:
        """Every answer that came, or failed to."""
        rows = self._model.prompts.rows()
        return [cell for row in rows for cell in (row.dense, row.pruned) if cell is not None]

    def _row(self, row: Both) -> FigureRow:
        at = row.apart_at
        if row.same is None:
            failed = any(
                cell is not None and cell.generation is None for cell in (row.dense, row.pruned)
            )
            apart = "–" if failed else "…"
        elif at < 0:
            apart = self.tr("none")
        else:
            apart = self.tr("token {n}").format(n=at)
        return FigureRow(
            (
                _shown(row.question) or row.item, row.expected or "–", self._said(row.dense),
                self._said(row.pruned), apart,
            ),
            tip=self._tip(row),
        )  # fmt: skip

    def _tip(self, row: Both) -> str:
        return "\n".join(
            (
                row.title, row.question,
                self.tr("dense: {text}").format(text=_text(row.dense)),
                self.tr("pruned: {text}").format(text=_text(row.pruned)),
            )
        )  # fmt: skip

    def _said(self, cell: CellResult | None) -> str | None:
        if cell is None:
            return None
        if cell.generation is None:
            return self.tr("failed")
        mark = {True: "✓ ", False: "✗ ", None: ""}[cell.correct]
        found = cell.extractions[0].value if cell.extractions else None
        return mark + (found if found is not None else _shown(cell.generation.text, ANSWER_CHARS))

    def _show_choice(self) -> None:
        prompts = self._model.prompts
        from engine.teaching.tasks import task_names

        self.source.clear()
        text = self.tr("Pinned in Compare ({n})").format(n=len(prompts.pinned))
        self.source.addItem(text, PINS)
        for task in task_names():
            self.source.addItem(task_set_name(task), task)
        choice = prompts.choice
        self.source.setCurrentIndex(max(0, self.source.findData(choice.task)))
        self.items.blockSignals(True)
        self.items.setValue(choice.items)
        self.items.blockSignals(False)
        self.language.setCurrentIndex(max(0, self.language.findData(choice.language)))
        for widget in (self.items, self.language):
            widget.setVisible(choice.task != PINS)
        if not prompts.rows():
            self.story.setText(self._where_from())

    def _edited(self) -> None:
        prompts = self._model.prompts
        prompts.set_choice(
            replace(
                prompts.choice, task=str(self.source.currentData() or PINS),
                items=self.items.value(),
                language="zh" if self.language.currentData() == "zh" else "en",
            )
        )  # fmt: skip

    def _columns(self) -> tuple[Column, ...]:
        rows = self._model.prompts.rows()
        marks = {True: "right", False: "wrong", None: ""}
        return (
            ("technique", [row.title for row in rows]),
            ("question", [row.question for row in rows]),
            ("expected", [row.expected or "" for row in rows]),
            ("dense", [_text(row.dense) for row in rows]),
            ("pruned", [_text(row.pruned) for row in rows]),
            ("dense right", [marks[row.dense.correct] if row.dense else "" for row in rows]),
            ("pruned right", [marks[row.pruned.correct] if row.pruned else "" for row in rows]),
            ("first difference", [float(row.apart_at) for row in rows]),
        )

    def _lay_out(self, content: QWidget) -> None:
        top = FlowBar(content)
        flow = FlowLayout(top, 8)
        for widget in (
            self.source_label, self.source, self.items, self.language, self.attention,
        ):  # fmt: skip
            flow.addWidget(widget)
        self.source_label.setBuddy(self.source)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(top)
        column.addWidget(self.line)
        column.addWidget(self.headline)
        column.addWidget(self.story)
        column.addWidget(self.card, 0, Qt.AlignmentFlag.AlignTop)
        column.addStretch(1)


def _shown(text: str, chars: int = SHOWN_CHARS) -> str:
    """One line of a text, cut where the table's room ends."""
    line = " ".join(text.split())
    return line if len(line) <= chars else line[: chars - 1] + "…"


def _text(cell: CellResult | None) -> str:
    return cell.generation.text if cell is not None and cell.generation is not None else ""
