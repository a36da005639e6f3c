"""Request-static NTK: the factor follows from the request, and stays until its answer is whole."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling, ladder
from engine.context.scaling.ntk_exact import exact_ratio


@dataclass(frozen=True)
class NtkRequest(Scaling):
    """NTK-exact with k = ⌈l/L⌉, l the tokens of the prompt and of the longest answer to it.

    A request that fits is answered by the model as it is, and a longer one has one base from its
    first token to its last: what dynamic NTK gives, with a cache that stays right.
    """

    name: ClassVar[str] = "ntk-request"
    title: ClassVar[str] = "NTK per request"
    formula: ClassVar[str] = "b → b·⌈l/L⌉^(d/(d−2))"
    summary: ClassVar[str] = "One factor per request, chosen before the text is read: cache-safe."
    uses_factor: ClassVar[bool] = False
    uses_length: ClassVar[bool] = True

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        if length <= config.trained:
            return np.ones(config.pairs)
        return ladder(config, exact_ratio(config, _needed(config, length)))

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        grown = config.base
        if length > config.trained:
            grown *= exact_ratio(config, _needed(config, length))
        return {"rope_type": "default", "rope_theta": grown}


def _needed(config: RopeConfig, length: int) -> int:
    return max(1, ceil(length / config.trained))
