"""Writing past the window in constant memory: the beginning stays as sinks, the newest is in sight.

StreamingLLM (Xiao et al. 2023, arXiv 2309.17453) with the whole frame of a prompt as sinks, not
four tokens alone: what is to be written, and its outline, are seen to the end. Models without
rotary positions that could be moved read the kept beginning and the end of the text anew each time
the window is full, which is the paper's baseline of a sliding window with recomputation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import torch

from engine.context.attention.evicting_cache import EvictingCache
from engine.context.attention.interface import attending
from engine.context.attention.sinks import Sinks
from engine.context.documents_spec import AnswerToken
from engine.context.methods import method_of, refusal
from engine.context.probes.reading import Reader
from engine.context.scaling.live import preserved
from engine.decoding.detokenize import Detokenizer
from engine.decoding.interrupt import Check
from engine.decoding.measuring import measure
from engine.decoding.stopping import stop_tokens
from engine.errors import DeviceOutOfMemory

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

REREAD: Final = 2
"""Where the window is read anew, the text's end takes 1/REREAD of what the beginning leaves."""


@dataclass
class Streamed:
    """What was written.

    Attributes:
        tokens: Of the text.
        computed: Tokens that went through the model.
        held: Most tokens whose keys and values were kept at once.
        ended: It ended by itself.
    """

    tokens: list[AnswerToken] = field(default_factory=list)
    computed: int = 0
    held: int = 0
    ended: bool = False

    @property
    def text(self) -> str:
        """Of all tokens."""
        return "".join(token.text for token in self.tokens)


def takes_sinks(model: PreTrainedModel) -> bool:
    """Whether far tokens of a model can be moved nearer, which sinks need."""
    return refusal(model, method_of(Sinks.name)) is None


def write_on(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    ids: Sequence[int],
    kept: int,
    window: int,
    most: int,
    check: Check,
    told: Callable[[AnswerToken], None],
) -> Streamed:
    """Write greedily, as far past the window as is asked for.

    Args:
        model: In eval mode.
        tokenizer: Its own.
        ids: The prompt; shorter than the window.
        kept: Its first tokens that stay in sight to the end; fewer than the window has.
        window: Most tokens seen at once, the sinks included.
        most: Most new tokens.
        check: The cancellation point.
        told: Hears each token.

    Raises:
        DeviceOutOfMemory: The window does not fit into memory.
    """
    work = _Writing(model, tokenizer, most, check, told)
    try:
        with torch.inference_mode(), preserved(model):
            if takes_sinks(model):
                work.with_sinks(ids, kept, window)
            else:
                work.reading_anew(ids, kept, window)
    except torch.OutOfMemoryError as error:
        raise DeviceOutOfMemory(
            f"The device ran out of memory while writing in a window of {window:,} tokens.",
            "Choose a smaller window.",
            detail=str(error),
        ) from error
    return work.made


class _Writing:
    """One text in the making."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        most: int,
        check: Check,
        told: Callable[[AnswerToken], None],
    ) -> None:
        self.made = Streamed()
        self._model, self._most, self._check, self._told = model, most, check, told
        self._ends = stop_tokens(model, tokenizer)
        self._stream = Detokenizer(tokenizer).stream()

    @property
    def _done(self) -> bool:
        return self.made.ended or len(self.made.tokens) >= self._most

    def with_sinks(self, ids: Sequence[int], kept: int, window: int) -> None:
        """One pass over the prompt, then one token after another over a cache that forgets."""
        model = self._model
        layers = model.config.get_text_config(decoder=True).num_hidden_layers
        rule = Sinks(kept, window - kept)
        with attending(model, (rule,)) as running:
            cache = EvictingCache(layers, rule.sinks, rule.recent, running)
            reader = Reader(model, self._check, cache=cache)
            logits = self._read(reader, ids)
            while not self._take(logits):
                logits = self._read(reader, [self.made.tokens[-1].id])

    def reading_anew(self, ids: Sequence[int], kept: int, window: int) -> None:
        """A growing cache; when the window is full, a new one of the beginning and the end."""
        text = list(ids)
        reader = Reader(self._model, self._check)
        logits = self._read(reader, text)
        while not self._take(logits):
            text.append(self.made.tokens[-1].id)
            if reader.cache.get_seq_length() < window:
                logits = self._read(reader, text[-1:])
                continue
            reader = Reader(self._model, self._check)
            logits = self._read(reader, text[:kept] + text[-max(1, (window - kept) // REREAD) :])

    def _read(self, reader: Reader, ids: Sequence[int]) -> torch.Tensor:
        """Logits of what follows ``[1, vocabulary]``."""
        logits = reader.read(ids)
        self.made.computed += len(ids)
        self.made.held = max(self.made.held, held_by(reader))
        return logits

    def _take(self, logits: torch.Tensor) -> bool:
        """Take the likeliest token; returns whether it was the last one."""
        self._check()
        chosen = logits.argmax(-1)
        measures = measure(logits, chosen, 1)
        token = int(chosen[0])
        self.made.ended = token in self._ends
        added = "" if self.made.ended else self._stream.feed(token)
        if self.made.ended or len(self.made.tokens) + 1 >= self._most:
            added += self._stream.finish()
        said = AnswerToken(token, added, measures.logprobs[0], -1, measures.entropies[0])
        self.made.tokens.append(said)
        self._told(said)
        return self._done


def held_by(reader: Reader) -> int:
    """Tokens whose keys and values a reader's cache holds: of the layer that holds most."""
    keys = (getattr(layer, "keys", None) for layer in reader.cache.layers)
    return max((one.shape[-2] for one in keys if isinstance(one, torch.Tensor)), default=0)
