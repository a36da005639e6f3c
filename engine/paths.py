"""Where Lathe keeps files: data, cache, settings, and what ships with the program."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from engine.errors import StoreError

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


@dataclass(frozen=True)
class Paths:
    """The user's folders.

    Attributes:
        data: Projects, autosaves, templates.
        config: Settings.
        cache: What can be made again.
        logs: Log and crash files.
    """

    data: Path
    config: Path
    cache: Path
    logs: Path

    @classmethod
    def default(cls) -> Paths:
        """The platform's folders, or below ``LATHE_HOME`` when that is set."""
        home = os.environ.get("LATHE_HOME")
        if home:
            return cls.below(Path(home))
        dirs = PlatformDirs("lathe", appauthor=False)
        return cls(
            dirs.user_data_path, dirs.user_config_path, dirs.user_cache_path, dirs.user_log_path
        )

    @classmethod
    def below(cls, root: Path) -> Paths:
        """All folders under one root (portable use, tests)."""
        return cls(root / "data", root / "config", root / "cache", root / "logs")

    def ensure(self) -> Paths:
        """Create the folders; returns itself.

        Raises:
            StoreError: One cannot be created.
        """
        for folder in (self.data, self.config, self.cache, self.logs):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"Lathe's folder “{folder}” cannot be created.",
                    "Set LATHE_HOME to a folder that can be written to.",
                    detail=str(error),
                ) from error
        return self
