"""Teacher forcing: what a model thinks of a given answer, in one forward pass."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from engine.decoding.detokenize import Detokenizer
from engine.decoding.interrupt import Check, interruptible, no_check
from engine.decoding.measuring import measure
from engine.decoding.records import Candidate, TokenRecord
from engine.decoding.stopping import check_length, context_length
from engine.errors import PromptError
from engine.models.logits import keeps_logits


def score(
    model: PreTrainedModel,
    prompt_ids: Sequence[int],
    answer_ids: Sequence[int],
    tokenizer: PreTrainedTokenizerBase | None = None,
    *,
    check: Check = no_check,
    record_top: int = 5,
) -> tuple[TokenRecord, ...]:
    """Log-probability, entropy and likeliest tokens at each token of an answer.

    Args:
        model: A transformers causal language model in eval mode.
        prompt_ids: At least one token.
        answer_ids: The answer to score.
        tokenizer: For the records' texts; without it they are empty.
        check: The cancellation point; may raise.
        record_top: How many of the likeliest tokens each record names.

    Raises:
        PromptError: The prompt has no tokens.
        PromptTooLong: Prompt and answer are longer than the model's window.
    """
    if not prompt_ids:
        raise PromptError("The prompt has no tokens.", "Write something, then run again.")
    if not answer_ids:
        return ()
    check_length(len(prompt_ids) + len(answer_ids), context_length(model))
    device = model.device
    ids = torch.tensor([[*prompt_ids, *answer_ids]], device=device)
    with torch.no_grad(), interruptible(model, check):
        # The mask keeps models that guess sequence borders from position ids from doing so.
        read = {"logits_to_keep": len(answer_ids) + 1} if keeps_logits(model) else {}
        logits = model(
            input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False, **read
        ).logits
    steps = logits[0, -len(answer_ids) - 1 : -1].float()  # [answer, vocabulary]
    figures = measure(steps, torch.tensor(answer_ids, device=steps.device), record_top)
    pieces = Detokenizer(tokenizer) if tokenizer is not None else None
    stream = pieces.stream() if pieces is not None else None
    records = []
    for place, token in enumerate(answer_ids):
        top = zip(figures.top_ids[place], figures.top_logprobs[place], strict=True)
        records.append(
            TokenRecord(
                token,
                stream.feed(token) if stream is not None else "",
                figures.logprobs[place],
                figures.entropies[place],
                tuple(Candidate(i, pieces.label(i) if pieces else "", p) for i, p in top),
            )
        )
    return tuple(records)
