"""Cosines between a question and every passage, by one exact matrix product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Meaning:
    """Vectors of passages, ready to be compared.

    What all passages have in common is taken away first: mean-pooled states of a language model
    point almost the same way whatever the text, and only the rest tells passages apart (Mu &
    Viswanath 2018, "All-but-the-Top").

    Args:
        vectors: ``[passages, width]``.
        centred: Whether to take the mean away; an encoder trained for cosines needs it not.
    """

    def __init__(self, vectors: Vectors, centred: bool) -> None:
        width = vectors.shape[1] if vectors.ndim == 2 else 0
        self._mean = (
            vectors.mean(0, dtype=np.float64).astype(np.float32)
            if centred and len(vectors) > 1
            else np.zeros(width, dtype=np.float32)
        )
        self._unit = _unit(vectors - self._mean)

    @property
    def bytes(self) -> int:
        """Memory that the vectors take."""
        return int(self._unit.nbytes)

    def cosines(self, question: Vectors) -> Vectors:
        """``[width]`` → ``[passages]``."""
        product: Vectors = self._unit @ _unit(question[None] - self._mean)[0]
        return product


def _unit(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Vectors = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return found
