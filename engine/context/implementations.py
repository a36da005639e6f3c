"""The implementations of attention that a long text can be read with: chosen, and timed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from engine.context.probe_spec import AttentionTime
from engine.context.probes.peak import peak_of
from engine.context.probes.reading import CHUNK, Reader
from engine.errors import EngineError, UnsupportedModel, as_memory_error
from engine.models.attention import choose_attention

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel
    from engine.models.reference import AttentionChoice

REPEATS: Final = 3


@contextmanager
def implemented(loaded: LoadedModel, name: AttentionChoice) -> Iterator[str]:
    """Run with an implementation of attention; the former one is back when the block is left.

    Args:
        loaded: The model.
        name: Which; ``"auto"`` leaves it as it was loaded.

    Yields:
        The implementation in force.

    Raises:
        UnsupportedModel: It is not possible for this model here.
    """
    model = loaded.model
    before: str = model.config._attn_implementation
    if name == "auto":
        yield before
        return
    if name == "flex_attention" and loaded.device.type == "cpu":
        raise UnsupportedModel(
            "Attention “flex_attention” is not possible: it is compiled for a GPU.",
            "Choose “auto”, “sdpa” or “eager”.",
        )
    choose_attention(type(model), name, str(loaded.device))
    try:
        model.set_attn_implementation(name)
    except (ValueError, ImportError) as error:
        raise UnsupportedModel(
            f"Attention “{name}” is not possible: {model.config.model_type} refuses it.",
            "Choose “auto”, “sdpa” or “eager”.",
            detail=str(error),
        ) from error
    try:
        yield name
    finally:
        model.set_attn_implementation(before)


def timed(
    loaded: LoadedModel,
    name: AttentionChoice,
    tokens: int,
    check: Callable[[], None],
    chunk: int = CHUNK,
    repeats: int = REPEATS,
) -> AttentionTime:
    """Read a text of `tokens` tokens with one implementation: milliseconds and memory, or why not.

    Args:
        loaded: The model, with or without a method in force.
        name: Which implementation.
        tokens: Length of the text.
        check: Called before each layer.
        chunk: Tokens per forward pass; 0 = all at once.
        repeats: Readings whose median time counts; memory is measured in one more, first.
    """
    count = max(1, len(loaded.tokenizer) - 8)
    ids = [place % min(count, 1000) + min(8, count - 1) for place in range(tokens)]
    times = []
    try:
        with implemented(loaded, name) as used:
            with peak_of(loaded.model) as peak:
                Reader(loaded.model, check, chunk).read(ids)
            for _ in range(repeats):
                began = time.perf_counter()
                Reader(loaded.model, check, chunk).read(ids).cpu()
                times.append((time.perf_counter() - began) * 1000)
    except EngineError as error:
        return AttentionTime(name, tokens, None, problem=error.message, hint=error.hint)
    except (RuntimeError, MemoryError) as error:
        short = as_memory_error(error)
        if not isinstance(short, EngineError):
            raise
        return AttentionTime(name, tokens, None, problem=short.message, hint=short.hint)
    return AttentionTime(used, tokens, statistics.median(times), peak.bytes)
