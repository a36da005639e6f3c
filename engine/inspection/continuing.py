"""How a text goes on: the likeliest next tokens, one after the other, under whatever is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.decoding.detokenize import Detokenizer
from engine.decoding.interrupt import Check, interruptible, no_check
from engine.decoding.stopping import stop_tokens
from engine.inspection.mask_hooks import masked
from engine.inspection.reach import readable_length
from engine.models.logits import keeps_logits
from engine.models.rotary import preserved

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.cache_utils import DynamicCache

    from engine.models.loaded import LoadedModel


def greedy(
    loaded: LoadedModel,
    ids: tuple[int, ...],
    most: int,
    check: Check = no_check,
    *,
    seen: torch.Tensor | None = None,
) -> str:
    """The text of at most `most` next tokens; it ends at a stop token and where positions end.

    Args:
        loaded: A decoder, perhaps changed while a block lasts.
        ids: The text.
        most: Tokens.
        check: The cancellation point.
        seen: The mask of the text, bool ``[tokens, tokens]``, or None for the model's own; new
            tokens see what its last one sees, and each other.
    """
    model, known = loaded.model, list(ids)
    kept = {"logits_to_keep": 1} if keeps_logits(model) else {}
    stops, limit = stop_tokens(model, loaded.tokenizer), readable_length(model)
    cache = _cache(model)
    fresh, rows = known, seen
    stream = Detokenizer(loaded.tokenizer).stream()
    words: list[str] = []
    with torch.no_grad(), preserved(model), interruptible(model, check):
        for _ in range(most):
            step = torch.tensor([fresh], device=model.device)
            with masked(model, rows):
                logits = model(
                    input_ids=step,
                    attention_mask=step.new_ones((1, len(known))),
                    past_key_values=cache,
                    use_cache=True,
                    **kept,
                ).logits
            token = int(logits[0, -1].argmax())
            if token in stops or (limit is not None and len(known) >= limit):
                break
            words.append(stream.feed(token))
            known.append(token)
            fresh = [token]
            if rows is not None:
                rows = torch.nn.functional.pad(rows[-1:], (0, 1), value=True)
    return "".join([*words, stream.finish()])


def _cache(model: PreTrainedModel) -> DynamicCache:
    """A cache that keeps every column: sliding layers are windowed by the mask, a painted one too.

    Of a model that keeps more than keys and values, its own.
    """
    from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

    own = DynamicCache(config=model.config)
    usual = {type(layer) for layer in own.layers} <= {DynamicLayer, DynamicSlidingWindowLayer}
    return DynamicCache() if usual else own
