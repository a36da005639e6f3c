"""What leaves the page: copied columns, the command line, saved reports."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from workbench.services.container import Services
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_column import Column
from workbench.viewmodels.compare_report import report_of
from workbench.views.compare import column_text

SUFFIXES: Final = (".md", ".html", ".json", ".csv")


class Reports(QObject):
    """Copies and saves columns; files are written off the window's thread."""

    def __init__(self, model: CompareModel, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._model = model
        self._services = services
        self._window = window
        self._to_save: list[Column] = []

    def copy_column(self, uid: int, form: str) -> None:
        """Copy a column as ``"text"``, ``"prompt"``, ``"provenance"``, ``"markdown"``, …"""
        column = self._model.column(uid)
        if column is None:
            return
        if form == "text":
            text = column.answer_text()
        elif form == "prompt":
            text = "".join(part.text for part in column.result.sent) if column.result else ""
        elif form == "provenance":
            text = column_text.provenance(column)
        else:
            text = self._written([column], form)
        self._copy(text)

    def save_or_copy(self, choice: str) -> None:
        """The whole comparison: a suffix saves a report, another word copies it in that form."""
        if choice in SUFFIXES:
            self._ask_file(self._model.columns, choice)
        else:
            self._copy(self._written(self._model.columns, choice))

    def save_column(self, uid: int) -> None:
        """Ask for a file and save one column there."""
        column = self._model.column(uid)
        if column is not None:
            self._ask_file([column], ".md")

    def save(self, path: Path, columns: list[Column] | None = None) -> None:
        """Write a report of these columns (None = all); the suffix says which kind."""
        from engine.store.export.registry import export

        found = report_of(self._model.columns if columns is None else columns)
        if found is not None:
            self._services.background.run(
                partial(export, path, *found), partial(self._saved, path), self._failed
            )

    def _written(self, columns: list[Column], form: str) -> str:
        found = report_of(columns)
        if form == "command":
            from engine.evaluation.command import command_line

            return command_line(found[0] if found else columns[0].spec)
        from engine.store.export.markdown import render

        return render(*found) if found else ""

    def _copy(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
            self._services.notify.info(self.tr("Copied"))

    def _ask_file(self, columns: list[Column], suffix: str) -> None:
        self._to_save = list(columns)
        dialog = QFileDialog(self._window, self.tr("Save the comparison"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = [
            self.tr("Markdown (*.md)"),
            self.tr("HTML (*.html)"),
            self.tr("JSON (*.json)"),
            self.tr("CSV (*.csv)"),
        ]
        dialog.setNameFilters(filters)
        dialog.selectNameFilter(filters[SUFFIXES.index(suffix)])
        dialog.setDefaultSuffix(suffix.lstrip("."))
        dialog.selectFile(f"comparison{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self.save(Path(name), self._to_save)

    def _saved(self, path: Path, _done: None) -> None:
        self._services.notify.good(self.tr("Saved {name}").format(name=path.name))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())
