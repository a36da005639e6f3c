"""Gradient × input at the embeddings (Simonyan et al. 2014; Shrikumar et al. 2016), by captum.

A first-order guess of what each token adds to the answer's log-probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch

from engine.decoding.interrupt import Check, interruptible

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def gradient_times_input(
    model: PreTrainedModel, prompt: Sequence[int], answer: Sequence[int], check: Check
) -> torch.Tensor:
    """Per token of prompt and answer, float32 ``[tokens]``, in nats per answer token.

    Args:
        model: In eval mode; its parameters' gradients are left as they are.
        prompt: Token ids.
        answer: Token ids.
        check: The cancellation point.
    """
    from captum.attr import LayerGradientXActivation

    read = torch.tensor([[*prompt, *answer[:-1]]], device=model.device)
    wanted = torch.tensor(list(answer), device=model.device)

    def mean_logprob(ids: torch.Tensor) -> torch.Tensor:
        logits = model(
            input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False
        ).logits  # [1, tokens, vocabulary]
        steps = logits[:, len(prompt) - 1 :].float().log_softmax(-1)
        said: torch.Tensor = steps.gather(-1, wanted[None, :, None]).squeeze(-1)  # [1, answer]
        return said.mean(-1)

    method = LayerGradientXActivation(mean_logprob, model.get_input_embeddings())
    with torch.enable_grad(), interruptible(model, check):
        found = cast(torch.Tensor, method.attribute(read))  # [1, tokens, hidden]
    return found.detach().float().sum(-1)[0]
