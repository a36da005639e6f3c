"""The teaching table: every measure on held-out items, both languages, per model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from scipy.stats import binomtest
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

from engine.prompting.elements import Language
from engine.teaching.evaluate import accuracy, replies
from engine.teaching.measures import EXTRA, HARD, MEASURES
from engine.teaching.scoring import extracted
from engine.teaching.tasks import LANGUAGES, Item
from engine.teaching.tokenizer import load

VOTES = 9
TEMPERATURE = 0.7
SEED = 2024
HARD_TIMES = 2  # a vote gains a few points only; to show them takes more items than the other rows


@dataclass(frozen=True)
class Row:
    """One figure: share of ``n`` items answered rightly."""

    model: str
    language: Language
    name: str
    n: int
    accuracy: float


@dataclass(frozen=True)
class Pair:
    """One sample against the vote of nine on the same items, by the exact McNemar test."""

    model: str
    language: str
    n: int
    better: int
    worse: int
    p_value: float


def mcnemar(single: Sequence[bool], vote: Sequence[bool]) -> tuple[int, int, float]:
    """Items only the vote got, items only the single sample got, exact two-sided p."""
    better = sum(v and not s for s, v in zip(single, vote, strict=True))
    worse = sum(s and not v for s, v in zip(single, vote, strict=True))
    if better + worse == 0:
        return 0, 0, 1.0
    return better, worse, float(binomtest(better, better + worse).pvalue)


def majority(answers: Sequence[str]) -> str:
    """The most frequent answer; of equals, the one that came first."""
    return Counter(answers).most_common(1)[0][0]


def vote_hard(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    items: Sequence[Item],
    language: Language,
) -> tuple[list[bool], list[bool]]:
    """Per item: was the first of nine samples right, was their majority."""
    said = replies(
        model,
        tokenizer,
        [HARD.prompt(item) for item in items],
        longest=HARD.longest,
        temperature=TEMPERATURE,
        samples=VOTES,
        seed=SEED,
    )
    answers = [extracted(text, language) for text in said]
    groups = [answers[start : start + VOTES] for start in range(0, len(answers), VOTES)]
    single = [group[0] == item.answer for group, item in zip(groups, items, strict=True)]
    vote = [majority(group) == item.answer for group, item in zip(groups, items, strict=True)]
    return single, vote


def measure(
    name: str,
    folder: Path,
    n: int,
    say: Callable[[str], None],
    *,
    extra: bool = False,
    hard: bool = True,
) -> tuple[list[Row], list[Pair]]:
    """All rows of one model folder."""
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model.eval()
    tokenizer = load(folder)
    rows: list[Row] = []
    pairs: list[Pair] = []

    def add(language: Language, row: str, share: float, count: int = n) -> None:
        rows.append(Row(name, language, row, count, round(share, 4)))
        say(f"{name} {language} {row}: {100 * share:.1f} %")

    for one in (*MEASURES, *(EXTRA if extra else ())):
        for language in LANGUAGES:
            items = one.items(language, n, SEED)
            add(language, one.name, accuracy(model, tokenizer, one, items))
    if not hard:
        return rows, pairs
    all_single: list[bool] = []
    all_vote: list[bool] = []
    for language in LANGUAGES:
        count = HARD_TIMES * n
        single, vote = vote_hard(model, tokenizer, HARD.items(language, count, SEED), language)
        add(language, "hard-single", sum(single) / count, count)
        add(language, "hard-vote", sum(vote) / count, count)
        pairs.append(Pair(name, language, count, *mcnemar(single, vote)))
        all_single += single
        all_vote += vote
    pairs.append(Pair(name, "both", len(all_single), *mcnemar(all_single, all_vote)))
    return rows, pairs
