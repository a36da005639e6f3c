"""Cells of pruning sweeps on disk: what is measured once is not measured again.

One small JSON file per model, texts and task; rewritten whole after each cell, so that it is
never half a file.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from engine.pruning.recipe import Recipe
from engine.pruning.sweep_spec import SweepCell
from engine.store.atomic import write_bytes

log = logging.getLogger(__name__)
FOLDER: Final = "pruning-sweeps"


@dataclass(frozen=True)
class StoredCell:
    """A cell and the score behind its method's name."""

    cell: SweepCell
    recipe: Recipe | None


class SweepStore:
    """The cells measured so far under one set of conditions.

    Args:
        data: The user's data folder.
        conditions: All that a cell depends on beside its method, score and ratio: the weights,
            the texts' hashes, the task. Plain values.
    """

    def __init__(self, data: Path, conditions: dict[str, object]) -> None:
        text = json.dumps(conditions, sort_keys=True)
        self.file = data / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
        self._cells = self._read()

    def find(self, method: str, recipe: Recipe | None, ratio: float) -> SweepCell | None:
        """A cell that was measured before, marked as stored; else None."""
        for one in self._cells:
            same = one.cell.method == method and one.recipe == recipe
            if same and abs(one.cell.ratio - ratio) < 1e-9:
                return replace(one.cell, stored=True)
        return None

    def keep(self, cell: SweepCell, recipe: Recipe | None) -> None:
        """Write a cell.

        Raises:
            StoreError: The disk is full or the folder cannot be written.
        """
        self._cells.append(StoredCell(cell, recipe))
        write_bytes(self.file, msgspec.json.encode(self._cells))

    def forget(self) -> None:
        """Remove every cell."""
        self._cells = []
        self.file.unlink(missing_ok=True)

    def _read(self) -> list[StoredCell]:
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=list[StoredCell])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.DecodeError) as error:
            log.warning("The sweep %s cannot be read and is measured anew: %s", self.file, error)
            return []
