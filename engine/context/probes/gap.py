"""Does a method get along with a cache? One pass against the same text read bit by bit.

Dynamic NTK does not: keys cached at a shorter length were turned by another base
(huggingface/transformers issue 25104). A difference here is a difference in what gets generated.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from engine.context.methods import Method, applied
from engine.context.probes.reading import Reader
from engine.context.scaling.live import live_ropes
from engine.models.anatomy import position_encoding_of

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

FACTOR = 2.0
KEPT = 8
LONGEST = 8192
"""Trained length up to which the pass is made: its time grows with the square."""


def cache_gap(
    loaded: LoadedModel, method: Method, trained: int, check: Callable[[], None]
) -> float | None:
    """Largest difference of a logit of the last tokens of a text half as long again as training.

    Args:
        loaded: The model.
        method: One that applies to it.
        trained: Trained length, where the text is cut in two.
        check: Called before each layer.

    Returns:
        None where it would take too long, or no position is left beyond the trained length.
    """
    if trained > LONGEST or (not live_ropes(loaded.model) and not _alibi(loaded)):
        return None
    rng = random.Random(0)
    count = len(loaded.tokenizer)
    ids = [rng.randrange(count) for _ in range(trained + trained // 2)]
    model = loaded.model
    with applied(model, method, FACTOR, len(ids)):
        whole = Reader(model, check, chunk=0).read(ids, KEPT)
    with applied(model, method, FACTOR, len(ids)):
        parts = Reader(model, check, chunk=0)
        parts.read(ids[:trained])
        parts.read(ids[trained:-KEPT])
        resumed = torch.cat([parts.read([one]) for one in ids[-KEPT:]])
    return float((whole - resumed).abs().max())


def _alibi(loaded: LoadedModel) -> bool:
    return position_encoding_of(loaded.model.config, loaded.model).startswith("ALiBi")
