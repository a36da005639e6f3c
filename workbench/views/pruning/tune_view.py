"""Score: every (mode, u, a, group) tried at the slider's ratio, best first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.pruning.tune_spec import Candidate
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_command import tune_command
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.views.pruning.words import (
    formula,
    loss_tip,
    method_name,
    percent,
    perplexity,
)
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

MOST_ROWS = 40
RELATIVE = "(|W|/Σrow + |W|/Σcol)"
"""Relative importance, written out in the tip."""


class TuneView(QScrollArea):
    """A sentence, the candidates as a table, and the button that takes one.

    Signals:
        recipe_wanted(object): Prune by this score from now on.
    """

    recipe_wanted = Signal(object)

    def __init__(
        self, services: Services, model: PruningModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.line = JobLine(model.tune.job, content)
        self.headline = PlainLabel(content)
        self.headline.setWordWrap(True)
        set_role(self.headline, "section")
        self.take = QPushButton(content)
        self.take.setObjectName("take-score")
        self.table = FigureTable(content)
        self.table.setObjectName("tune-table")
        self.card = PlotCard(
            services, "pruning-scores", self.table,
            plot_exports(services, self.table, self._columns, command=self._command), content,
        )  # fmt: skip
        self.note = PlainLabel(content)
        self.note.setWordWrap(True)
        set_role(self.note, "small")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.headline, 1)
        head.addWidget(self.take, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.line)
        column.addLayout(head)
        column.addWidget(self.card)
        column.addWidget(self.note)
        column.addStretch(1)
        self.setWidget(content)
        self.take.clicked.connect(self._take_clicked)
        self.table.row_chosen.connect(self._row_chosen)
        model.tune.changed.connect(self.refresh)
        model.live.wish_changed.connect(self._show_take)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.card.set_texts(self.tr("Scores, best first"))
        self.refresh()

    def refresh(self) -> None:
        """Show the candidates tried so far."""
        tune = self._model.tune
        found = tune.candidates[:MOST_ROWS]
        self._chosen = 0
        self.card.setVisible(bool(found))
        self.take.setVisible(bool(found))
        if not found:
            self.headline.setText(
                self.tr(
                    "Find the best score tries every normalisation, exponent and group at the "
                    "slider's ratio: a threshold and a measurement each."
                )
            )
            self.note.setText("")
            return
        self._show_headline()
        full = max(one.chosen.nll for one in found)
        columns = (
            FigureColumn(self.tr("Score")),
            FigureColumn(
                self.tr("Loss that chose"), self.tr("Nats per token, on the windows of choice"),
                "amount", full,
            ),
            FigureColumn(
                self.tr("Judged perplexity"),
                self.tr("On windows that had no part in the choice"), "number",
            ),
        )  # fmt: skip
        self.table.set_content(columns, tuple(self._row(one) for one in found))
        self._show_note()
        self._show_take()

    def _show_headline(self) -> None:
        tune = self._model.tune
        best = tune.candidates[0]
        named = [one for one in tune.candidates if one.name]
        if tune.result is None:
            text = self.tr("{n} scores tried so far; best: {best}")
            self.headline.setText(text.format(n=len(tune.candidates), best=formula(best.recipe)))
            return
        rival = named[0] if named else best
        if best.name:
            text = self.tr("{name} is already the best of {n} scores: perplexity {b} at {ratio}.")
        elif best.judged.nll < rival.judged.nll:
            text = self.tr(
                "{best}: perplexity {b} against {r} of {name}, at {ratio}, on windows that had no "
                "part in the choice."
            )
        else:
            text = self.tr(
                "No score is surely better than {name}: the chosen one, {best}, has perplexity "
                "{b} against {r} on windows that had no part in the choice."
            )
        self.headline.setText(
            text.format(
                best=formula(best.recipe), name=method_name(rival.name), n=len(tune.candidates),
                b=perplexity(best.judged), r=perplexity(rival.judged),
                ratio=percent(tune.result.ratio, 0),
            )
        )  # fmt: skip

    def _show_note(self) -> None:
        result, spec = self._model.tune.result, self._model.tune.spec
        if result is None or spec is None:
            self.note.setText("")
            return
        text = self.tr(
            "{model}, dense perplexity {d}; {windows} windows of {length} tokens, seed {seed}; "
            "calibration {a}, measured on {b}; {s:.1f} s in all. The best of many is lucky too: "
            "the figure that judges is the one to believe."
        )
        self.note.setText(
            text.format(
                model=result.model, d=perplexity(result.dense), windows=spec.measured,
                length=result.length, seed=spec.seed, a=result.calibration_sha256[:8],
                b=result.evaluation_sha256[:8], s=result.seconds,
            )
        )  # fmt: skip

    def _show_take(self) -> None:
        found = self._model.tune.candidates
        if not found:
            return
        one = found[min(self._chosen, len(found) - 1)]
        same = self._model.setup.scored_by == one.recipe
        self.take.setEnabled(not same)
        self.take.setText(self.tr("In force") if same else self.tr("Prune by it"))
        self.take.setToolTip(formula(one.recipe))

    def _row(self, one: Candidate) -> FigureRow:
        loss = one.chosen
        bar = Bar(f"{loss.nll:.4f}", loss.nll, loss.nll - 2 * loss.error, loss.nll + 2 * loss.error)
        value = one.judged.perplexity
        return FigureRow(
            (
                _named(one), bar, Bar(perplexity(one.judged), value, value, value),
            ),
            tip=f"{formula(one.recipe)}\n{loss_tip(one.chosen)}\n{loss_tip(one.judged)}",
            strong=bool(one.name),
        )  # fmt: skip

    def _row_chosen(self, row: int) -> None:
        self._chosen = row
        self._show_take()

    def _take_clicked(self) -> None:
        found = self._model.tune.candidates
        if found:
            one = found[min(self._chosen, len(found) - 1)]
            self.recipe_wanted.emit(one.recipe)
            self._show_take()

    def _columns(self) -> tuple[Column, ...]:
        found = self._model.tune.candidates
        return (
            ("score", [formula(one.recipe) for one in found]),
            ("name", [one.name for one in found]),
            ("mode", [one.recipe.mode for one in found]),
            ("u", [one.recipe.u for one in found]),
            ("a", [one.recipe.a for one in found]),
            ("group", [one.recipe.group for one in found]),
            ("zeros", [one.zeros for one in found]),
            ("nll that chose", [one.chosen.nll for one in found]),
            ("nll that judges", [one.judged.nll for one in found]),
            ("seconds", [one.seconds for one in found]),
        )

    def _command(self) -> str:
        spec = self._model.tune.spec
        return tune_command(spec) if spec is not None else "lathe prune tune"


def _named(one: Candidate) -> str:
    """A score as it is written, with its name where it has one."""
    written = formula(one.recipe).removeprefix("S = ").replace(RELATIVE, "RI")
    name = method_name(one.name)
    return f"{name} = {written}" if one.name and not written.startswith(f"{name},") else written
