"""The verdicts in words: what a reader should take away before any figure."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.evaluation.statistics.comparison import Comparison
from workbench.services.engine_words import tell
from workbench.viewmodels.evaluate_figures import by_weight
from workbench.views.evaluate.results.words import pair_tip, sentence
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

MOST: Final = 3


class VerdictsView(QWidget):
    """The weightiest sentences, the first one largest, then what they rest on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Comparison | None = None
        self.sentences = [PlainLabel(self) for _ in range(MOST)]
        self.notes = PlainLabel(self)
        set_role(self.sentences[0], "section")
        set_role(self.notes, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for label in (*self.sentences, self.notes):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            layout.addWidget(label)

    def set_comparison(self, found: Comparison) -> None:
        """Show what these figures say."""
        self._found = found
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        found = self._found
        if found is None:
            return
        pairs = by_weight(found)[:MOST]
        for place, label in enumerate(self.sentences):
            label.setVisible(place < len(pairs) or (place == 0 and not pairs))
            if place < len(pairs):
                sign = "≈" if pairs[place].better is None else "✓"
                label.setText(f"{sign} {sentence(pairs[place], len(found.pairs))}")
                label.setToolTip(pair_tip(pairs[place], len(found.pairs)))
        if not pairs:
            self.sentences[0].setText(self._alone(found))
            self.sentences[0].setToolTip("")
        notes = [tell(note) for note in found.notes]
        if len(found.pairs) > MOST:
            more = self.tr("{n} more pairs are in the table below.")
            notes.append(more.format(n=len(found.pairs) - MOST))
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))

    def _alone(self, found: Comparison) -> str:
        """Without a pair: one column's accuracy, or why nothing can be compared."""
        scored = [one for one in found.standings if one.interval is not None]
        if len(scored) == 1 and scored[0].accuracy is not None and scored[0].interval is not None:
            one = scored[0]
            return self.tr(
                "{name} is right on {share:.0f} % of {n} items ({low:.0f} to {high:.0f} %)."
            ).format(
                name=one.label,
                share=100 * scored[0].accuracy,
                n=one.n,
                low=100 * scored[0].interval.low,
                high=100 * scored[0].interval.high,
            )
        return self.tr("Nothing can be compared yet.")
