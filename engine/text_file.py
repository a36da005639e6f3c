"""A person's text file, read with an error that says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from engine.errors import BadSpec


def read_text_file(path: Path) -> str:
    """The text of a UTF-8 file (with or without a byte order mark).

    Raises:
        BadSpec: It is not there, cannot be opened, or is no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSpec(
            f"The text {path.name} cannot be read.", "Choose a text file in UTF-8.", str(error)
        ) from error
