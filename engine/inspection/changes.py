"""Two next-token distributions beside each other: candidates, KL, ranks, losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.decoding.measuring import FLOOR
from engine.inspection.ablation_spec import Change, TokenChange

if TYPE_CHECKING:
    from engine.decoding.detokenize import Detokenizer


def change_of(before: torch.Tensor, after: torch.Tensor, top: int, pieces: Detokenizer) -> Change:
    """How one distribution moved.

    Args:
        before, after: Logits, float32 ``[vocabulary]``.
        top: How many of the likeliest tokens of either to name.
        pieces: For the texts.
    """
    first, second = _logprobs(before), _logprobs(after)
    count = min(top, before.shape[-1])
    named = dict.fromkeys(
        [*first.topk(count).indices.tolist(), *second.topk(count).indices.tolist()]
    )
    ids = sorted(named, key=lambda token: -float(first[token]))
    return Change(
        tokens=tuple(
            TokenChange(
                id=token,
                text=pieces.label(token),
                before=float(first[token].exp()),
                after=float(second[token].exp()),
                logit_delta=float(after[token] - before[token]),
                rank_before=int((before > before[token]).sum()) + 1,
                rank_after=int((after > after[token]).sum()) + 1,
            )
            for token in ids
        ),
        kl=float(divergence(before, after)),
        entropy_before=float(-(first.exp() * first).sum()),
        entropy_after=float(-(second.exp() * second).sum()),
    )


def divergence(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """KL(before ‖ after) in nats of logits ``[..., vocabulary]``."""
    first, second = _logprobs(before), _logprobs(after)
    return (first.exp() * (first - second)).sum(-1).clamp(min=0.0)


def losses(logits: torch.Tensor, following: torch.Tensor) -> torch.Tensor:
    """-log p of the token that follows each place, ``[..., tokens]``; logits one axis more."""
    logprobs = _logprobs(logits)
    return -logprobs.gather(-1, following.unsqueeze(-1)).squeeze(-1)


def _logprobs(logits: torch.Tensor) -> torch.Tensor:
    return torch.log_softmax(logits.float(), dim=-1).clamp(min=FLOOR)
