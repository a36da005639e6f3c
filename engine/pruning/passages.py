"""Texts as token windows: what a model is calibrated on and what its loss is measured on.

The sequence length is a setting. It is never taken from the model's context, which may be a
hundred times longer than the memory allows and changes what perplexity means.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from engine.errors import BadSpec
from engine.text_source import TEACHING, TextSource, text_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from engine.pruning.measured_spec import MeasuredSpec

APART: Final = 1_000_003
"""The evaluation draws other windows than the calibration: its seed is this far from it."""
MOST_MISSED: Final = 200  # lessons too long for a window, for each that fits


@dataclass(frozen=True, eq=False)
class Passages:
    """Windows of one text.

    Attributes:
        ids: Token ids, ``[windows, length]``, padded at the end.
        real: True where a token is no padding, ``[windows, length]``.
        scored: True where a token counts in the loss, ``[windows, length]``.
        sha256: Of the ids, so that two measurements can be told to be of the same text.
        source: Where the text came from, in words.
    """

    ids: Tensor
    real: Tensor
    scored: Tensor
    sha256: str
    source: str

    @property
    def tokens(self) -> int:
        """Tokens without padding."""
        return int(self.real.sum())


def passages_of(
    spec: MeasuredSpec, tokenizer: PreTrainedTokenizerBase, *, evaluation: bool
) -> Passages:
    """The windows that a job reads: those of its evaluation, or of its calibration.

    Raises:
        BadSpec: The text cannot be used.
    """
    return passages(
        spec.evaluation if evaluation else spec.calibration,
        tokenizer,
        windows=spec.measured if evaluation else spec.windows,
        length=spec.length,
        seed=spec.seed + APART * evaluation,
    )


def passages(
    source: TextSource, tokenizer: PreTrainedTokenizerBase, *, windows: int, length: int, seed: int
) -> Passages:
    """The windows of a source: non-overlapping, drawn without repetition.

    Args:
        source: A file, a data set, a text, or the teaching corpus.
        tokenizer: Of the model that will read them.
        windows: Most windows; fewer when the text is shorter.
        length: Tokens per window.
        seed: Which windows are drawn of a longer text; the same for the same seed.

    Raises:
        BadSpec: The text cannot be read, is shorter than one window, or the teaching corpus has
            too few lessons that fit into one.
        DataError: The data set cannot be read.
    """
    if source.path == TEACHING:
        return _lessons(tokenizer, windows, length, seed)
    text, name = text_of(source)
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    whole = len(ids) // length
    if whole == 0:
        raise BadSpec(
            f"{name} has {len(ids)} tokens, fewer than one window of {length}.",
            "Choose a longer text or a shorter window.",
        )
    rows = torch.tensor(ids[: whole * length], dtype=torch.long).view(whole, length)
    chosen = sorted(random.Random(seed).sample(range(whole), min(windows, whole)))
    rows = rows[chosen]
    every = torch.ones_like(rows, dtype=torch.bool)
    return Passages(rows, every, every, _hash(rows), name)


def _lessons(tokenizer: PreTrainedTokenizerBase, windows: int, length: int, seed: int) -> Passages:
    """Lessons of the teaching world, one per row; only answers count in the loss."""
    from engine.teaching.curriculum import lesson

    rng = random.Random(seed)
    rows: list[list[int]] = []
    counted: list[list[bool]] = []
    missed = 0
    while len(rows) < windows:
        one = lesson(rng)
        read = tokenizer(one.text, add_special_tokens=False, return_offsets_mapping=True)
        if len(read["input_ids"]) > length:
            missed += 1
            if missed > MOST_MISSED * (len(rows) + 1):
                raise BadSpec(
                    f"Hardly a lesson of the teaching world fits into a window of {length} tokens.",
                    "Choose a longer window, or a text of your own.",
                )
            continue
        rows.append(read["input_ids"])
        counted.append(
            [
                any(a < end and start < b for a, b in one.scored)
                for start, end in read["offset_mapping"]
            ]
        )
    # As wide as the longest lesson: a window of 100,000 tokens would hold hardly anything else
    # than padding.
    width = max(map(len, rows))
    ids = torch.full((windows, width), int(tokenizer.pad_token_id or 0), dtype=torch.long)
    real = torch.zeros_like(ids, dtype=torch.bool)
    scored = torch.zeros_like(real)
    for place, (row, counts) in enumerate(zip(rows, counted, strict=True)):
        ids[place, : len(row)] = torch.tensor(row)
        real[place, : len(row)] = True
        scored[place, : len(row)] = torch.tensor(counts)
    return Passages(ids, real, scored, _hash(ids), "lessons of the teaching world")


def _hash(ids: Tensor) -> str:
    return hashlib.sha256(ids.contiguous().numpy().tobytes()).hexdigest()
