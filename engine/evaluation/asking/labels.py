"""Likelihoods of candidate answers: which tokens are scored, and the shares that follow.

Every candidate is the forced answer of a row of its own over the prompt's shared prefix, so all
are scored in one forward pass. The shares are calibrated as in Zhao et al. 2021 ("Calibrate
Before Use"): with the mean share ``p_cf`` on content-free inputs, ``W = diag(p_cf)^-1``, ``b = 0``
and ``q = W p``, here normalised to a sum of 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from transformers import PreTrainedTokenizerBase

from engine.decoding.params import Sampling
from engine.decoding.records import Generation
from engine.decoding.request import Request
from engine.errors import PromptError
from engine.evaluation.asking.base import Question
from engine.evaluation.asking.continuation import continuation_ids
from engine.evaluation.extractors.normalise import canonical
from engine.evaluation.scoring import judge
from engine.evaluation.spec import Extraction, LabelScore, LabelShare
from engine.models.chat import EncodedPrompt
from engine.prompting.strategies.label_likelihood import LEAD
from engine.prompting.template import fill

RULE: Final = "label-likelihood"
MOST_FROM_ITEMS: Final = 26
LEAST: Final = 1e-12  # of a prior share, so that dividing by it stays finite


@dataclass(frozen=True)
class Spelled:
    """The candidates as tokens after a prompt.

    Attributes:
        labels: The candidates.
        ids: For each the tokens of the lead and the candidate.
        start: How many of them all candidates share with the lead; they are not scored.
    """

    labels: tuple[str, ...]
    ids: tuple[tuple[int, ...], ...]
    start: int

    def requests(self, prompt: EncodedPrompt) -> list[Request]:
        """One forced row per candidate."""
        return [
            Request(prompt.ids, forced=ids, sampling=Sampling(max_new_tokens=len(ids)))
            for ids in self.ids
        ]


def labels_of(question: Question) -> tuple[str, ...]:
    """The variant's candidates, filled for the item; may be empty."""
    variables = question.item.variables
    filled = (fill(label, variables).strip() for label in question.variant.labels)
    return tuple(dict.fromkeys(label for label in filled if label))


def needed_labels(question: Question) -> tuple[str, ...]:
    """The candidates, else the distinct expected answers of the items.

    Raises:
        PromptError: There are not at least two, or the items' answers are no small closed set.
    """
    labels = labels_of(question)
    if not labels and not question.variant.labels:
        truths = (item.expected for item in question.spec.items)
        labels = tuple(dict.fromkeys(truth for truth in truths if truth))
        if len(labels) > MOST_FROM_ITEMS:
            raise PromptError(
                f"The items have {len(labels)} different answers, too many to be labels.",
                "Name the labels to choose from.",
            )
    if len(labels) < 2:
        raise PromptError(
            "Label likelihood needs at least two labels to choose from.",
            "Name them in the technique's settings.",
        )
    return labels


def spell(
    tokenizer: PreTrainedTokenizerBase,
    prompt: EncodedPrompt,
    labels: Sequence[str],
    question: Question,
) -> Spelled:
    """The candidates as tokens after the lead.

    When one candidate's tokens begin another's (``1`` and ``12``), all get a full stop, because
    the shorter one would else contain the likelihood of the longer one.
    """
    language = question.elements.language
    said = question.variant.answer_trigger
    lead = said.strip() if said else LEAD[language]
    if lead and language == "en" and not tokenizer.chat_template and prompt.text[-1:].strip():
        lead = f" {lead}"
    gap = " " if language == "en" and (lead or not tokenizer.chat_template) else ""

    def ids(end: str) -> tuple[tuple[int, ...], ...]:
        return tuple(
            continuation_ids(tokenizer, prompt.text, f"{lead}{gap}{label}{end}") for label in labels
        )

    spelled = ids("")
    if _one_begins_another(spelled):
        spelled = ids("." if language == "en" else "。")
    shared = continuation_ids(tokenizer, prompt.text, lead) if lead else ()
    start = min(_common(shared, own) for own in spelled)
    return Spelled(tuple(labels), spelled, min(start, min(map(len, spelled)) - 1))


def _one_begins_another(sequences: Sequence[tuple[int, ...]]) -> bool:
    return any(
        len(one) < len(other) and other[: len(one)] == one
        for one in sequences
        for other in sequences
    )


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences share at their beginning."""
    for place, (mine, theirs) in enumerate(zip(first, second, strict=False)):
        if mine != theirs:
            return place
    return min(len(first), len(second))


def scores_of(spelled: Spelled, answers: Sequence[Generation]) -> tuple[LabelScore, ...]:
    """The candidates' log-probabilities and raw shares, from their forced rows."""
    logprobs = [sum(t.logprob for t in one.tokens[spelled.start :]) for one in answers]
    counts = [len(ids) - spelled.start for ids in spelled.ids]
    summed = softmax(logprobs)
    means = softmax([total / count for total, count in zip(logprobs, counts, strict=True)])
    return tuple(
        LabelScore(label, logprob, count, LabelShare(one), LabelShare(mean))
        for label, logprob, count, one, mean in zip(
            spelled.labels, logprobs, counts, summed, means, strict=True
        )
    )


def calibrated(
    scores: Sequence[LabelScore], priors: Sequence[Sequence[LabelScore]]
) -> tuple[LabelScore, ...]:
    """The scores with priors and calibrated shares; as they are when no prior was measured."""
    if not priors:
        return tuple(scores)
    summed = _calibrate([s.summed.raw for s in scores], [[s.summed.raw for s in p] for p in priors])
    means = _calibrate(
        [s.per_token.raw for s in scores], [[s.per_token.raw for s in p] for p in priors]
    )
    return tuple(
        replace(score, summed=one, per_token=mean)
        for score, one, mean in zip(scores, summed, means, strict=True)
    )


def _calibrate(raw: Sequence[float], priors: Sequence[Sequence[float]]) -> list[LabelShare]:
    prior = [sum(column) / len(priors) for column in zip(*priors, strict=True)]
    ratios = [share / max(base, LEAST) for share, base in zip(raw, prior, strict=True)]
    total = sum(ratios)
    return [
        LabelShare(share, base, ratio / total)
        for share, base, ratio in zip(raw, prior, ratios, strict=True)
    ]


def softmax(values: Sequence[float]) -> list[float]:
    """Shares that sum to 1."""
    top = max(values)
    parts = [math.exp(value - top) for value in values]
    return [part / sum(parts) for part in parts]


def share_of(score: LabelScore, *, per_token: bool, use_prior: bool) -> float:
    """The share that decides."""
    share = score.per_token if per_token else score.summed
    return share.calibrated if use_prior and share.calibrated is not None else share.raw


def best(scores: Sequence[LabelScore], *, per_token: bool, use_prior: bool) -> int:
    """Place of the likeliest candidate; the first of equals."""
    shares = [share_of(score, per_token=per_token, use_prior=use_prior) for score in scores]
    return shares.index(max(shares))


def extraction_of(label: str, text: str, expected: str | None) -> Extraction:
    """The chosen candidate as the cell's answer, at its place in the text."""
    start = text.rfind(label)
    end = start + len(label) if start >= 0 else -1
    return judge(Extraction(RULE, canonical(label), start, end), expected)
