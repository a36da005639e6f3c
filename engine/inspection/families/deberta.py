"""DeBERTa: content scores plus content-to-position and position-to-content scores.

The content product divides keys (v2) or queries by √(head_dim · kinds of scores); what the
positions add depends on content too, so it is kept cell by cell as a dense bias.
"""

from __future__ import annotations

from engine.inspection.families.parts import Parts, Tapped, operands


def parts(tapped: Tapped) -> Parts:
    """The product as it was made (already divided); the rest of the scores is the bias."""
    q, k = operands(tapped)
    kinds = 1 + len({"c2p", "p2c"} & set(getattr(tapped.module, "pos_att_type", None) or ()))
    scaling = (q.shape[-1] * kinds) ** -0.5
    return Parts(q, k / scaling, scaling, dense=bool(tapped.module.relative_attention))
