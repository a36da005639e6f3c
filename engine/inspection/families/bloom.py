"""Bloom: one `baddbmm` adds slope · j to the scaled product (`BloomAttention.forward`)."""

from __future__ import annotations

from engine.inspection.families.parts import Parts, Tapped, operands, unknown


def parts(tapped: Tapped) -> Parts:
    """The bias is the tensor that `baddbmm` adds, ``[heads, 1, keys]``."""
    q, k = operands(tapped)
    product = tapped.product
    if product is None or product.added is None:
        raise unknown(tapped)
    return Parts(q, k, product.alpha, key_bias=product.added[:, 0])
