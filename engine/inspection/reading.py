"""One text read once: everything that later questions about it need, kept with its model.

A second key press then computes only what changed. A model keeps one reading, unless that would
take too much of the free memory; it goes when another text comes or the model is unloaded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from engine.decoding.batching import free_bytes
from engine.decoding.interrupt import Check, no_check
from engine.errors import UnsupportedModel
from engine.inspection.head_sites import Site, Sites
from engine.inspection.inside_text import InsideText
from engine.inspection.kept_cache import KeptCache, States
from engine.inspection.replay import Forward, Output, hidden_of, seen, with_hidden
from engine.inspection.room import check_room, written_out
from engine.models.architecture import length_dependent_rope, shape_of
from engine.models.kept import Slot

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.models.loaded import LoadedModel

SHARE: Final = 0.25  # of the free memory that a kept reading may take
TOKENS_AT_ONCE: Final = {"cpu": 2048, "cuda": 16384}  # of all rows of one replay
STATES: Final = 6  # copies of a layer's states that are alive at a time
SCORE_COPIES: Final = 3  # of written-out scores
LOGITS_BYTES: Final = 128 * 2**20  # of the logits that are in memory at a time


@dataclass(frozen=True, eq=False)
class Recorded:
    """What one forward pass left.

    Attributes:
        text: What was read.
        embedded: What entered the first layer of the last stack, ``[1, tokens, hidden]``.
        outputs: What each layer gave, in running order (encoder first).
        means: Per output projection (by name) the mean of what entered it over the tokens,
            ``[heads · width]``; per attention and MLP end, of what left it, ``[hidden]``.
        heads: What entered each output projection, ``[tokens, heads · width]``; empty unless
            asked for.
        parts: What left each attention and MLP end, ``[tokens, hidden]``; likewise.
        states: Keys and values of a decoder, or None.
        logits: Of the token that is looked at, float32 ``[vocabulary]``.
    """

    text: InsideText
    embedded: torch.Tensor
    outputs: tuple[Output, ...]
    means: dict[tuple[str, str], torch.Tensor]
    heads: dict[str, torch.Tensor]
    parts: dict[str, torch.Tensor]
    states: States | None
    logits: torch.Tensor

    @property
    def bytes(self) -> int:
        """Memory of what is kept."""
        found = [self.embedded, self.logits, *self.means.values()]
        for output in self.outputs:
            found += [one for one in _parts(output) if isinstance(one, torch.Tensor)]
        found += [tensor for pair in self.states or [] for tensor in pair]
        found += [*self.heads.values(), *self.parts.values()]
        return sum({one.untyped_storage().data_ptr(): _size(one) for one in found}.values())


def _parts(output: Output) -> tuple[Any, ...]:
    return output if isinstance(output, tuple) else (output,)


def _size(tensor: torch.Tensor) -> int:
    """Bytes that stay in memory with it: a part keeps the whole."""
    return int(tensor.untyped_storage().nbytes())


_Key = tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...], str]
READING: Final = Slot[tuple[_Key, Sites, Recorded]]("reading")


class Reading:
    """A model at a text that it has read.

    Attributes:
        sites: Where its heads and MLPs are.
        layers: Its layers in running order.
        forward: Runs it on the text.
        recorded: What the plain forward pass left.
        reused: Whether that was known already.
    """

    def __init__(
        self, model: PreTrainedModel, sites: Sites, forward: Forward, recorded: Recorded
    ) -> None:
        self.model = model
        self.sites = sites
        self.layers = sites.layers
        self.forward = forward
        self.recorded = recorded
        self.reused = False

    @property
    def text(self) -> InsideText:
        return self.recorded.text

    @property
    def steps(self) -> bool:
        """Whether the shown token can be computed alone over kept keys and values."""
        at, last = self.text.at, len(self.text.read) - 1
        if self.recorded.states is None or at < 1:
            return False
        return at == last or not length_dependent_rope(self.model.config)

    def looking_at(self, text: InsideText) -> Reading:
        """The same at another token of the same text."""
        if text != self.text:
            at = slice(text.at, text.at + 1)
            logits = self.recorded.logits
            if text.at != self.text.at:
                logits = self.head_logits(self.last_hidden[:, at], at)[0, 0]
            self.recorded = replace(self.recorded, text=text, logits=logits)
        return self

    def outputs_before(
        self, order: int, rows: int, tokens: slice = slice(None)
    ) -> dict[nn.Module, Output]:
        """What the layers before `order` gave, for `rows` rows; for `Forward`."""
        return {
            self.layers[place]: self.output(place, rows, tokens) for place in range(max(0, order))
        }

    def output(self, order: int, rows: int, tokens: slice = slice(None)) -> Output:
        """A copy of what a layer gave, ``[rows, tokens, hidden]``."""
        output = self.recorded.outputs[order]
        return with_hidden(output, hidden_of(output)[:, tokens].repeat(rows, 1, 1))

    def head_logits(self, hidden: torch.Tensor, tokens: slice) -> torch.Tensor:
        """Final norm and output head on given states: the logit lens.

        Args:
            hidden: ``[rows, tokens, hidden]``, already cut to `tokens`.
            tokens: Which tokens of the text they are.

        Returns:
            float32 ``[rows, tokens, vocabulary]``.
        """
        rows = hidden.shape[0]
        encoder = len(self.sites.encoder)
        outputs = self.outputs_before(encoder, rows)
        for order in range(encoder, len(self.layers)):
            outputs[self.layers[order]] = with_hidden(self.recorded.outputs[order], hidden.clone())
        return self.forward(rows, part=tokens, outputs=outputs).float()

    def rows_at_once(self, length: int) -> int:
        """How many copies of so many tokens run together."""
        most = TOKENS_AT_ONCE.get(self.model.device.type, TOKENS_AT_ONCE["cuda"])
        return max(1, most // length)

    def token_slices(self, rows: int) -> list[slice]:
        """The tokens in stretches whose logits fit in memory."""
        count = len(self.text.read)
        vocabulary = int(self.recorded.logits.shape[-1])
        most = max(1, LOGITS_BYTES // (4 * rows * vocabulary))
        return [slice(start, min(count, start + most)) for start in range(0, count, most)]

    @property
    def last_hidden(self) -> torch.Tensor:
        """What the last layer gave, ``[1, tokens, hidden]``."""
        return hidden_of(self.recorded.outputs[-1])


def read(
    loaded: LoadedModel,
    text: InsideText,
    check: Check = no_check,
    *,
    keep: bool = True,
    inner: bool = False,
) -> Reading:
    """The model at this text: from what is kept, or by one forward pass.

    Args:
        loaded: The model; its lane must hold it.
        text: What it reads.
        check: The cancellation point.
        keep: Keep what was recorded for the next question.
        inner: Record what entered and left every attention and MLP, too (for patching).

    Raises:
        UnsupportedModel: Its heads or layers cannot be told apart.
        DeviceOutOfMemory: The forecast says that the text does not fit.
    """
    forward = Forward(loaded.model, text, check)
    implementation = str(loaded.model.config._attn_implementation)
    key = (text.ids, text.target_ids, tuple(loaded.edits), implementation)
    known = loaded.kept.get(READING)
    if known is not None and known[0] == key and not inner:
        reading = Reading(loaded.model, known[1], forward, known[2])
        reading.reused = True
        return reading.looking_at(text)
    loaded.kept.drop(READING)
    check_room(len(text.ids), forecast(loaded.model, text, inner), loaded.device, choosable=False)
    sites = Sites(loaded.model)
    recorded = _record(loaded.model, sites, forward, inner)
    if keep and recorded.bytes < SHARE * free_bytes(loaded.device):
        loaded.kept.put(READING, (key, sites, recorded), recorded.bytes)
    return Reading(loaded.model, sites, forward, recorded)


def forecast(model: PreTrainedModel, text: InsideText, inner: bool) -> int:
    """Bytes that reading a text needs: what is recorded, a replay's copies, one layer's scores."""
    shape = shape_of(model.config)
    count = len(text.ids) + len(text.target_ids)
    stacks = 2 if text.target_ids else 1
    width = stacks * shape.layers * shape.hidden_size
    recorded = sum(shape.kv_widths) + width + (3 * width if inner else 0)
    running = STATES * (shape.hidden_size + shape.intermediate_size)
    longest = max(len(text.ids), len(text.target_ids))
    written = SCORE_COPIES * shape.heads * longest * longest if written_out(model) else 0
    return 4 * (count * (recorded + width + running) + written)


class _Recorder:
    """Takes the layers' outputs and the parts' means while the model runs."""

    def __init__(self, model: PreTrainedModel, sites: Sites, inner: bool) -> None:
        self.sites = sites
        self.inner = inner
        self.outputs: list[list[Output]] = [[] for _ in sites.layers]
        self.embedded: torch.Tensor | None = None
        self.means: dict[tuple[str, str], torch.Tensor] = {}
        self.heads: dict[str, torch.Tensor] = {}
        self.parts: dict[str, torch.Tensor] = {}
        self._order = {layer: place for place, layer in enumerate(sites.layers)}
        self._sites = {site.module: site for site in (*sites.attention, *sites.mlp)}
        # T5's layers hand their position bias on; of the others only the states are needed.
        names = (name for name, _ in model.named_parameters())
        self._keeps_rest = any("relative_attention_bias" in name for name in names)

    def layer_ran(self, layer: nn.Module, output: Output) -> None:
        kept = with_hidden(output, hidden_of(output).clone())
        if isinstance(kept, tuple) and not self._keeps_rest:
            kept = (kept[0], *(None for _ in kept[1:]))
        self.outputs[self._order[layer]].append(kept)

    def layer_starts(
        self, _layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        entered = args[0] if args else kwargs["hidden_states"]
        self.embedded = entered.clone()

    def part_starts(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        site = self._sites[module]
        if site.heads:
            self._take(site, "in", args[0], self.heads)

    def part_ran(self, module: nn.Module, _args: object, output: Output) -> None:
        self._take(self._sites[module], "out", hidden_of(output), self.parts)

    def _take(
        self, site: Site, side: str, values: torch.Tensor, store: dict[str, torch.Tensor]
    ) -> None:
        table = values.reshape(-1, values.shape[-1])  # [tokens, columns]
        self.means[site.name, side] = table.float().mean(0)
        if self.inner:
            store[site.name] = table.clone()


def _record(model: PreTrainedModel, sites: Sites, forward: Forward, inner: bool) -> Recorded:
    text = forward.text
    taker = _Recorder(model, sites, inner)
    cache = _recording_cache(model, text)
    first = sites.decoder[0]
    parts = {site.module for site in (*sites.attention, *sites.mlp)}
    handles = [first.register_forward_pre_hook(taker.layer_starts, with_kwargs=True)]
    try:
        for module in parts:
            handles.append(module.register_forward_pre_hook(taker.part_starts))
            handles.append(module.register_forward_hook(taker.part_ran))
        with seen(sites.layers, taker.layer_ran):
            logits = forward(kept=len(text.read) - text.at, cache=cache)
    finally:
        for handle in handles:
            handle.remove()
    if any(len(ran) != 1 for ran in taker.outputs) or taker.embedded is None:
        raise UnsupportedModel(
            "The layers of this model do not run once each, so they cannot be told apart.",
            "Choose a model with a layer of its own at each depth.",
        )
    return Recorded(
        text=text,
        embedded=taker.embedded,
        outputs=tuple(ran[0] for ran in taker.outputs),
        means=taker.means,
        heads=taker.heads,
        parts=taker.parts,
        states=cache.recorded() if cache is not None else None,
        logits=logits[0, text.at - len(text.read)].float(),
    )


def _recording_cache(model: PreTrainedModel, text: InsideText) -> KeptCache | None:
    """A cache to record in; None where keys and values of the text would not be enough."""
    from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

    if text.structure != "decoder" or len(text.ids) < 2:
        return None
    kinds = [type(layer) for layer in DynamicCache(config=model.config).layers]
    if not set(kinds) <= {DynamicLayer, DynamicSlidingWindowLayer}:
        return None
    return KeptCache(model.config.get_text_config(decoder=True).num_hidden_layers)
