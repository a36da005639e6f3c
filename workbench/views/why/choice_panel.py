"""The left side of “Why”: which comparison, column, question and answer are explained."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from engine.evaluation.evidence.order_spec import SweepKind
from engine.evaluation.evidence.spec import AnswerSource
from engine.evaluation.evidence.states_spec import state_name
from engine.models.reference import Quantization
from engine.prompting.elements import Item
from workbench.services.engine_words import tell
from workbench.viewmodels.why import FIRST_QUESTIONS, Topic, WhyChoice, WhyModel
from workbench.viewmodels.why_case import OfferedRun
from workbench.views.why.words import variant_name
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

DEMONSTRATION: Final = ""
HANDED: Final = "handed"
MOST_QUESTIONS: Final = 200
STATES: Final[tuple[Quantization, ...]] = ("nf4", "fp4", "int8")
EXCERPT: Final = 60
Entries = list[tuple[str, object]]


class ChoicePanel(QWidget):
    """Signals:
    run_wanted(str): Explain another comparison: a run's id, or `DEMONSTRATION`.
    """

    run_wanted = Signal(str)

    def __init__(self, model: WhyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._runs: tuple[OfferedRun, ...] = ()
        self._topic: Topic = "parts"
        self._setting = False
        self.comparison = self._combo()
        self.model_box = self._combo()
        self.column = self._combo()
        self.question = self._combo()
        self.answer = self._combo()
        self.sweep = self._combo()
        self.states = FlowBar(self)
        self.state_chips = {kind: Chip(self) for kind in STATES}
        row = FlowLayout(self.states, 4)
        for chip in self.state_chips.values():
            row.addWidget(chip)
        self.summary = PlainLabel(self)
        self.summary.setWordWrap(True)
        set_role(self.summary, "small")
        self._labels: dict[QWidget, QLabel] = {}
        self._boxes: dict[QWidget, QWidget] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(4)
        for widget in self._fields():
            box = self._boxes[widget] = QWidget(self)
            label = self._labels[widget] = PlainLabel(box)
            label.setBuddy(widget)
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 8)
            column.setSpacing(4)
            column.addWidget(label)
            column.addWidget(widget)
            layout.addWidget(box)
        layout.addWidget(self.summary)
        layout.addStretch(1)
        self._connect()
        self.retranslate()

    def set_runs(self, runs: tuple[OfferedRun, ...]) -> None:
        """Offer these stored comparisons."""
        self._runs = runs
        self._fill()

    def set_topic(self, topic: Topic) -> None:
        """Show what this topic can be told."""
        self._topic = topic
        self._fill()

    def retranslate(self) -> None:
        """Set every text again."""
        names = (
            self.tr("Comparison"),
            self.tr("Model"),
            self.tr("Technique"),
            self.tr("Questions"),
            self.tr("Answer"),
            self.tr("Examples"),
            self.tr("States"),
        )
        for widget, name in zip(self._fields(), names, strict=True):
            self._labels[widget].setText(name)
            widget.setAccessibleName(name)
        self.state_chips["nf4"].setText(self.tr("4-bit (nf4)"))
        self.state_chips["fp4"].setText(self.tr("4-bit (fp4)"))
        self.state_chips["int8"].setText(self.tr("8-bit"))
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _fields(self) -> tuple[QWidget, ...]:
        return (
            self.comparison, self.model_box, self.column, self.question, self.answer, self.sweep,
            self.states,
        )  # fmt: skip

    def _combo(self) -> ElidedCombo:
        box = ElidedCombo(self)
        may_shrink(box, 12)
        return box

    def _connect(self) -> None:
        self.comparison.activated.connect(self._comparison_chosen)
        for box in (self.model_box, self.column, self.question, self.answer, self.sweep):
            box.activated.connect(self._edited)
        for chip in self.state_chips.values():
            chip.clicked.connect(self._edited)
        self._model.case_changed.connect(self._fill)
        self._model.choice_changed.connect(self._fill)

    def _comparison_chosen(self, index: int) -> None:
        wanted = self.comparison.itemData(index)
        if wanted != HANDED:
            self.run_wanted.emit(wanted)

    def _edited(self, _index: int = 0) -> None:
        question = self.question.currentData() or (-1, FIRST_QUESTIONS)
        states = tuple(kind for kind, chip in self.state_chips.items() if chip.isChecked())
        self._model.choose(
            replace(
                self._model.choice,
                model=max(0, self.model_box.currentIndex()),
                column=max(0, self.column.currentIndex()),
                item=question[0],
                most=question[1],
                answer=cast(AnswerSource, self.answer.currentData() or "auto"),
                sweep=cast(SweepKind, self.sweep.currentData() or "order"),
                states=states,
            )
        )

    def _fill(self) -> None:
        """Every box from the case and the choice."""
        case, choice = self._model.case, self._model.choice
        self._refill(self.comparison, self._comparisons(), self._current_case())
        if case is not None:
            compare = case.compare
            models: Entries = [(state_name(ref), n) for n, ref in enumerate(compare.models)]
            columns: Entries = [(variant_name(one), n) for n, one in enumerate(compare.variants)]
            self._refill(self.model_box, models, choice.model)
            self._refill(self.column, columns, choice.column)
            self._refill(self.question, self._questions(compare.items), _question(choice))
            self.summary.setText(
                self.tr("Models {models} · techniques {columns} · questions {items}").format(
                    models=len(models), columns=len(columns), items=len(compare.items)
                )
            )
        self._refill(self.answer, self._answers(), choice.answer)
        self._refill(
            self.sweep,
            [
                (self.tr("every order"), "order"),
                (self.tr("pairs of them"), "subset"),
                (self.tr("all but one"), "leave-one-out"),
            ],
            choice.sweep,
        )
        for kind, chip in self.state_chips.items():
            chip.setChecked(kind in choice.states)
        self._show_fields()

    def _comparisons(self) -> Entries:
        entries: Entries = []
        case = self._model.case
        if case is not None and self._current_case() == HANDED:
            entries.append((tell(case.compare.title()), HANDED))
        entries += [
            (self.tr("{title} ({n} answers)").format(title=tell(run.title), n=run.cells), run.id)
            for run in self._runs
        ]
        return [*entries, (self.tr("Demonstration: one wrong example"), DEMONSTRATION)]

    def _current_case(self) -> str:
        case = self._model.case
        if case is None:
            return DEMONSTRATION
        known = {run.id for run in self._runs}
        if case.run_id in known or (not case.run_id and not case.given):
            return case.run_id
        return HANDED

    def _answers(self) -> Entries:
        """Swapping and states begin with what the columns said, the others with what is right."""
        if self._topic in ("swap", "states"):
            return [
                (self.tr("those that were given"), "auto"),
                (self.tr("the right one"), "expected"),
            ]
        return [
            (self.tr("the right one, if known"), "auto"),
            (self.tr("the right one"), "expected"),
            (self.tr("the one that was given"), "given"),
        ]

    def _questions(self, items: tuple[Item, ...]) -> Entries:
        count = len(items)
        entries: Entries = []
        if count > FIRST_QUESTIONS:
            text = self.tr("the first {n} of {total}")
            entries.append((text.format(n=FIRST_QUESTIONS, total=count), (-1, FIRST_QUESTIONS)))
        if count > 1:
            entries.append((self.tr("all {n}").format(n=count), (-1, max(count, FIRST_QUESTIONS))))
        for number, item in enumerate(items[:MOST_QUESTIONS]):
            said = next(iter(reversed(item.variables.values())), item.id)
            said = item.variables.get("input", said).replace("\n", " ")[:EXCERPT]
            entries.append((f"{number + 1} · {said}", (number, FIRST_QUESTIONS)))
        return entries

    def _show_fields(self) -> None:
        case = self._model.case
        several = case is not None and len(case.compare.models) > 1
        known = {
            self.comparison: True,
            self.model_box: several,
            self.column: case is not None and self._topic != "swap",
            self.question: case is not None,
            self.answer: case is not None,
            self.sweep: case is not None and self._topic == "order",
            self.states: case is not None and self._topic == "states",
        }
        for widget, wanted in known.items():
            self._boxes[widget].setVisible(wanted)
        self.summary.setVisible(case is not None)

    @staticmethod
    def _refill(box: QComboBox, entries: Entries, chosen: object) -> None:
        now = [(box.itemText(n), box.itemData(n)) for n in range(box.count())]
        if now != entries:
            box.clear()
            for text, data in entries:
                box.addItem(text, data)
        for place, (_, data) in enumerate(entries):
            if data == chosen:
                box.setCurrentIndex(place)
                return
        box.setCurrentIndex(0 if entries else -1)


def _question(choice: WhyChoice) -> tuple[int, int]:
    return (choice.item, FIRST_QUESTIONS) if choice.item >= 0 else (-1, choice.most)
