"""Saving: into which folder, whether what lies there may go, and opening what was saved."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.models.reference import ModelRef
from engine.pruning.folder import replaces
from workbench.services.container import Services
from workbench.viewmodels.pruning import PruningModel, Topic
from workbench.views.pruning.replace_dialog import ReplaceDialog


class Saving(QObject):
    """Takes a person from “Save as…” to the job that writes the model, and back."""

    def __init__(self, services: Services, model: PruningModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._model = model
        self._over = parent
        model.run.found.connect(self._found)
        model.structured.job.found.connect(self._found)

    def possible(self, topic: Topic) -> bool:
        """Whether the job that would write the model is free."""
        return not self._model.slot(topic).running

    def ask_folder(self, topic: Topic) -> None:
        """Have the person choose a folder."""
        if self._refused(topic):
            return
        dialog = QFileDialog(self._over.window(), self.tr("Folder for the pruned model"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(self._model.folder_name(topic))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self.save_to, topic=topic))
        dialog.open()

    def save_to(self, folder: str, topic: Topic) -> None:
        """Run the topic's job and write the model into a folder; asks before one is lost."""
        if self._refused(topic):
            return
        place = Path(folder)
        self._services.background.run(
            partial(replaces, place),
            partial(self._looked_at, place, topic),
            partial(self._hidden, place, topic),
        )

    def _looked_at(self, folder: Path, topic: Topic, taken: bool) -> None:
        if not taken:
            self._save(folder, topic, overwrite=False)
            return
        dialog = ReplaceDialog(self._services, folder, self._over.window())
        dialog.accepted.connect(partial(self._save, folder, topic, True))
        dialog.open()

    def _hidden(self, folder: Path, topic: Topic, error: Exception) -> None:
        """The folder cannot be looked into; the job says what that means for it."""
        if not isinstance(error, OSError):
            raise error
        self._save(folder, topic, overwrite=False)

    def _save(self, folder: Path, topic: Topic, overwrite: bool) -> None:
        if not self._refused(topic):
            self._model.start(topic, str(folder), overwrite)

    def _refused(self, topic: Topic) -> bool:
        """Whether the job that would write the model is under way; the person is told so."""
        if self.possible(topic):
            return False
        self._services.notify.warn(
            self.tr("The model is being pruned already. Save it when that has ended, or stop it.")
        )
        return True

    def _found(self, result: object) -> None:
        out = getattr(result, "out", "")
        if not out:
            return
        self._services.notify.offer(
            self.tr("Saved in {folder}").format(folder=out),
            self.tr("Open it"),
            partial(self._open, out),
        )
        self._services.model.refresh_entries()

    def _open(self, folder: str) -> None:
        self._services.model.choose(ModelRef(folder))
