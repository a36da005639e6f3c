"""Reasoning over orders and classes: who comes first or last, and what must hold."""

from __future__ import annotations

import random
from itertools import pairwise

from engine.prompting.elements import Language
from engine.teaching.tasks.item import Item, direct_answer, elements
from engine.teaching.tasks.words import ANIMALS, PLACES, article, names

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Answer the question.", "Draw the conclusion.", ""),
    "zh": ("回答问题。", "得出结论。", ""),
}
_ORDERS: tuple[tuple[str, str, str, str], ...] = (
    # statement and the superlative at the great end, in both languages
    ("{a} is taller than {b}.", "Who is the tallest?", "{a}比{b}高。", "谁最高？"),
    ("{a} is older than {b}.", "Who is the oldest?", "{a}比{b}年长。", "谁最年长？"),
    ("{a} is faster than {b}.", "Who is the fastest?", "{a}比{b}快。", "谁最快？"),
    ("{a} is stronger than {b}.", "Who is the strongest?", "{a}比{b}强壮。", "谁最强壮？"),
)


def make_order(rng: random.Random, language: Language, *, people_count: int = 3) -> Item:
    """Neighbours of a hidden order, shuffled; the question asks for the one at the top."""
    people = names(rng, language, people_count)
    statement, question, zh_statement, zh_question = rng.choice(_ORDERS)
    en = language == "en"
    pattern = statement if en else zh_statement
    pairs = list(pairwise(people))
    told = [pattern.format(a=a, b=b) for a, b in pairs]
    rng.shuffle(told)
    steps = [f"{a} > {b}" for a, b in pairs]
    answer = people[0]
    return Item(
        task="reasoning",
        language=language,
        elements=elements(
            language,
            rng.choice(INSTRUCTIONS[language]),
            text=f"{' '.join(told)} {question}" if en else f"{''.join(told)}{zh_question}",
        ),
        answer=answer,
        completion=direct_answer(answer, language),
        reasoning=" ".join(f"{s}." for s in steps) if en else "".join(f"{s}。" for s in steps),
        key=f"order {' '.join(people)}",
        meta={"people": len(people)},
    )


def make_syllogism(rng: random.Random, language: Language) -> Item:
    """Two rules about where animals live and one fact: what follows?"""
    en = language == "en"
    who = names(rng, language, 1)[0]
    first, second = rng.sample(ANIMALS, 2)
    place, other = rng.sample(PLACES, 2)
    if en:
        told = [
            f"Every {first[0]} lives in {place[0]}.",
            f"Every {second[0]} lives in {other[0]}.",
            f"{who} is {article(first[0])}.",
        ]
        question, answer = f"Where does {who} live?", place[0]
    else:
        told = [
            f"所有的{first[1]}都住在{place[1]}。",
            f"所有的{second[1]}都住在{other[1]}。",
            f"{who}是一只{first[1]}。",
        ]
        question, answer = f"{who}住在哪里？", place[1]
    rng.shuffle(told)
    steps = (
        f"{who} is {article(first[0])}. Every {first[0]} lives in {place[0]}."
        if en
        else f"{who}是一只{first[1]}。所有的{first[1]}都住在{place[1]}。"
    )
    return Item(
        task="reasoning",
        language=language,
        elements=elements(
            language,
            rng.choice(INSTRUCTIONS[language]),
            text=f"{' '.join(told)} {question}" if en else f"{''.join(told)}{question}",
        ),
        answer=answer,
        completion=direct_answer(answer, language),
        reasoning=steps,
        key=f"syllogism {who} {first[0]} {place[0]} {other[0]}",
    )


def make(rng: random.Random, language: Language) -> Item:
    """An order (two times in three) or a syllogism."""
    return (make_order if rng.random() < 2 / 3 else make_syllogism)(rng, language)
