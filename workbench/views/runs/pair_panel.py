"""Two runs side by side: what the paired figures say, and what was asked differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.names import technique_name
from workbench.viewmodels.runs_words import setting_name, title_of, when_text
from workbench.views.runs.grid import Figures
from workbench.views.runs.prompt_text import PromptText
from workbench.views.runs.wrapped import WrappedLabel
from workbench.widgets.collapsible import Collapsible
from workbench.widgets.fold import set_role

if TYPE_CHECKING:
    from engine.evaluation.statistics.comparison import Pair
    from engine.store.run_pair import RunPair


class PairPanel(QScrollArea):
    """The right half of the page while two runs are selected; A is the older one."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair: RunPair | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self.heading = WrappedLabel("", body)
        set_role(self.heading, "section")
        self.sides = WrappedLabel("", body)
        self.common = WrappedLabel("", body)
        set_role(self.common, "muted")
        self.verdict = WrappedLabel("", body)
        self.figures = Figures(body)
        self.prompt = PromptText(body)
        self.settings = Figures(body, words=True)
        self.folds = [
            Collapsible(services, "", self.figures, body, opened=True),
            Collapsible(services, "", self.prompt, body, opened=True),
            Collapsible(services, "", self.settings, body, opened=True),
        ]
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 0, 8, 0)
        column.setSpacing(8)
        for widget in (self.heading, self.sides, self.common, self.verdict, *self.folds):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(body)
        self.retranslate()

    def show_pair(self, pair: RunPair | None) -> None:
        """Show a pair; None while it is being compared."""
        if pair is not self._pair:
            self._pair = pair
            self._write()

    def retranslate(self) -> None:
        """Set every text again."""
        titles = (
            self.tr("Paired figures"),
            self.tr("Changes in the prompt"),
            self.tr("Other settings"),
        )
        for fold, title in zip(self.folds, titles, strict=True):
            fold.set_title(title)
        self._write()

    def _write(self) -> None:
        pair = self._pair
        self.heading.setText(self.tr("Two runs compared"))
        for fold in self.folds:
            fold.setVisible(pair is not None)
        if pair is None:
            self.sides.setText(self.tr("Comparing…"))
            self.common.clear()
            self.verdict.clear()
            return
        self.sides.setText(
            "\n".join(
                f"{letter}  {title_of(run)} · {when_text(run.started)}"
                for letter, run in (("A", pair.first), ("B", pair.second))
            )
        )
        self.common.setText(self._common(pair))
        self.verdict.setText("\n\n".join(tell(one.sentence) for one in pair.pairs))
        self.verdict.setVisible(bool(pair.pairs))
        self._write_figures(pair)
        self.prompt.show_changes(pair.prompt)
        self.folds[1].setVisible(bool(pair.prompt))
        self.settings.set_table(
            ["", "A", "B"],
            [
                [setting_name(one.name), one.first or "–", one.second or "–"]
                for one in pair.settings
            ],
        )
        self.folds[2].setVisible(bool(pair.settings))

    def _common(self, pair: RunPair) -> str:
        several = self.tr("{n} questions in both").format(n=pair.common)
        texts = [self.tr("1 question in both") if pair.common == 1 else several]
        if pair.only_first:
            texts.append(self.tr("{n} only in A").format(n=pair.only_first))
        if pair.only_second:
            texts.append(self.tr("{n} only in B").format(n=pair.only_second))
        if not pair.prompt:
            texts.append(self.tr("the same prompt"))
        if not pair.settings:
            texts.append(self.tr("the same settings"))
        return " · ".join(texts)

    def _write_figures(self, pair: RunPair) -> None:
        head = [
            self.tr("Technique"),
            self.tr("n"),
            self.tr("Both right"),
            self.tr("Only A"),
            self.tr("Only B"),
            self.tr("B − A"),
            self.tr("p"),
        ]
        self.figures.set_table(head, [_row(one) for one in pair.pairs])
        self.folds[0].setVisible(bool(pair.pairs))


def _row(pair: Pair) -> list[str]:
    names = technique_name(pair.first_label), technique_name(pair.second_label)
    name = names[0] if names[0] == names[1] else " → ".join(names)
    points = round(100 * pair.difference)
    difference = f"{points:+d}".replace("-", "−") if points else "0"
    return [
        name,
        str(pair.n),
        "–" if pair.both is None else str(pair.both),
        str(len(pair.only_first)),
        str(len(pair.only_second)),
        difference,
        f"{pair.holm_p:.2g}",
    ]
