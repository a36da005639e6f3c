"""Every activation and every gated unit by name. A new one is one line."""

from __future__ import annotations

from typing import Final

from engine.errors import BadSpec
from engine.inspection.anatomy.activations.base import Activation
from engine.inspection.anatomy.activations.gated import GATED, GatedUnit
from engine.inspection.anatomy.activations.gelu import Gelu
from engine.inspection.anatomy.activations.gelu_tanh import GeluTanh
from engine.inspection.anatomy.activations.logistic import Logistic
from engine.inspection.anatomy.activations.relu import Relu
from engine.inspection.anatomy.activations.swish import Swish

ACTIVATIONS: Final[dict[str, type[Activation]]] = {
    kind.id: kind for kind in (Relu, Gelu, GeluTanh, Swish, Logistic)
}
GATED_UNITS: Final[dict[str, GatedUnit]] = {unit.id: unit for unit in GATED}


def activation(name: str, beta: float = 1.0) -> Activation:
    """The activation of that name. Raises `BadSpec` when there is none."""
    if name not in ACTIVATIONS:
        raise BadSpec(f"There is no activation “{name}”.", f"Choose of: {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name](beta)


def gated_unit(name: str) -> GatedUnit:
    """The gated unit of that name. Raises `BadSpec` when there is none."""
    if name not in GATED_UNITS:
        raise BadSpec(f"There is no gated unit “{name}”.", f"Choose of: {', '.join(GATED_UNITS)}.")
    return GATED_UNITS[name]
