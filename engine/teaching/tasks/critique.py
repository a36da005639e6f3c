"""Why an answer is wrong: the step of a worked story that does not hold."""

from __future__ import annotations

import random
from dataclasses import replace

from engine.prompting.elements import Language
from engine.teaching.tasks import arithmetic
from engine.teaching.tasks.item import Item, elements

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Which step is wrong?", "Find the mistake."),
    "zh": ("哪一步错了？", "找出错误。"),
}


def make(rng: random.Random, language: Language) -> Item:
    """Steps with one wrong result; the reply names the step and puts it right."""
    story = arithmetic.make(rng, language, low=2, high=5)
    stop = ". " if language == "en" else "。"
    lines = [line for line in story.reasoning.rstrip(".。").split(stop) if line]
    wrong = rng.randrange(len(lines))
    right = lines[wrong]
    head, value = right.rsplit(" ", 1)
    slip = rng.choice((-10, -2, -1, 1, 2, 10))
    shown = int(value) + (slip if int(value) + slip >= 0 else abs(slip))
    worked = [f"{head} {shown}" if index == wrong else line for index, line in enumerate(lines)]
    text = stop.join(worked)
    if language == "en":
        reply = f"Step {wrong + 1} is wrong: {right}."
        text = f"{text}."
    else:
        reply = f"第{wrong + 1}步错了：{right}。"
        text = f"{text}。"
    return replace(
        story,
        task="critique",
        elements=elements(language, rng.choice(INSTRUCTIONS[language]), text=text),
        answer=reply,
        completion=reply,
        reasoning="",
        # the story's own key: held-out stories stay out of these lessons too
    )
