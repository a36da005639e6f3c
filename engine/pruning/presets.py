"""Scores that a person keeps under a name: one JSON file in the settings folder. No torch here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from engine.errors import BadSpec, StoreError
from engine.paths import Paths
from engine.pruning.prune_spec import METHODS
from engine.pruning.recipe import Recipe
from engine.store.atomic import write_bytes

FILE: Final = "pruning-presets.json"
NAME: Final = re.compile(r"[^\s,“”\"/\\]{1,40}")


def presets(paths: Paths) -> dict[str, Recipe]:
    """The saved scores by name, in the order of saving; none when there is no file.

    Raises:
        StoreError: The file cannot be read.
    """
    import msgspec

    file = _file(paths)
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Recipe])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(
            f"The saved pruning scores in “{file.name}” cannot be read.",
            "Correct the file or remove it.",
            detail=str(error),
        ) from error


def save_preset(paths: Paths, name: str, recipe: Recipe) -> None:
    """Keep a score under a name; an older one of the same name is replaced.

    Raises:
        BadSpec: The name is a method's own or cannot be one, or the score ranks nothing.
        StoreError: The file cannot be read or written.
    """
    import msgspec

    recipe.check()
    check_name(name)
    kept = {**presets(paths), name: recipe}
    write_bytes(_file(paths), msgspec.json.format(msgspec.json.encode(kept), indent=1))


def check_name(name: str) -> None:
    """Raise `BadSpec` for a name under which no score can be kept."""
    if name in METHODS or not NAME.fullmatch(name):
        raise BadSpec(
            f"A pruning score cannot be saved as “{name}”.",
            "Choose a name without spaces and commas that no method has.",
        )


def remove_preset(paths: Paths, name: str) -> None:
    """Forget a saved score; nothing happens when there is none of this name.

    Raises:
        StoreError: The file cannot be read or written.
    """
    import msgspec

    kept = presets(paths)
    if kept.pop(name, None) is not None:
        write_bytes(_file(paths), msgspec.json.format(msgspec.json.encode(kept), indent=1))


def _file(paths: Paths) -> Path:
    return paths.config / FILE
