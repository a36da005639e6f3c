"""BM25 over passages, through an inverted index.

Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), eq. 3.15,
with the idf that cannot be negative, ln(1 + (N − n + ½)/(n + ½)).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.context.documents.retrieval.terms import terms_of

K1: Final = 1.2
B: Final = 0.75


class Bm25:
    """Scores of passages for a question.

    Args:
        texts: The passages.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.count = len(texts)
        lengths = np.zeros(self.count, dtype=np.float64)
        postings: dict[str, tuple[list[int], list[int]]] = {}
        for place, text in enumerate(texts):
            terms = terms_of(text)
            lengths[place] = len(terms)
            for term, times in Counter(terms).items():
                places, counts = postings.setdefault(term, ([], []))
                places.append(place)
                counts.append(times)
        mean = float(lengths.mean()) if self.count else 0.0
        self._norm = K1 * (1 - B + B * lengths / mean) if mean else np.ones(self.count)
        self._postings = {
            term: (np.array(places, dtype=np.int32), np.array(counts, dtype=np.float64))
            for term, (places, counts) in postings.items()
        }

    def scores(self, question: str) -> NDArray[np.float64]:
        """One score per passage, 0 where no word of the question is in it; ``[passages]``."""
        found = np.zeros(self.count)
        for term in set(terms_of(question)):
            if term not in self._postings:
                continue
            places, counts = self._postings[term]
            rare = np.log1p((self.count - len(places) + 0.5) / (len(places) + 0.5))
            found[places] += rare * counts * (K1 + 1) / (counts + self._norm[places])
        return found
