"""The same answers under every extraction rule, and a rule of one's own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.evaluation.extractors.needs_run import NEEDS_RUN, reason_to_run
from engine.evaluation.rescoring import RuleRow
from engine.evaluation.statistics.comparison import Standing
from workbench.services.container import Services
from workbench.services.engine_words import tell, tell_report
from workbench.services.tips import tip
from workbench.viewmodels.evaluate_results import ResultsModel
from workbench.viewmodels.names import rule_name
from workbench.viewmodels.results_text import rules_csv
from workbench.views.evaluate.results.more_button import MoreButton
from workbench.views.evaluate.results.pattern_box import PatternBox
from workbench.views.evaluate.results.whole_table import WholeTable
from workbench.views.evaluate.results.words import standing_tip
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

LONGEST_RULE: Final = 36


class RulesView(QWidget):
    """Table of rule × column, the button that lets a rule decide, and the pattern box.

    Signals:
        rule_wanted(str): Let this rule decide what is right.
    """

    rule_wanted = Signal(str)

    def __init__(
        self, model: ResultsModel, services: Services, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._rows: tuple[RuleRow, ...] = ()
        self.says = PlainLabel(self)
        self.says.setWordWrap(True)
        self.table = WholeTable(self)
        self.use = QPushButton(self)
        self.use.setObjectName("use-rule")
        self.drop = QPushButton(self)
        self.drop.setProperty("role", "quiet")
        self.more = MoreButton(services, "rules", self._csv, parent=self)
        self.pattern = PatternBox(model, services.background, self)
        self.legend = PlainLabel(self)
        self.others = PlainLabel(self)
        for label in (self.legend, self.others):
            label.setWordWrap(True)
            set_role(label, "muted")
        head = QHBoxLayout()
        head.addWidget(self.says, 1)
        head.addWidget(self.more)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.use)
        buttons.addWidget(self.drop)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.table)
        layout.addWidget(self.legend)
        layout.addLayout(buttons)
        layout.addWidget(self.pattern)
        layout.addWidget(self.others)
        self.table.row_chosen.connect(self._chosen)
        self.use.clicked.connect(self._use)
        self.drop.clicked.connect(self._drop)
        self.pattern.added.connect(model.add_pattern)
        self._retranslate()

    def set_rows(self, rows: tuple[RuleRow, ...]) -> None:
        """Show these rules."""
        self._rows = rows
        self._write()

    def chosen(self) -> RuleRow | None:
        """The rule in the chosen row."""
        at = self.table.currentIndex().row()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.table.setAccessibleName(self.tr("Extraction rules"))
        self.use.setText(self.tr("Judge by this rule"))
        self.use.setToolTip(self.tr("All figures above follow; the model is not asked again"))
        self.drop.setText(self.tr("Remove"))
        self.legend.setText(
            self.tr(
                "Bar: accuracy · ∅: answers in which the rule finds nothing · bold: decides now"
            )
        )
        self.others.setText(
            "\n".join(f"{rule_name(one)}: {tell(reason_to_run(one))}" for one in NEEDS_RUN)
        )
        self._write()

    def _write(self) -> None:
        first = next((row for row in self._rows if row.standings), None)
        labels = [one.label for one in first.standings] if first is not None else []
        columns = [FigureColumn(self.tr("Rule"))]
        columns += [
            FigureColumn(
                label,
                self.tr("Accuracy, and the share of answers without a readable one"),
                "amount",
            )
            for label in labels
        ]
        self.table.set_content(columns, [self._row(row, len(labels)) for row in self._rows])
        self.says.setText(self._spread(labels))
        self._write_buttons()

    def _row(self, row: RuleRow, columns: int) -> FigureRow:
        name = rule_name(row.rule)
        shown = name if len(name) <= LONGEST_RULE else name[: LONGEST_RULE - 1] + "…"
        decides = row.rule == self._model.used_rule
        if row.error is not None:
            text = str(tell_report(row.error))
            return FigureRow((f"⚠ {shown}", *(None for _ in range(columns))), tip(text))
        lines = "\n\n".join(standing_tip(one, name) for one in row.standings)
        return FigureRow((shown, *(_bar(one) for one in row.standings)), tip(lines), decides)

    def _spread(self, labels: list[str]) -> str:
        """The column that the rule moves most, and by how much."""
        spreads = []
        for place, label in enumerate(labels):
            shares = [
                row.standings[place].accuracy for row in self._rows if len(row.standings) > place
            ]
            known = [share for share in shares if share is not None]
            if len(known) > 1:
                spreads.append((max(known) - min(known), label))
        if not spreads:
            return self.tr("Every rule reads the same answers; nothing is asked again.")
        most, label = max(spreads)
        return self.tr(
            "The rule alone moves {name} by up to {n:.0f} points; nothing is asked again."
        ).format(name=label, n=100 * most)

    def _write_buttons(self) -> None:
        row = self.chosen()
        usable = row is not None and row.error is None and row.rule != self._model.used_rule
        self.use.setEnabled(usable)
        self.drop.setVisible(row is not None and row.rule in self._model.patterns)

    def _chosen(self, _row: int) -> None:
        self._write_buttons()

    def _use(self) -> None:
        row = self.chosen()
        if row is not None:
            self.rule_wanted.emit(row.rule)

    def _drop(self) -> None:
        row = self.chosen()
        if row is not None:
            self._model.remove_pattern(row.rule)

    def _csv(self) -> str:
        return rules_csv(self._rows)


def _bar(one: Standing) -> Bar | None:
    invalid = one.invalid / one.answers if one.answers else 0.0
    if one.accuracy is None:
        return Bar(f"–  ∅ {100 * invalid:.0f} %", 0.0, 0.0, 0.0)
    low, high = (one.interval.low, one.interval.high) if one.interval else (0.0, 0.0)
    return Bar(f"{100 * one.accuracy:.0f} %  ∅ {100 * invalid:.0f} %", one.accuracy, low, high)
