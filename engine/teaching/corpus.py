"""Training batches: lessons as tokens, packed into windows, with the scored positions marked.

A batch depends on nothing but the seed, the focus and its number, so training resumes anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from engine.teaching.curriculum import Lesson, lesson, weights

#: lessons are packed into the shortest of these that holds them: attention costs window squared
SHORTER = (96, 192)


@dataclass(frozen=True)
class Batch:
    """Packed windows of one length.

    Attributes:
        ids: Token ids, (rows, window).
        lesson: Number of the lesson a position belongs to, 0 for padding, (rows, window).
        scored: True where a token is an answer's and so a target, (rows, window).
    """

    ids: NDArray[np.int64]
    lesson: NDArray[np.int32]
    scored: NDArray[np.bool_]


class Corpus:
    """An endless, numbered series of batches."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        seed: int,
        rows: int,
        window: int,
        focus: Mapping[str, float] | None = None,
        chinese: float = 0.5,
    ) -> None:
        self.seed, self.rows, self.window = seed, rows, window
        self._weights = weights(focus or {})
        self._chinese = chinese
        self._pad = int(tokenizer.pad_token_id)
        self._encode = tokenizer.backend_tokenizer

    def tokens(self, lessons: list[Lesson]) -> list[tuple[list[int], list[bool]]]:
        """Ids and scored marks per lesson; a token is scored if it overlaps a scored span."""
        encodings = self._encode.encode_batch(
            [one.text for one in lessons], add_special_tokens=False
        )
        result = []
        for one, encoding in zip(lessons, encodings, strict=True):
            marks = bytearray(len(one.text))
            for start, end in one.scored:
                marks[start:end] = b"\1" * (end - start)
            scored = [any(marks[start:end]) for start, end in encoding.offsets]
            result.append((encoding.ids, scored))
        return result

    def batch(self, number: int) -> list[Batch]:
        """Batch ``number``, about ``rows`` × ``window`` tokens, one part per window length."""
        rng = random.Random(f"batch|{self.seed}|{number}")
        windows = [*(size for size in SHORTER if size < self.window), self.window]
        groups: dict[int, list[tuple[list[int], list[bool]]]] = {size: [] for size in windows}
        total = 0
        while total < self.rows * self.window:
            drawn = [lesson(rng, self._weights, self._chinese) for _ in range(16)]
            for ids, scored in self.tokens(drawn):
                size = next((size for size in windows if len(ids) <= size), None)
                if size is not None:
                    groups[size].append((ids, scored))
                    total += len(ids)
        return [self._packed(size, group) for size, group in groups.items() if group]

    def _packed(self, window: int, lessons: list[tuple[list[int], list[bool]]]) -> Batch:
        """Longest lesson first, each into the first window with room."""
        used: list[int] = []
        places: list[tuple[int, int]] = []
        lessons = sorted(lessons, key=lambda pair: -len(pair[0]))
        for ids, _ in lessons:
            row = next((r for r, n in enumerate(used) if n + len(ids) <= window), len(used))
            if row == len(used):
                used.append(0)
            places.append((row, used[row]))
            used[row] += len(ids)
        shape = (len(used), window)
        batch = Batch(
            np.full(shape, self._pad, np.int64),
            np.zeros(shape, np.int32),
            np.zeros(shape, np.bool_),
        )
        for index, ((ids, scored), (row, start)) in enumerate(zip(lessons, places, strict=True)):
            span = slice(start, start + len(ids))
            batch.ids[row, span], batch.scored[row, span] = ids, scored
            batch.lesson[row, span] = index + 1
        return batch
