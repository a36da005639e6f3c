"""One model's forward passes for the step loop: prompts on top of shared prefixes, then steps.

Prompts that go in together end at the same column. Each takes its last `S` tokens through the
model, where `S` is the longest part that any of them has not in a shared prefix; what lies before
comes from the prefix's keys and values. So a row with a longer prefix recomputes a few of its
tokens instead of padding, and no row has a gap: sliding windows and ALiBi stay exact.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel
from transformers.cache_utils import (
    Cache,
    DynamicCache,
    DynamicLayer,
    DynamicSlidingWindowLayer,
)

from engine.decoding.cache import RowCache, SoloRow
from engine.decoding.interrupt import Check, interruptible
from engine.decoding.shared_attention import SharedAttention, States
from engine.models.architecture import length_dependent_rope
from engine.models.logits import keeps_logits

ALIBI_MODELS = frozenset({"bloom", "mpt", "falcon"})


@dataclass(frozen=True)
class Prompt:
    """Tokens to bring into a cache.

    Attributes:
        ids: From the start of the prompt on.
        past: Keys and values of a beginning of `ids`, per layer ``[kv_heads, length, head_dim]``.
        past_length: How many of its columns may be used.
    """

    ids: Sequence[int]
    past: States | None = None
    past_length: int = 0


@dataclass(frozen=True)
class Prefilled:
    """Rows with their prompts in a cache.

    Attributes:
        cache: One row per prompt.
        logits: float32 ``[rows, kept, vocabulary]`` of the last `kept` prompt tokens.
        reused: Per row, tokens whose keys and values came from the past.
        computed: Tokens that went through the model, over all rows.
    """

    cache: RowCache | SoloRow
    logits: torch.Tensor
    reused: list[int]
    computed: int


class Runner:
    """Calls a model with the arguments that its forward pass understands.

    Attributes:
        attention: Installed by the caller for the time of a run, or None.
        shares: Whether steps may attend to shared beginnings kept apart; settled by the first
            forward pass over prompts.
        solo_reason: Why rows of this model cannot be mixed; empty when they can.
    """

    def __init__(self, model: PreTrainedModel, check: Check) -> None:
        self.model = model
        self.check = check
        self.attention: SharedAttention | None = None
        self.shares = False
        self.device = model.device
        known = inspect.signature(model.forward).parameters
        self._takes_positions = "position_ids" in known
        self._takes_kept = keeps_logits(model)
        self.solo_reason = _solo_reason(model, self._takes_positions)
        self.layers = model.config.get_text_config(decoder=True).num_hidden_layers

    def prefill(self, prompts: Sequence[Prompt], kept: int = 1) -> Prefilled:
        """Bring prompts into a fresh cache.

        Args:
            prompts: At least one; the longest unshared part decides how much each computes.
            kept: How many of the last tokens' logits to return.
        """
        if self.solo_reason:
            return self._prefill_solo(prompts, kept)
        lengths = [len(prompt.ids) for prompt in prompts]
        width = max(lengths)
        query = max(len(prompt.ids) - prompt.past_length for prompt in prompts)
        if width % 32 == 1 and min(lengths) < width:
            # One past a block of 32, left-padded prompts are corrupted by SDPA on some devices
            # (transformers#47651).
            width += 1
        cache = RowCache(self.layers, lengths, width, self.device)
        cache.window.end = width - query
        reused = []
        for row, prompt in enumerate(prompts):
            used = max(0, len(prompt.ids) - query)
            if used:
                assert prompt.past is not None
                cache.seed(row, prompt.past, used)
            reused.append(used)
        tokens = torch.zeros((len(prompts), query), dtype=torch.long)
        for row, prompt in enumerate(prompts):
            own = torch.tensor(prompt.ids[-query:])
            tokens[row, query - len(own) :] = own
        sizes = torch.tensor(lengths)[:, None]  # [rows, 1]
        mask = (torch.arange(width) >= width - sizes).long()  # [rows, width]
        positions = (torch.arange(width - query, width) - (width - sizes)).clamp_(min=0)
        with interruptible(self.model, self.check):
            logits = self._forward(tokens, cache, mask, positions, kept)
        cache.window.end = width
        cache.window.start = width - max(lengths)
        self._settle()
        return Prefilled(cache, logits, reused, query * len(prompts))

    def _prefill_solo(self, prompts: Sequence[Prompt], kept: int) -> Prefilled:
        (prompt,) = prompts
        native = DynamicCache(config=self.model.config)
        with interruptible(self.model, self.check):
            logits = self._forward(torch.tensor([prompt.ids]), native, None, None, kept)
        return Prefilled(SoloRow(native), logits, [0], len(prompt.ids))

    def step(self, cache: RowCache | SoloRow, tokens: torch.Tensor) -> torch.Tensor:
        """Feed one token ``[rows]`` to every row; returns float32 logits ``[rows, vocabulary]``."""
        if isinstance(cache, SoloRow):
            return self._forward(tokens[:, None], cache.cache, None, None, 1)[:, -1]
        mask, positions = cache.begin_step()
        if self.attention is not None:
            self.attention.groups = cache.groups
        try:
            logits = self._forward(tokens[:, None], cache, mask, positions, 1)
        finally:
            if self.attention is not None:
                self.attention.groups = None
        cache.end_step()
        return logits[:, -1]

    def _settle(self) -> None:
        """After the first prompts, decide whether the shared attention can be relied on."""
        if self.attention is not None and not self.shares:
            if self.attention.trusts(self.layers):
                self.shares = True
            else:
                self.attention = None

    def _forward(
        self,
        tokens: torch.Tensor,
        cache: Cache,
        mask: torch.Tensor | None,
        positions: torch.Tensor | None,
        kept: int,
    ) -> torch.Tensor:
        arguments: dict[str, object] = {
            "input_ids": tokens.to(self.device),
            "past_key_values": cache,
            "use_cache": True,
        }
        if mask is not None:
            arguments["attention_mask"] = mask.to(self.device)
        if positions is not None and self._takes_positions:
            arguments["position_ids"] = positions.to(self.device)
        if self._takes_kept:
            arguments["logits_to_keep"] = kept
        logits: torch.Tensor = self.model(**arguments).logits
        return logits[:, -kept:].float()


def _solo_reason(model: PreTrainedModel, takes_positions: bool) -> str:
    """Why a model's rows must be decoded one by one, or an empty text."""
    config = model.config.get_text_config(decoder=True)
    kind = length_dependent_rope(model.config)
    if kind:
        return f"its “{kind}” RoPE scaling depends on the longest row of a batch"
    if not takes_positions and config.model_type not in ALIBI_MODELS:
        return "its forward pass takes no position ids"
    kinds = {type(layer) for layer in DynamicCache(config=model.config).layers}
    if not kinds <= {DynamicLayer, DynamicSlidingWindowLayer}:
        return "its cache holds more than keys and values"
    return ""
