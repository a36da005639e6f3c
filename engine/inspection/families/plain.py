"""Any family that does the usual: softmax(q·k / √head_dim + what else the scores hold)."""

from __future__ import annotations

from engine.inspection.families.parts import Parts, Tapped, operands


def parts(tapped: Tapped) -> Parts:
    """Queries and keys as multiplied; whatever else is in the scores is a dense bias."""
    q, k = operands(tapped)
    scale = getattr(tapped.module, "scaling", None)
    scaling = float(scale) if isinstance(scale, float | int) else q.shape[-1] ** -0.5
    return Parts(q, k, scaling, dense=tapped.kernel is None)
