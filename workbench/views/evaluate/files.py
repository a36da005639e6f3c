"""Data sets from files and into files: what a person chooses, drops or saves."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from engine.evaluation.datasets.dataset import Dataset
from engine.evaluation.datasets.reading import chosen, write_dataset
from workbench.services.container import Services
from workbench.viewmodels.evaluate_plan import Plan
from workbench.viewmodels.evaluate_setup import Recent
from workbench.views.evaluate.import_dialog import ImportDialog

SUFFIXES: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".yaml", ".yml")


class SetFiles(QObject):
    """The file dialogs of the page.

    Signals:
        imported(object, object): A `Dataset` and the `Recent` that names its file.
    """

    imported = Signal(object, object)

    def __init__(self, services: Services, host: QWidget) -> None:
        super().__init__(host)
        self._services = services
        self._host = host
        self._dialog: ImportDialog | None = None

    def choose(self) -> None:
        """Choose a file to import."""
        dialog = QFileDialog(self._host, self.tr("Import a data set"))
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters(
            [self.tr("Data sets ({patterns})").format(patterns=patterns), self.tr("All files (*)")]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def read(self, path: Path, mapping: dict[str, str] | None = None) -> ImportDialog:
        """Show what a file is before it is asked."""
        dialog = ImportDialog(self._services, path, mapping, self._host)
        dialog.imported.connect(self.imported)
        dialog.open()
        self._dialog = dialog
        return dialog

    def read_again(self, recent: Recent) -> None:
        """A file that was imported before."""
        self.read(Path(recent.path), recent.mapping)

    def save_rows(self, plan: Plan, rows: list[int]) -> None:
        """Save some of the planned items as a set of their own."""
        if plan.dataset is None or plan.spec is None:
            return
        wanted = {plan.spec.items[row].id for row in rows}
        places = [at for at, item in enumerate(plan.dataset.items) if item.id in wanted]
        dialog = QFileDialog(self._host, self.tr("Save the items"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{plan.dataset.name}-{len(places)}{Path(plan.dataset.source).suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._save_to, chosen(plan.dataset, places)))
        dialog.open()

    def _file_chosen(self, path: str) -> None:
        self.read(Path(path))

    def _save_to(self, dataset: Dataset, path: str) -> None:
        self._services.background.run(
            partial(write_dataset, Path(path), dataset), self._saved, self._told
        )

    def _saved(self, _done: None) -> None:
        self._services.notify.good(self.tr("The items were saved as a set."))

    def _told(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())


def dropped_file(event: QDropEvent) -> Path | None:
    """The one data file that is dropped, or None."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() in SUFFIXES else None
