"""Every rule by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from torch import Tensor

from engine.pruning.inputs import Inputs
from engine.pruning.structured.worth.flap import flap
from engine.pruning.structured.worth.magnitude import magnitude
from engine.pruning.structured.worth.wifn import wifn
from engine.pruning.structured_spec import Worth

RULES: Final[dict[Worth, Callable[[Tensor, Inputs], Tensor]]] = {
    "wifn": wifn,
    "flap": flap,
    "magnitude": magnitude,
    "loss": wifn,  # neurons are too many to be silenced one by one
}
