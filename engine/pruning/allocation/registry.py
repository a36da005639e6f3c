"""Every rule of allocation by its name: one line each."""

from __future__ import annotations

from typing import Final

from engine.pruning.allocation.base import Allocation
from engine.pruning.allocation.owl import owl
from engine.pruning.allocation.uniform import uniform
from engine.pruning.allocation.water import water

RULES: Final[dict[str, Allocation]] = {"uniform": uniform, "owl": owl, "water": water}
