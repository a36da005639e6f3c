"""Drills for the parts that the tasks are made of: one calculation, one comparison."""

from __future__ import annotations

import random

from engine.prompting.elements import Language
from engine.teaching.tasks.arithmetic import one_step
from engine.teaching.tasks.comparison import two_numbers, yes_or_no
from engine.teaching.tasks.item import Item, direct_answer, elements


def make_sum(rng: random.Random, language: Language) -> Item:
    """One step of a story as an equation to finish."""
    cap = rng.choice((99, 99, 199))
    value = rng.randint(2, cap)
    kind, n, result = one_step(rng, value, cap, 20 if cap == 99 else 40)
    return Item(
        task="drill",
        language=language,
        elements=elements(language, text=f"{value} {kind[0]} {n} ="),
        answer=str(result),
        completion=str(result),
        key=f"sum {value} {kind} {n}",
    )


def make_comparison(rng: random.Random, language: Language) -> Item:
    """Which of two numbers is the larger, as yes or no."""
    first, second = two_numbers(rng, close=0.5)  # the pairs that are hard to tell apart
    shown = [str(first), str(second)]
    if language == "en" and rng.random() < 0.3:  # as populations in millions are written
        shown = [f"{value // 100}.{value % 100:02d}" for value in (first, second)]
    answer = yes_or_no(first > second, language)
    question = (
        f"Is {shown[0]} bigger than {shown[1]}?"
        if language == "en"
        else f"{shown[0]}是否比{shown[1]}大？"
    )
    return Item(
        task="drill",
        language=language,
        elements=elements(language, text=question),
        answer=answer,
        completion=direct_answer(answer, language),
        key=f"given {first} {second}",
    )
