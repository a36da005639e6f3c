"""GPT-J and CodeGen: products in float32, divided by √head_dim; no bias."""

from __future__ import annotations

from engine.inspection.families.parts import Parts, Tapped, operands


def parts(tapped: Tapped) -> Parts:
    """Scaling from the module."""
    q, k = operands(tapped)
    scale = getattr(tapped.module, "scale_attn", None)
    divisor = float(scale) if scale is not None else q.shape[-1] ** 0.5
    return Parts(q, k, 1.0 / divisor)
