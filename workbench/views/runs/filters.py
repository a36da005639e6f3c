"""Search box and filters over the list of runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.store.runs import RunInfo
from workbench.viewmodels.names import model_title
from workbench.viewmodels.runs_table import RunFilter
from workbench.viewmodels.runs_words import kind_name, status_name
from workbench.widgets.elided import ElidedCombo

PAUSE_MS: Final = 200
STATUSES: Final = ("running", "finished", "cancelled", "failed", "interrupted")
DAYS: Final = (0, 1, 7, 30, 365)


class RunFilters(QWidget):
    """What narrows the list.

    Signals:
        searched(str): The words to look for, a moment after the last key.
        changed(object): A `RunFilter`.
    """

    searched = Signal(str)
    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.status = ElidedCombo(self)
        self.model = ElidedCombo(self)
        self.since = ElidedCombo(self)
        self.kind = ElidedCombo(self)
        self.archived = QCheckBox(self)
        self._setting = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        row = QHBoxLayout()
        row.setSpacing(8)
        for combo in self._combos():
            combo.setMinimumContentsLength(6)
            row.addWidget(combo, 1)
            combo.currentIndexChanged.connect(self._tell)
        row.addWidget(self.archived)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addLayout(row)
        self.archived.toggled.connect(self._tell)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._search)
        self._pause.timeout.connect(self._search)
        self.set_runs(())
        self.retranslate()

    def value(self) -> RunFilter:
        """What is chosen."""
        return RunFilter(
            kind=str(self.kind.currentData() or ""),
            status=str(self.status.currentData() or ""),
            model=str(self.model.currentData() or ""),
            days=int(self.since.currentData() or 0),
            archived=self.archived.isChecked(),
        )

    def set_value(self, wanted: RunFilter) -> None:
        """Choose again what `value` gave."""
        self._setting = True
        pairs = (
            (self.kind, wanted.kind),
            (self.status, wanted.status),
            (self.model, wanted.model),
            (self.since, wanted.days),
        )
        for combo, data in pairs:
            combo.setCurrentIndex(max(0, combo.findData(data)))
        self.archived.setChecked(wanted.archived)
        self._setting = False
        self._tell()

    def set_runs(self, runs: Iterable[RunInfo]) -> None:
        """Offer the kinds and models that occur; a choice of one kind is no choice."""
        runs = tuple(runs)
        models = sorted({name for run in runs for name in run.models}, key=model_title)
        kinds = sorted({run.kind for run in runs})
        self._fill(self.model, self.tr("Any model"), [(model_title(one), one) for one in models])
        self._fill(self.kind, self.tr("Any kind"), [(kind_name(one), one) for one in kinds])
        self.kind.setVisible(len(kinds) > 1)
        self.archived.setVisible(any(run.archived for run in runs) or self.archived.isChecked())

    def clear(self) -> None:
        """Show everything again."""
        self.search.clear()
        self._search()
        self.set_value(RunFilter())

    def retranslate(self) -> None:
        """Set every text again."""
        self.search.setPlaceholderText(
            self.tr("Search prompts, questions, answers, titles and notes")
        )
        self.search.setAccessibleName(self.tr("Search in all runs"))
        self.archived.setText(self.tr("Archived"))
        open_ones = [(self.tr("Can be resumed"), "open")]
        named = [(status_name(one), one) for one in STATUSES]  # type: ignore[arg-type]
        self._fill(self.status, self.tr("Any status"), open_ones + named)
        spans = {
            1: self.tr("Last day"),
            7: self.tr("Last 7 days"),
            30: self.tr("Last 30 days"),
            365: self.tr("Last year"),
        }
        self._fill(self.since, self.tr("Any time"), [(spans[days], days) for days in DAYS if days])
        for combo, name in (
            (self.status, self.tr("Status")),
            (self.model, self.tr("Model")),
            (self.since, self.tr("Started")),
            (self.kind, self.tr("Kind")),
        ):
            combo.setAccessibleName(name)
        for combo, first in ((self.model, self.tr("Any model")), (self.kind, self.tr("Any kind"))):
            combo.setItemText(0, first)

    def _combos(self) -> tuple[ElidedCombo, ...]:
        return self.status, self.model, self.since, self.kind

    def _fill(
        self, combo: ElidedCombo, first: str, entries: Iterable[tuple[str, str | int]]
    ) -> None:
        """Offer these, and keep the choice where it is still offered."""
        wanted = [(first, None), *entries]
        now = [(combo.itemText(at), combo.itemData(at)) for at in range(combo.count())]
        if now == wanted:
            return
        kept = combo.currentData()
        self._setting = True
        combo.clear()
        for text, data in wanted:
            combo.addItem(text, data)
        combo.setCurrentIndex(max(0, combo.findData(kept)) if kept is not None else 0)
        self._setting = False
        if combo.currentData() != kept:
            self._tell()

    def _tell(self) -> None:
        if not self._setting:
            self.changed.emit(self.value())

    def _typed(self) -> None:
        self._pause.start()

    def _search(self) -> None:
        self._pause.stop()
        self.searched.emit(self.search.text())
