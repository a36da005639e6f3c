"""A row as a drawing: which blocks stand in which order, where norms and residuals are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.inspection.anatomy.rows.base import Placement, Row

SublayerKind = Literal["self-attention", "masked-attention", "prefix-attention", "cross-attention",
                       "mlp"]  # fmt: skip
EdgeKind = Literal["embedding", "position", "norm", "head"]
Inside = Literal["", "rope", "alibi", "t5"]


@dataclass(frozen=True)
class Sublayer:
    """One sub-layer with its residual.

    Attributes:
        kind: What it computes.
        placement: Where its norm stands.
        inside: How positions enter its scores; empty = they do not.
    """

    kind: SublayerKind
    placement: Placement
    inside: Inside = ""


@dataclass(frozen=True)
class Stack:
    """One half of a model, from the tokens up.

    Attributes:
        half: ``"encoder"`` or ``"decoder"``.
        before: What stands below the layers.
        sublayers: Of one layer, from below.
        after: What stands above the layers.
    """

    half: Literal["encoder", "decoder"]
    before: tuple[EdgeKind, ...]
    sublayers: tuple[Sublayer, ...]
    after: tuple[EdgeKind, ...]


INSIDE: Final[dict[str, Inside]] = {"rope": "rope", "alibi": "alibi", "t5": "t5"}


def diagram(row: Row) -> tuple[Stack, ...]:
    """The halves of a row, the encoder first."""
    before: list[EdgeKind] = ["embedding"]
    if row.position_kind in ("sinusoidal", "learned"):
        before.append("position")
    if row.embedding_norm:
        before.append("norm")
    after: tuple[EdgeKind, ...] = ("norm",) if row.final_norm else ()
    inside = INSIDE.get(row.position_kind, "")

    def stack(half: Literal["encoder", "decoder"], *kinds: SublayerKind, head: bool) -> Stack:
        return Stack(
            half,
            tuple(before),
            tuple(
                Sublayer(kind, row.placement, inside if kind.endswith("attention") else "")
                for kind in kinds
            ),
            (*after, "head") if head else after,
        )

    match row.structure:
        case "encoder-decoder":
            decoder = stack("decoder", "masked-attention", "cross-attention", "mlp", head=True)
            cross = Sublayer("cross-attention", row.placement)  # no bias, nothing turns here
            first, _, last = decoder.sublayers
            return (
                stack("encoder", "self-attention", "mlp", head=False),
                Stack("decoder", decoder.before, (first, cross, last), decoder.after),
            )
        case "encoder":
            return (stack("encoder", "self-attention", "mlp", head=True),)
        case "prefix decoder":
            return (stack("decoder", "prefix-attention", "mlp", head=True),)
        case "causal decoder":
            return (stack("decoder", "masked-attention", "mlp", head=True),)
