"""NTK-aware scaling as it is taught: the radix β = b^(2/d) becomes β·k^(2/d), so b becomes b·k."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling, ladder


@dataclass(frozen=True)
class Ntk(Scaling):
    """Base b·k. The slowest pair is divided by k^((d−2)/d), a little less than k."""

    name: ClassVar[str] = "ntk"
    title: ClassVar[str] = "NTK (base · k)"
    formula: ClassVar[str] = "b → b·k"
    summary: ClassVar[str] = "The base times k: digits of the position change base."
    usual: ClassVar[bool] = True

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        return ladder(config, factor)

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        return {"rope_type": "default", "rope_theta": config.base * factor}
