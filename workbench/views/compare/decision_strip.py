"""What led to a column's answer when it was not simply said: passages, votes, knowledge, labels."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.evaluation.external import looked_up
from workbench.viewmodels.compare_column import Column
from workbench.views.compare.knowledge_note import KnowledgeNote
from workbench.views.compare.label_strip import LabelStrip
from workbench.views.compare.passage_sources import PassageSources
from workbench.views.compare.vote_strip import VoteStrip


class DecisionStrip(QWidget):
    """Holds the parts that the column's technique needs; they are made when first needed.

    Signals:
        path_wanted(int): Look at the path of this sample.
        passage_wanted(int): Open the passage of this number.
    """

    path_wanted = Signal(int)
    passage_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.votes: VoteStrip | None = None
        self.knowledge: KnowledgeNote | None = None
        self.labels: LabelStrip | None = None
        self.sources: PassageSources | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 2, 0, 2)
        self._box.setSpacing(6)
        self.hide()

    def show_column(self, column: Column) -> None:
        """Show what there is of this column."""
        votes = column.vote is not None
        result = column.result
        stages = {stage.kind for stage in result.stages} if result is not None else set()
        knowing = "knowledge" in stages or any(kind == "knowledge" for kind, _ in column.drafts)
        labels = result is not None and bool(result.labels)
        reading = result is not None and looked_up(column.spec, column.variant)
        if reading and self.sources is None:
            self.sources = PassageSources(self)
            self.sources.passage_wanted.connect(self.passage_wanted)
            self._box.insertWidget(0, self.sources)
        if votes and self.votes is None:
            self.votes = VoteStrip(self)
            self.votes.path_wanted.connect(self.path_wanted)
            self._box.addWidget(self.votes)
        if knowing and self.knowledge is None:
            self.knowledge = KnowledgeNote(self)
            self._box.insertWidget(0, self.knowledge)
        if labels and self.labels is None:
            self.labels = LabelStrip(self)
            self._box.addWidget(self.labels)
        for part, wanted in (
            (self.sources, reading), (self.votes, votes), (self.knowledge, knowing),
            (self.labels, labels),
        ):  # fmt: skip
            if part is not None:
                part.setVisible(wanted)
                if wanted:
                    part.show_column(column)
        self.setVisible(reading or votes or knowing or labels)
