"""NBCE's rule for one token: which context decides, and what it says against no context.

Su, "Naive Bayes-based Context Extension" (kexue.fm/archives/9617):

    log p(T | S₁ … Sₙ) = (β + 1) · P[log p(T | S)] − β · log p(T),

where P takes the context whose distribution has the least entropy. The nucleus is cut before
contexts are joined; the context that decided the token before is favoured by a bonus.

Two things are added, both without effect where the formula decides by itself. Cut distributions
of one token have the same entropy, zero: between them the uncut ones decide. And a token that
every context would say by itself is evidence for none of them: it is nobody's, and earns no bonus.

One more thing is ours, not Su's, and off unless it is asked for: a prior. The surest context need
not be the one that the question is about: with several facts of one kind, each context may be sure
of its own. So log p(S | Q), which retrieval estimates, can be weighed against the entropies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch

CLOSE: Final = 1e-6
"""Entropies that differ by less, in nats, are equal."""


@dataclass(frozen=True)
class Rule:
    """Weights of the pooling.

    Attributes:
        beta: β.
        top_p: Of the nucleus; 1 = nothing is cut.
        bonus: Nats taken off the entropy of the context that decided the token before.
        drop_after: Contexts that decided none of so many tokens leave; 0 = none leaves.
        prior: Nats taken off a context's entropy per nat of log p(S | Q); 0 = Su's rule.
    """

    beta: float = 0.25
    top_p: float = 0.95
    bonus: float = 0.1
    drop_after: int = 8
    prior: float = 0.0


@dataclass(frozen=True, eq=False)
class Pooled:
    """What one step gave.

    Attributes:
        scores: float32 ``[vocabulary]``; −inf where the deciding context's nucleus ends.
        winner: The context that decided, counted from 0.
        shared: Every context that is still read would say the same token.
        entropies: Of the cut distributions, in nats, ``[contexts]``.
    """

    scores: torch.Tensor
    winner: int
    shared: bool
    entropies: torch.Tensor


class Pooling:
    """Pools step after step, and remembers who decided.

    Args:
        rule: The weights.
        contexts: How many there are.

    Attributes:
        alive: Whether each context is still read.
        winners: Who decided each token; −1 = all would have said it.
        likely: float32 ``[contexts]``, log p(S | Q) up to a constant; None = all are as likely.
    """

    def __init__(self, rule: Rule, contexts: int) -> None:
        self.rule = rule
        self.alive = [True] * contexts
        self.winners: list[int] = []
        self.entropies: list[float] = []
        self._wins = [0] * contexts
        self._last: int | None = None
        self.likely: torch.Tensor | None = None

    def step(self, logits: torch.Tensor) -> Pooled:
        """Pool a step and take note of it.

        Args:
            logits: ``[1 + contexts, vocabulary]``; row 0 has no context. Rows of contexts that
                have left are not looked at.
        """
        found = pool(logits, self.rule, self.alive, self._last, self.likely)
        self.winners.append(-1 if found.shared else found.winner)
        self.entropies.append(float(found.entropies[found.winner]))
        if not found.shared:
            self._last = found.winner
            self._wins[found.winner] += 1
            if self.rule.drop_after and sum(self._wins) == self.rule.drop_after:
                self.alive = [
                    one and won > 0 for one, won in zip(self.alive, self._wins, strict=True)
                ]
        return found


def pool(
    logits: torch.Tensor,
    rule: Rule,
    alive: list[bool],
    last: int | None,
    likely: torch.Tensor | None = None,
) -> Pooled:
    """Join the contexts' distributions.

    Args:
        logits: ``[1 + contexts, vocabulary]``.
        rule: The weights.
        alive: Which contexts count.
        last: The context that decided before, or None.
        likely: log p(S | Q) of each context up to a constant; None = all are as likely.
    """
    whole = logits.float().log_softmax(-1)
    cut = nucleus(whole, rule.top_p)
    gone = ~torch.tensor(alive, device=logits.device)
    entropies = entropy(cut[1:])
    favoured = entropies.clone()
    if last is not None:
        favoured[last] -= rule.bonus
    if rule.prior and likely is not None:
        favoured = favoured - rule.prior * likely
    favoured = favoured.masked_fill(gone, torch.inf)
    tied = favoured <= favoured.min() + CLOSE
    winner = int(entropy(whole[1:]).masked_fill(~tied, torch.inf).argmin())
    said = whole[1:].argmax(-1)
    shared = len(alive) > 1 and bool((said[~gone] == said[winner]).all())
    best, none = cut[winner + 1], cut[0]
    joined = torch.where(none > -torch.inf, (1 + rule.beta) * best - rule.beta * none, best)
    return Pooled(joined, winner, shared, entropies)


def nucleus(logprobs: torch.Tensor, top_p: float) -> torch.Tensor:
    """−inf where likelier tokens already hold the mass `top_p`; ``[rows, vocabulary]``."""
    if top_p >= 1.0:
        return logprobs
    sorted_, order = logprobs.sort(stable=True, dim=-1, descending=True)
    share = sorted_.exp()
    dropped = share.cumsum(-1) - share >= top_p
    dropped[:, 0] = False
    return logprobs.masked_fill(torch.zeros_like(dropped).scatter(-1, order, dropped), -torch.inf)


def entropy(logprobs: torch.Tensor) -> torch.Tensor:
    """Nats, of log-probabilities that may be cut; ``[rows, vocabulary]`` → ``[rows]``."""
    share = logprobs.exp()
    return -torch.where(share > 0, share * logprobs, torch.zeros_like(share)).sum(-1)
