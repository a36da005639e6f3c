"""Running a text through a model under the probe: in one pass, or in pieces when it is long.

A causal model reads a long text piece by piece over its cache, so that neither a written-out score
matrix nor a mask of all pairs is ever held, and a stop takes effect within one layer of one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any, Final

import torch

from engine.decoding.interrupt import Check, interruptible
from engine.inspection.interface import uses_interface
from engine.inspection.mask_hooks import masked
from engine.inspection.probe import Enough, Probe, probing
from engine.inspection.room import check_room, fused, written_out
from engine.inspection.tap import is_attention
from engine.models.architecture import length_dependent_rope, shape_of
from engine.models.layers import decoder_layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn
    from transformers import PreTrainedModel

PIECES_FROM: Final = 4096
CELLS: Final = 1 << 26  # scores or mask cells of a piece
FEWEST_ROWS: Final = 64
STATES: Final = 4 * 6  # bytes per width and token: a layer holds a few copies in float32
STATE_BYTES: Final = 4 << 30
KEPT_COPIES: Final = 2  # pieces and the whole, while they are joined


@dataclass(frozen=True)
class Passage:
    """What is run.

    Attributes:
        ids: Tokens (of an encoder-decoder: of the encoder).
        target_ids: Tokens of its decoder, else empty.
        causal: Whether no query sees a later key.
        mask: Bool ``[tokens, tokens]`` to run with, or None for the model's own.
    """

    ids: tuple[int, ...]
    target_ids: tuple[int, ...] = ()
    causal: bool = True
    mask: torch.Tensor | None = None


def run_passage(
    probe: Probe, passage: Passage, progress: Callable[[float | None, str], None]
) -> None:
    """Run it; the probe then holds its captures.

    Raises:
        DeviceOutOfMemory: The forecast says that it does not fit.
    """
    model = probe.model
    probe.tokens = len(passage.ids)
    rows = piece_rows(model, passage)
    need_room(probe, passage, rows)
    whole = rows >= len(passage.ids)
    with (
        torch.no_grad(),
        probing(probe),
        interruptible(model, _by_layer(probe, progress) if whole else probe.check),
        _painted(model, passage.mask),
    ):
        if not whole:
            _in_pieces(probe, passage.ids, rows, progress)
            return
        progress(None, "Running the text through the model")
        try:
            model(**_arguments(model, passage), use_cache=False)
        except Enough:
            return


def _by_layer(probe: Probe, progress: Callable[[float | None, str], None]) -> Check:
    """Asked before each layer of a single pass: whether to go on, and tells how far it is."""
    total = len(decoder_layers(probe.model))
    if probe.last is not None:
        total = min(total, probe.last + 1)
    begun = 0

    def check() -> None:
        nonlocal begun
        probe.check()
        begun += 1
        if begun <= total:
            progress((begun - 1) / total, f"Layer {begun} of {total}")

    return check


def piece_rows(model: PreTrainedModel, passage: Passage) -> int:
    """How many queries run together; all of them when the text is short or not causal."""
    count = len(passage.ids)
    if not passage.causal or passage.mask is not None or passage.target_ids:
        return count
    if length_dependent_rope(model.config):
        return count
    shape = shape_of(model.config)
    if fused(model) and not any(shape.windows):  # the kernel needs no mask for the whole text
        states = STATES * (shape.hidden_size + shape.intermediate_size)
        if count * states <= STATE_BYTES:
            return count
    per_query = count * (1 if fused(model) else 3 * shape.heads)
    if count <= PIECES_FROM and count * per_query <= CELLS:
        return count
    return min(count, max(FEWEST_ROWS, CELLS // per_query))


def need_room(probe: Probe, passage: Passage, rows: int) -> None:
    """Forecast the memory of a capture.

    Raises:
        DeviceOutOfMemory: It does not fit.
    """
    model = probe.model
    needed = forecast(model, passage, rows, len(probe.layers), len(probe.heads), probe.last)
    check_room(len(passage.ids), needed, torch.device("cpu"), choosable=True)


def forecast(
    model: PreTrainedModel,
    passage: Passage,
    rows: int,
    layers: int = 0,
    heads: int = 0,
    last: int | None = None,
) -> int:
    """Bytes that a capture needs: what is kept, the cache of a run in pieces, one layer's scores.

    Args:
        model: The model.
        passage: What is run.
        rows: Queries that run together.
        layers, heads: How many are kept; 0 = all.
        last: Layer after which the pass ends.
    """
    shape = shape_of(model.config)
    count = max(len(passage.ids), len(passage.target_ids))
    kept_layers = layers or shape.layers * (3 if passage.target_ids else 1)
    query_heads = heads or shape.heads
    key_heads = heads or shape.kv_heads
    per_token = 4 * ((query_heads + key_heads) * shape.head_dim + query_heads)
    kept = KEPT_COPIES * kept_layers * per_token * count
    run_layers = shape.layers if last is None else last + 1
    cache = 4 * sum(shape.kv_widths[:run_layers]) * count if rows < count else 0
    states = STATES * rows * (shape.hidden_size + shape.intermediate_size)
    copies = 1 if fused(model) and passage.mask is None else 4 * 3 * shape.heads
    written = rows * count * copies if not fused(model) or rows < count else 0
    if not uses_interface(model) or passage.target_ids:
        written = max(written, 4 * 3 * shape.heads * rows * count if written_out(model) else 0)
    return kept + cache + states + written


def _in_pieces(
    probe: Probe,
    ids: tuple[int, ...],
    rows: int,
    progress: Callable[[float | None, str], None],
) -> None:
    from transformers import DynamicCache

    model = probe.model
    cache = DynamicCache()
    everything = torch.tensor([ids], device=model.device)
    for start in range(0, len(ids), rows):
        done = (start / len(ids)) ** 2  # a piece costs as much as there are keys before it
        progress(done, f"Read {start:,} of {len(ids):,} tokens")
        stop = min(len(ids), start + rows)
        try:
            model(
                input_ids=everything[:, start:stop],
                attention_mask=torch.ones_like(everything[:, :stop]),
                past_key_values=cache,
                use_cache=True,
            )
        except Enough:
            continue


def _arguments(model: PreTrainedModel, passage: Passage) -> dict[str, Any]:
    ids = torch.tensor([passage.ids], device=model.device)
    found: dict[str, Any] = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if passage.target_ids:
        found["decoder_input_ids"] = torch.tensor([passage.target_ids], device=model.device)
    return found


@contextmanager
def _painted(model: PreTrainedModel, seen: torch.Tensor | None) -> Iterator[None]:
    """Run under a mask. Families outside the interface get it before each attention module.

    They read the length and the bias off a plain mask, so a painted one cannot be passed to them.
    """
    if seen is None or uses_interface(model):
        with masked(model, seen):
            yield
        return
    handles = []

    def swap(
        _module: nn.Module, args: tuple[object, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[object, ...], dict[str, Any]]:
        own = kwargs["attention_mask"]
        return args, kwargs | {"attention_mask": _as_theirs(model, own, seen)}

    try:
        for _name, module in model.named_modules():
            if is_attention(module) and "attention_mask" in signature(module.forward).parameters:
                handles.append(module.register_forward_pre_hook(swap, with_kwargs=True))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _as_theirs(model: PreTrainedModel, own: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """The painted mask in the form of the family's own, whose last query sees every key."""
    cells = seen.to(own.device)[None, None]
    if own.dtype == torch.bool:
        return ~cells if model.config.model_type == "mpt" else cells
    return torch.where(cells, own[..., -1:, :], torch.finfo(own.dtype).min)
