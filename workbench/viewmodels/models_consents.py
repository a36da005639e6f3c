"""What a model's files ask a consent for, read off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.models.spec import ModelEntry


@dataclass(frozen=True)
class Consents:
    """What cannot be opened without a person's word.

    Attributes:
        pickle: The weights are pickle files, which can run code when they are opened.
        code: The model brings code of its own.
    """

    pickle: bool = False
    code: bool = False


def consents_of(entry: ModelEntry) -> Consents:
    """Look into a model's folder; a folder that cannot be read asks for nothing."""
    from engine.models.catalog import read_config
    from engine.models.weights import weight_files

    folder = Path(entry.path)
    if not folder.is_dir():
        return Consents()
    try:
        pickle = weight_files(folder).format == "pickle"
    except (EngineError, OSError):
        pickle = False
    try:
        code = "auto_map" in read_config(folder)
    except (EngineError, OSError):
        code = False
    return Consents(pickle, code)
