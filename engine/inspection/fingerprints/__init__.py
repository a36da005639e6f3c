"""What kind of head it is: figures for search and sort, one file per measure.

A new measure is one file with a function `measure`, one line in `MEASURES` and one field of
`Fingerprint`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.inspection.fingerprints import (
    distance,
    duplicate,
    entropy,
    induction,
    local,
    position_fit,
    previous,
    sink,
    slope,
)
from engine.inspection.fingerprints.sample import HeadRows, Sample, rows_of, sample_of

if TYPE_CHECKING:
    from engine.inspection.capture import Capture, LayerCapture

MEASURES: Final[dict[str, Callable[[Sample, HeadRows], float | None]]] = {
    "entropy": entropy.measure,
    "sink": sink.measure,
    "distance": distance.measure,
    "previous": previous.measure,
    "duplicate": duplicate.measure,
    "induction": induction.measure,
    "local": local.measure,
    "position_fit": position_fit.measure,
    "slope": slope.measure,
}


@dataclass(frozen=True)
class Fingerprint:
    """One head in figures; None where a figure means nothing (no repeated token, cross-attention).

    Attributes:
        layer, head: The head, by the model's numbers.
        entropy: How widely it looks, nats.
        sink: Weight on the first token.
        distance: Mean distance, tokens.
        previous: Weight on the token before.
        duplicate: Weight on earlier copies of the own token.
        induction: Weight on what followed these copies.
        local: Weight less than 8 tokens away.
        position_fit: Adjusted R² of scores explained by distance alone.
        slope: Fitted ALiBi slope, score per token.
    """

    layer: int
    head: int
    entropy: float | None = None
    sink: float | None = None
    distance: float | None = None
    previous: float | None = None
    duplicate: float | None = None
    induction: float | None = None
    local: float | None = None
    position_fit: float | None = None
    slope: float | None = None

    def value(self, name: str) -> float | None:
        """The figure of one of `MEASURES`."""
        values: dict[str, float | None] = {one: getattr(self, one) for one in MEASURES}
        return values[name]


def fingerprint(
    layer: LayerCapture, ids: Sequence[int], names: Sequence[str] = tuple(MEASURES)
) -> tuple[Fingerprint, ...]:
    """The fingerprint of every head of a layer.

    Args:
        layer: The capture.
        ids: The tokens that its queries stand for.
        names: Which measures to take.
    """
    sample = sample_of(layer, ids)
    found = []
    for head in range(layer.heads):
        rows = rows_of(sample, head)
        values = {name: MEASURES[name](sample, rows) for name in names}
        found.append(Fingerprint(layer.layer, layer.head_name(head), **values))
    return tuple(found)


def fingerprints(capture: Capture) -> tuple[Fingerprint, ...]:
    """The fingerprints of all captured layers, in their order; an encoder's by its own tokens."""
    # An encoder's own numbers are not in the capture; repeated texts stand for repeated tokens.
    numbers = {text: at for at, text in enumerate(dict.fromkeys(capture.encoder_tokens))}
    encoder = tuple(numbers[text] for text in capture.encoder_tokens)
    return tuple(
        one
        for layer in capture.layers
        for one in fingerprint(layer, encoder if layer.role == "encoder" else capture.ids)
    )
