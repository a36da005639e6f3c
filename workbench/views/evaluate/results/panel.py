"""The results of a run: verdicts in words, then figures, then what the rule does to them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, Vote
from engine.evaluation.statistics.comparison import Standing
from workbench.services.container import Services
from workbench.viewmodels.evaluate_results import ResultsModel
from workbench.viewmodels.names import rule_name
from workbench.viewmodels.results_text import pairs_csv, standings_csv
from workbench.views.evaluate.results.accuracy_bars import AccuracyBars
from workbench.views.evaluate.results.more_button import MoreButton
from workbench.views.evaluate.results.only_right_view import OnlyRightView
from workbench.views.evaluate.results.pairs_view import PairsView
from workbench.views.evaluate.results.rules_view import RulesView
from workbench.views.evaluate.results.verdicts_view import VerdictsView
from workbench.views.evaluate.results.votes_view import VotesView
from workbench.views.evaluate.results.words import as_text, standing_tip
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import Fold, set_role
from workbench.widgets.plain import PlainLabel


class _Column(QWidget):
    """The scrolled content: as high as its wrapped texts need at the width it has."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        hint = super().minimumSizeHint()
        if layout is None or not layout.hasHeightForWidth() or self.width() <= 0:
            return hint
        return QSize(hint.width(), layout.totalHeightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class ResultsPanel(QWidget):
    """Feed it a run as it comes; it shows what the run says.

    Signals:
        itemChosen(str): The id of an item that the person wants to see.
        ruleChosen(str): Another extraction rule decides what is right.
    """

    itemChosen = Signal(str)
    ruleChosen = Signal(str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._built = False
        self.model = ResultsModel(services.background, self)
        self._finished = False
        self.empty = EmptyState(services, "evaluate", parent=self)
        self.verdicts = VerdictsView(self)
        self.basis = PlainLabel(self)
        set_role(self.basis, "muted")
        self.basis.setWordWrap(True)
        self.note = ErrorNote(self)
        self.own_rule = QPushButton(self)
        self.own_rule.setProperty("role", "quiet")
        self.bars = AccuracyBars(services.theme, self._explain, self)
        self.pairs = PairsView(self)
        self.only_right = OnlyRightView(services, self)
        self.rules = RulesView(self.model, services, self)
        self.votes = VotesView(self)
        self.rules_fold = Fold(self.rules, self)
        self.votes_fold = Fold(self.votes, self)
        self.headings = {name: PlainLabel(self) for name in ("accuracy", "pairs")}
        self.all_more = MoreButton(services, "results", self._pairs_csv, self._text, parent=self)
        self.command_action = self.all_more.menu().addAction("", self.copy_command)
        self.bars_more = MoreButton(
            services, "accuracy", self._standings_csv, picture=self.bars, parent=self
        )
        self.pairs_more = MoreButton(services, "pairs", self._pairs_csv, parent=self)
        self._build()
        self._built = True
        self._connect()
        self._retranslate()
        self._changed()

    # The run, as the page brings it

    def begin(self, spec: CompareSpec) -> None:
        """A run starts."""
        self._finished = False
        self.model.begin(spec)

    def add_cell(self, cell: CellResult) -> None:
        """A cell has finished."""
        self.model.add_cell(cell)

    def add_vote(self, vote: Vote) -> None:
        """A vote has moved or ended."""
        self.model.add_vote(vote)

    def finish(self, result: CompareResult) -> None:
        """The run has ended."""
        self._finished = True
        self.model.finish(result)

    def clear(self) -> None:
        """Nothing was run."""
        self._finished = False
        self.model.clear()

    def copy_command(self) -> None:
        """Copy the command line that runs the same; what no line can say goes into a file."""
        from engine.evaluation.command import command_line, needs_file
        from engine.jobs.spec import encode

        spec = self.model.spec
        if spec is None:
            return
        rule = self.model.used_rule
        others = tuple(one for one in spec.extraction if one != rule)
        spec = replace(spec, extraction=(rule, *others))
        if not needs_file(spec):
            QGuiApplication.clipboard().setText(command_line(spec))
            self._services.notify.info(self.tr("Copied"))
            return
        text = encode(spec)
        name = f"evaluate-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        path = self._services.paths.data / "specs" / name
        line = command_line(spec, spec_file=str(path))
        self._services.background.run(
            partial(_write, path, text), partial(self._written, line, path), self._failed
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Reading by every rule waits until somebody looks."""
        super().showEvent(event)
        self.model.want_rules(self.rules_fold.is_open())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._built:
            self._retranslate()
            self.model.retitle()
        super().changeEvent(event)

    # Model to widgets

    def _changed(self) -> None:
        shown = self.model.shown
        ready = shown is not None and bool(shown.comparison.standings)
        self.stack.setCurrentWidget(self.scroll if ready else self.empty)
        self._write_empty()
        if shown is None or not ready:
            return
        found = shown.comparison
        self.verdicts.set_comparison(found)
        self.bars.set_rows(found.standings)
        paired = bool(found.pairs)
        for widget in (self.pairs, self.headings["pairs"], self.pairs_more, self.only_right):
            widget.setVisible(paired)
        if paired:
            self.pairs.set_comparison(found)
            self.only_right.set_comparison(found)
        self.rules.set_rows(shown.rules)
        self.votes.set_rows([one.label for one in found.standings], shown.summaries)
        self.votes_fold.setVisible(self.votes.has_rows())
        self.note.show_report(shown.error)
        self._write_basis()

    def _write_empty(self) -> None:
        if self.model.spec is None:
            self.empty.set_text(self.tr("Run the set, and the verdicts appear here."))
        else:
            self.empty.set_text(self.tr("The first figures come with the first answers."))

    def _write_basis(self) -> None:
        rule = rule_name(self._judged_by())
        if self._finished:
            text = self.tr("Judged by “{rule}” · {n:,} answers")
        else:
            text = self.tr("Judged by “{rule}” · {n:,} answers so far")
        self.basis.setText(text.format(rule=rule, n=self.model.answers))
        self.own_rule.setVisible(bool(self.model.rule))

    def _explain(self, one: Standing) -> str:
        return standing_tip(one, rule_name(self._judged_by()))

    def _judged_by(self) -> str:
        """The rule that decided the figures shown; a chosen one may still be at work, or fail."""
        shown = self.model.shown
        return shown.comparison.rule if shown is not None else self.model.used_rule

    def _retranslate(self) -> None:
        self.headings["accuracy"].setText(self.tr("Accuracy"))
        self.headings["pairs"].setText(self.tr("Pairs"))
        self.own_rule.setText(self.tr("Back to the run's own rule"))
        self.command_action.setText(self.tr("Copy as command"))
        self.rules_fold.set_texts(self.tr("Other rules on the same answers"))
        self.votes_fold.set_texts(self.tr("Votes and stability"))
        self._write_empty()
        self._write_basis()

    def _rule_wanted(self, rule: str) -> None:
        self.model.choose_rule(rule)

    def _own_rule_wanted(self) -> None:
        self.model.choose_rule("")

    def _standings_csv(self) -> str:
        return standings_csv(self.model.shown.comparison.standings) if self.model.shown else ""

    def _pairs_csv(self) -> str:
        return pairs_csv(self.model.shown.comparison) if self.model.shown else ""

    def _text(self) -> str:
        return as_text(self.model.shown.comparison) if self.model.shown else ""

    def _written(self, line: str, path: Path, _done: None) -> None:
        QGuiApplication.clipboard().setText(line)
        text = self.tr("Copied. The comparison itself is in {file}.")
        self._services.notify.info(text.format(file=path))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())

    # Building

    def _build(self) -> None:
        content = _Column(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 8, 8, 8)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.verdicts, 1)
        column.addLayout(_beside(top, self.all_more))
        basis = QHBoxLayout()
        basis.addWidget(self.basis, 1)
        basis.addWidget(self.own_rule)
        column.addLayout(basis)
        column.addWidget(self.note)
        column.addSpacing(8)
        column.addLayout(self._heading("accuracy", self.bars_more))
        column.addWidget(self.bars)
        column.addSpacing(8)
        column.addLayout(self._heading("pairs", self.pairs_more))
        column.addWidget(self.pairs)
        column.addSpacing(8)
        column.addWidget(self.only_right)
        column.addSpacing(8)
        column.addWidget(self.votes_fold)
        column.addWidget(self.rules_fold)
        column.addStretch(1)
        self.scroll = QScrollArea(self)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setWidget(content)
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.scroll)

    def _heading(self, name: str, more: MoreButton) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        set_role(self.headings[name], "section")
        row.addWidget(self.headings[name], 1)
        return _beside(row, more)

    def _connect(self) -> None:
        self.model.changed.connect(self._changed)
        self.model.rule_changed.connect(self.ruleChosen)
        self.only_right.item_chosen.connect(self.itemChosen)
        self.rules.rule_wanted.connect(self._rule_wanted)
        self.own_rule.clicked.connect(self._own_rule_wanted)
        self.rules_fold.toggled.connect(self.model.want_rules)


def _beside(row: QHBoxLayout, button: MoreButton) -> QHBoxLayout:
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return row


def _write(path: Path, text: str) -> None:
    from engine.store.atomic import write_text

    write_text(path, text)
