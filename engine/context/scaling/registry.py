"""Every preset by name. A new one is one file and one line here."""

from __future__ import annotations

from typing import Final

from engine.context.scaling.base import Frequencies, RopeConfig, Scaling
from engine.context.scaling.direct import Direct
from engine.context.scaling.dynamic import Dynamic
from engine.context.scaling.linear import Linear
from engine.context.scaling.llama3 import Llama3
from engine.context.scaling.longrope import LongRope
from engine.context.scaling.ntk import Ntk
from engine.context.scaling.ntk_by_parts import NtkByParts
from engine.context.scaling.ntk_exact import NtkExact
from engine.context.scaling.ntk_mixed import NtkMixed
from engine.context.scaling.ntk_request import NtkRequest
from engine.context.scaling.yarn import Yarn
from engine.errors import BadSpec

SCALINGS: Final[dict[str, type[Scaling]]] = {
    one.name: one
    for one in (
        Direct,
        Linear,
        Ntk,
        NtkExact,
        NtkByParts,
        NtkMixed,
        Dynamic,
        NtkRequest,
        Yarn,
        Llama3,
        LongRope,
    )
}


def scaling(name: str) -> Scaling:
    """A preset with its usual parameters. Raises `BadSpec` for an unknown name."""
    try:
        return SCALINGS[name]()
    except KeyError:
        raise BadSpec(
            f"There is no scaling preset “{name}”.", f"Choose of: {', '.join(SCALINGS)}."
        ) from None


def inv_freq(
    name: str, config: RopeConfig, factor: float, length: int = 0
) -> tuple[Frequencies, float]:
    """The frequencies of a preset and the factor on cos and sin, as `Scaling.inv_freq`."""
    return scaling(name).inv_freq(config, factor, length)
