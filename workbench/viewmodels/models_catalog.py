"""Changing what the list of models shows: more folders, and removals from the hub cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from engine.errors import ErrorReport, describe
from engine.models.spec import ModelEntry
from workbench.services.background import Background
from workbench.services.preferences import MODEL_FOLDERS
from workbench.services.settings import Settings
from workbench.viewmodels.current_model import CurrentModel

Told = Callable[[int], None]
Refused = Callable[[ErrorReport], None]


class ModelsCatalog(QObject):
    """The folders in the settings (who observes them reads the catalog again), and the cache."""

    def __init__(
        self,
        settings: Settings,
        background: Background,
        current: CurrentModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._background = background
        self._current = current

    def folders(self) -> tuple[str, ...]:
        """The folders in which models are looked for, besides the fixed places."""
        return self._settings.get(MODEL_FOLDERS)

    def add_folder(self, folder: str) -> bool:
        """Look for models in this folder from now on; False when it is known already."""
        path = str(Path(folder).expanduser().resolve())
        known = self.folders()
        if path in known:
            self._current.refresh_entries()
            return False
        self._settings.set(MODEL_FOLDERS, (*known, path))
        return True

    def forget_folder(self, folder: str) -> None:
        """Look there no more; the files stay."""
        kept = tuple(known for known in self.folders() if known != folder)
        self._settings.set(MODEL_FOLDERS, kept)

    def folder_of(self, entry: ModelEntry) -> str:
        """The listed folder that brought this entry; empty for other sources."""
        path = Path(entry.path).resolve()
        for folder in self.folders():
            if path.is_relative_to(folder):
                return folder
        return ""

    def freed_by_removing(self, entry: ModelEntry, done: Told, refused: Refused) -> None:
        """How many bytes a removal from the hub cache would give back."""

        def count() -> int:
            from engine.models.cache import freed_by_removing

            return freed_by_removing(entry.id, entry.revision)

        self._background.run(count, done, lambda error: refused(describe(error)))

    def remove(self, entry: ModelEntry, done: Told, refused: Refused) -> None:
        """Delete a model from the hub cache; `done` gets the bytes freed."""

        def delete() -> int:
            from engine.models.cache import remove_entry

            return remove_entry(entry)

        def told(freed: int) -> None:
            self._current.refresh_entries()
            done(freed)

        self._background.run(delete, told, lambda error: refused(describe(error)))
