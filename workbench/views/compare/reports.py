"""What leaves the page: copied columns, the command line, saved reports."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import encode
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
        elif form == "command":
            self._copy_command([column])
            return
        else:
            text = self._written([column])
        self._copy(text)

    def save_or_copy(self, choice: str) -> None:
        """The whole comparison: a suffix saves a report, another word copies it in that form."""
        if choice in SUFFIXES:
            self._ask_file(self._model.columns, choice)
        elif choice == "command":
            self._copy_command(self._model.columns)
        else:
            self._copy(self._written(self._model.columns))

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

    def _copy_command(self, columns: list[Column]) -> None:
        """A line that runs: what no line can say is written to a file that the line names."""
        from engine.evaluation.command import command_line, needs_file

        spec = _spec_of(columns)
        if not needs_file(spec):
            self._copy(command_line(spec))
            return
        text = encode(spec)
        name = f"compare-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        path = self._services.paths.data / "specs" / name
        line = command_line(spec, spec_file=str(path))
        self._services.background.run(
            partial(_write, path, text), partial(self._command_written, line, path), self._failed
        )

    def _command_written(self, line: str, path: Path, _done: None) -> None:
        QGuiApplication.clipboard().setText(line)
        text = self.tr("Copied. The comparison itself is in {file}.")
        self._services.notify.info(text.format(file=path))

    def _written(self, columns: list[Column]) -> str:
        found = report_of(columns)
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


def _spec_of(columns: list[Column]) -> CompareSpec:
    """What asks these columns again: a branch with its kept prefix, others as one comparison."""
    first = columns[0]
    if len(columns) == 1 and first.branch is not None:
        return replace(first.spec, only=(first.key,), branch=first.branch)
    found = report_of(columns)
    return found[0] if found else first.spec


def _write(path: Path, text: str) -> None:
    from engine.store.atomic import write_text

    write_text(path, text)
