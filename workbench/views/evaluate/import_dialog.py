"""Import a data set: what was recognised and why, which column is what, the first rows as asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QTableView,
    QWidget,
)

from engine.errors import EngineError, describe
from engine.evaluation.datasets.dataset import INPUT, Dataset
from engine.evaluation.datasets.mapping import with_roles
from engine.evaluation.datasets.reading import open_dataset, remapped
from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.evaluate_preview import PreviewRow, PreviewTable, preview
from workbench.viewmodels.evaluate_setup import Recent
from workbench.views.evaluate.words import container_name, encoding_name, shape_name
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

ROLES: Final = (INPUT, "expected", "id", "steps")
LISTED: Final = 6


class ImportDialog(Dialog):
    """Reads the file off the GUI thread; `imported` comes when the person agrees.

    Signals:
        imported(object, object): The `Dataset` and the `Recent` that names file and mapping.
    """

    imported = Signal(object, object)

    def __init__(
        self,
        services: Services,
        path: Path,
        mapping: dict[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(services, "", parent)
        self.setWindowTitle(self.tr("Import “{file}”").format(file=path.name))
        self._path = path
        self._changes = dict(mapping or {})
        self._turn = 0
        self.dataset: Dataset | None = None
        self.facts = PlainLabel(self.tr("Reading the file…"), self)
        self.facts.setWordWrap(True)
        self.combos = {role: ElidedCombo(self) for role in ROLES}
        self.reasons = {role: PlainLabel(self) for role in ROLES}
        self.unsupported = PlainLabel(self)
        self.unsupported.setWordWrap(True)
        set_role(self.unsupported, "warning")
        self.note = ErrorNote(self)
        self.table = PreviewTable(self)
        self.view = QTableView(self)
        self._form_box = QWidget(self)
        self._dress_view()
        self._lay_out()
        self._offer()
        for role, combo in self.combos.items():
            combo.setObjectName(f"map-{role}")
            combo.activated.connect(partial(self._chosen, role))
        self.wide(118, 36)
        self._work(partial(open_dataset, path, self._changes or None))

    # Reading

    def _work(self, make: Callable[[], Dataset]) -> None:
        self._turn += 1
        self.services.background.run(
            partial(_with_preview, make),
            partial(self._take, self._turn),
            partial(self._refuse, self._turn),
        )

    def _take(self, turn: int, found: tuple[Dataset, tuple[PreviewRow, ...]]) -> None:
        if turn != self._turn:
            return
        first = self.dataset is None
        self.dataset, rows = found
        self.note.show_report(None)
        self.table.set_rows(rows)
        if first:
            self._fill_combos(self.dataset)
        self._write(self.dataset)
        self._fit_columns()
        self._offer()

    def _refuse(self, turn: int, error: Exception) -> None:
        if turn != self._turn:
            return
        if not isinstance(error, EngineError):
            raise error
        self.note.show_report(describe(error))
        if self.dataset is None:
            self.facts.hide()
            self._form_box.hide()
            self.view.hide()
        self.ok.setEnabled(False)

    def _chosen(self, role: str, index: int) -> None:
        assert self.dataset is not None
        column = str(self.combos[role].itemData(index) or "")
        self._changes[role] = column
        mapping = with_roles(self.dataset.mapping, {role: column}, self.dataset.columns)
        self._work(partial(remapped, replace(self.dataset), mapping))

    def _accept(self) -> None:
        if self.dataset is not None:
            self.imported.emit(self.dataset, Recent(str(self._path), dict(self._changes)))
            self.accept()

    # Showing

    def _fill_combos(self, dataset: Dataset) -> None:
        names = {
            INPUT: "",
            "expected": self.tr("none: nothing is scored"),
            "id": self.tr("none: numbered from 1"),
            "steps": self.tr("none"),
        }
        mapping = dataset.mapping
        current = {
            INPUT: mapping.variables.get(INPUT, ""),
            "expected": mapping.expected,
            "id": mapping.id,
            "steps": mapping.steps,
        }
        for role, combo in self.combos.items():
            if names[role]:
                combo.addItem(names[role], "")
            for column in dataset.columns:
                combo.addItem(column, column)
            combo.setCurrentIndex(max(0, combo.findData(current[role])))

    def _write(self, dataset: Dataset) -> None:
        parts = [
            self.tr("{n:,} items").format(n=len(dataset.items)),
            f"{container_name(dataset.container)}, {shape_name(dataset.shape)}: "
            f"{tell(dataset.reason)}",
            encoding_name(dataset.encoding),
        ]
        if dataset.licence:
            parts.append(self.tr("licence: {name}").format(name=dataset.licence))
        self.facts.setText(" · ".join(parts))
        for role, label in self.reasons.items():
            reason = dataset.reasons.get(role, "")
            label.setText(tell(reason) if reason else "")
        listed = [
            self.tr("{what} ({n}×, first in record {line})").format(
                what=one.what, n=one.count, line=one.line
            )
            for one in dataset.unsupported[:LISTED]
        ]
        if len(dataset.unsupported) > LISTED:
            listed.append("…")
        text = self.tr("Not supported and never executed: {list}")
        self.unsupported.setText("⚠ " + text.format(list=", ".join(listed)))
        self.unsupported.setVisible(bool(listed))

    def _offer(self) -> None:
        ready = self.dataset is not None
        self._form_box.setVisible(ready)
        self.view.setVisible(ready)
        if not ready:
            self.unsupported.hide()
        self.ok.setEnabled(ready)

    def _fit_columns(self) -> None:
        header, letter = self.view.horizontalHeader(), self.fontMetrics().averageCharWidth()
        header.resizeSection(0, max(letter * 8, header.sectionSizeHint(0)))
        header.resizeSection(1, letter * 10)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(3, letter * 24)

    # Building

    def _dress_view(self) -> None:
        view = self.view
        view.setModel(self.table)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        view.setAccessibleName(self.tr("The first items as they would be asked"))

    def _lay_out(self) -> None:
        form = QFormLayout(self._form_box)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        titles = {
            INPUT: self.tr("The question is in"),
            "expected": self.tr("The expected answer is in"),
            "id": self.tr("The id is in"),
            "steps": self.tr("Steps for examples are in"),
        }
        for role, combo in self.combos.items():
            combo.setMinimumContentsLength(26)
            combo.setAccessibleName(titles[role])
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(combo)
            row.addWidget(self.reasons[role], 1)
            set_role(self.reasons[role], "muted")
            label = PlainLabel(titles[role], self)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
            label.setBuddy(combo)
            form.addRow(label, row)
        buttons = QDialogButtonBox(self)
        self.ok = QPushButton(self.tr("Import"), self)
        self.ok.setObjectName("import-ok")
        self.ok.setProperty("role", "primary")
        self.ok.setDefault(True)
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText(self.tr("Cancel"))
        self.column.addWidget(self.facts)
        self.column.addWidget(self._form_box)
        self.column.addWidget(self.unsupported)
        self.column.addWidget(self.note)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(buttons)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)


def _with_preview(make: Callable[[], Dataset]) -> tuple[Dataset, tuple[PreviewRow, ...]]:
    made = make()
    return made, preview(made)
