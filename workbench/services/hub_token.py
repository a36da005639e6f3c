"""The hub token as the preferences handle it: written, replaced, removed, never read aloud."""

from __future__ import annotations

import os
from pathlib import Path

from engine.models.hub_token import token_file, write_token
from engine.paths import Paths


class HubToken:
    """The token's own file; the settings file never holds it.

    Attributes:
        file: Where it is kept, readable by its owner alone.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.file = token_file(paths)

    def is_kept(self) -> bool:
        """Whether Lathe keeps a token."""
        return self.file.is_file()

    def elsewhere(self) -> str:
        """Where the hub's own tools keep one, which is used when Lathe keeps none; or empty."""
        if os.environ.get("HF_TOKEN"):
            return "HF_TOKEN"
        home = os.environ.get("HF_HOME") or str(Path.home() / ".cache" / "huggingface")
        file = Path(os.environ.get("HF_TOKEN_PATH") or Path(home) / "token")
        return str(file) if file.is_file() else ""

    def accepts(self, token: str) -> bool:
        """Whether a text can be a token: letters, digits and signs without any space."""
        text = token.strip()
        return bool(text) and text.isascii() and text.isprintable() and " " not in text

    def keep(self, token: str) -> None:
        """Keep this token instead of any other; an empty one removes it.

        Raises:
            StoreError: The file cannot be written or removed.
        """
        try:
            write_token(self._paths, token)
        except OSError as error:
            from engine.store.atomic import cannot_write

            raise cannot_write(self.file, error) from error

    def remove(self) -> None:
        """Keep no token any more. Raises `StoreError` when the file cannot be removed."""
        self.keep("")
