"""The vote of a column's samples: a bar per answer, how far they agree, and the paths behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.evaluation.spec import Vote
from workbench.viewmodels.compare_column import Column
from workbench.widgets.bar_list import Bar, BarList
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

MOST_ANSWERS = 6


class VoteStrip(QWidget):
    """Shows a `Vote` while it grows.

    Signals:
        path_wanted(int): Look at the path of this sample.
    """

    path_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vote: Vote | None = None
        self._shown = 0
        self._open = ""
        self.head = PlainLabel(self)
        self.head.setWordWrap(True)
        set_role(self.head, "muted")
        self.bars = BarList(self)
        self.bars.setObjectName("vote-bars")
        self.bars.set_choosable(True)
        self.paths = FlowBar(self)
        self._flow = FlowLayout(self.paths, spacing=4)
        self.chips: list[Chip] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.bars)
        layout.addWidget(self.paths)
        layout.addWidget(self.head)
        self.bars.chosen.connect(self._answer_chosen)

    def show_column(self, column: Column) -> None:
        """Show a column's vote as it stands."""
        self._vote, self._shown = column.vote, column.paths.shown
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _answers(self) -> list[str]:
        return list(self._vote.counts)[:MOST_ANSWERS] if self._vote is not None else []

    def _write(self) -> None:
        vote = self._vote
        self.bars.setAccessibleName(self.tr("Votes"))
        if vote is None:
            self.bars.set_bars(())
            self._show_paths(())
            self.head.setText("")
            return
        answers = self._answers()
        own = next((a for a in answers if self._shown in vote.paths[a]), "")
        current = answers.index(own) if own else -1
        self.bars.set_bars(tuple(self._bar(vote, answer) for answer in answers), current)
        self._show_paths(vote.paths.get(own, ()) if vote.final else ())
        self.head.setText(self._summary(vote))

    def _bar(self, vote: Vote, answer: str) -> Bar:
        count, weight = vote.counts[answer], vote.weights[answer]
        hint = self.tr("{n} of {all} paths; sum of their probabilities {w:.2f}").format(
            n=count, all=vote.samples, w=weight
        )
        return Bar(
            name=" ".join(answer.split()),
            share=count / vote.planned,
            text=self.tr("×{n} · {w:.2f}").format(n=count, w=weight),
            ahead=answer == vote.winner,
            hint=hint,
        )

    def _summary(self, vote: Vote) -> str:
        if not vote.final:
            said = self.tr("{n} of {all} paths in").format(n=vote.samples, all=vote.planned)
        else:
            agree = round(vote.agreement * vote.samples)
            said = self.tr("{n} of {all} agree").format(n=agree, all=vote.samples)
        parts = [said]
        if vote.stopped_early:
            text = self.tr("stopped early after {n} of {all}")
            parts.append(text.format(n=vote.samples, all=vote.planned))
        if vote.invalid:
            parts.append(self.tr("{n} without an answer").format(n=vote.invalid))
        other = vote.weighted if vote.decided_by == "majority" else vote.majority
        if vote.final and other != vote.winner and other is not None:
            text = (
                self.tr("by probability {answer} would win")
                if vote.decided_by == "majority"
                else self.tr("by majority {answer} would win")
            )
            parts.append(text.format(answer=other))
        left = len(vote.counts) - MOST_ANSWERS
        if left > 0:
            parts.append(self.tr("{n} more answers").format(n=left))
        return " · ".join(parts)

    def _show_paths(self, samples: tuple[int, ...]) -> None:
        """A chip per path of the answer that is looked at."""
        while len(self.chips) < len(samples):
            chip = Chip(self.paths, compact=True)
            chip.clicked.connect(self._path_chosen)
            self._flow.addWidget(chip)
            self.chips.append(chip)
        for place, chip in enumerate(self.chips):
            chip.setVisible(place < len(samples))
            if place < len(samples):
                sample = samples[place]
                chip.setText(str(sample + 1))
                chip.setProperty("sample", sample)
                chip.setChecked(sample == self._shown)
                chip.setToolTip(self.tr("Show path {n}").format(n=sample + 1))
                chip.setAccessibleName(chip.toolTip())
                chip.updateGeometry()
        self.paths.setVisible(len(samples) > 1)
        self.paths.updateGeometry()

    def _answer_chosen(self, row: int) -> None:
        """The paths of an answer: its first one, and the chips for the others."""
        if self._vote is not None and row < len(self._answers()):
            self.path_wanted.emit(self._vote.paths[self._answers()[row]][0])

    def _path_chosen(self) -> None:
        chip = self.sender()
        if isinstance(chip, Chip):
            chip.setChecked(True)
            self.path_wanted.emit(int(chip.property("sample")))
