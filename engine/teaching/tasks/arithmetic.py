"""Stories whose number changes step by step; the last value is the answer."""

from __future__ import annotations

import random

from engine.prompting.elements import Language
from engine.teaching.tasks.item import Item, direct_answer, elements
from engine.teaching.tasks.words import NAMES, THINGS

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Solve the problem.", "Answer the question.", "Work out the answer.", ""),
    "zh": ("解决这个问题。", "回答问题。", "算出答案。", ""),
}

_SENTENCES: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "+": ("{who} buys {n} more.", "{who} finds {n} more.", "{other} gives {who} {n}."),
        "-": ("{who} gives away {n}.", "{who} loses {n}.", "{who} sells {n}."),
        "*2": ("Then the number doubles.", "{who} doubles them."),
        "*3": ("Then the number triples.", "{who} triples them."),
        "/2": ("{who} gives away half.", "{who} loses half."),
    },
    "zh": {
        "+": ("{who}又买了{n}{m}。", "{who}又找到{n}{m}。", "{other}给了{who}{n}{m}。"),
        "-": ("{who}送出{n}{m}。", "{who}丢了{n}{m}。", "{who}卖了{n}{m}。"),
        "*2": ("然后数量翻倍。", "{who}让数量翻倍。"),
        "*3": ("然后数量变成三倍。", "{who}让数量变成三倍。"),
        "/2": ("{who}送出一半。", "{who}丢了一半。"),
    },
}


def one_step(rng: random.Random, value: int, cap: int, largest: int) -> tuple[str, int, int]:
    """One applicable operation: (sentence kind, operand, new value)."""
    kinds = []
    if value + 2 <= cap:
        kinds += ["+", "+"]
    if value > 3:
        kinds += ["-", "-"]
    if 2 * value <= cap:
        kinds.append("*2")
    if 3 * value <= cap:
        kinds.append("*3")
    if value % 2 == 0 and value >= 6:
        kinds.append("/2")
    kind = rng.choice(kinds)
    if kind == "+":
        n = rng.randint(2, min(largest, cap - value))
        return kind, n, value + n
    if kind == "-":
        n = rng.randint(2, min(largest, value - 1))
        return kind, n, value - n
    if kind == "/2":
        return kind, 2, value // 2
    n = int(kind[1])
    return kind, n, value * n


def make(
    rng: random.Random,
    language: Language,
    *,
    steps: int | None = None,
    low: int = 2,
    high: int = 8,
    cap: int = 99,
    largest: int = 20,
    start: int = 30,
    task: str = "arithmetic",
) -> Item:
    """A story of ``steps`` operations (``low``..``high`` if None), every value in 1..``cap``."""
    count = steps if steps is not None else rng.randint(low, high)
    who, other = rng.sample(NAMES[language], 2)
    thing, zh_thing, measure = rng.choice(THINGS)
    value = first = rng.randint(3, min(start, cap))
    sentences, lines, program = [], [], []
    for _ in range(count):
        kind, n, result = one_step(rng, value, cap, largest)
        template = rng.choice(_SENTENCES[language][kind])
        sentences.append(template.format(who=who, other=other, n=n, m=measure))
        lines.append(f"{value} {kind[0]} {n} = {result}")
        program.append(f"{kind[0]}{n}")
        value = result
    if language == "en":
        text = f"{who} has {first} {thing}. {' '.join(sentences)}"
        text += f" How many {thing} does {who} have?"
        reasoning = " ".join(f"{line}." for line in lines)
    else:
        text = f"{who}有{first}{measure}{zh_thing}。{''.join(sentences)}"
        text += f"{who}现在有多少{measure}{zh_thing}？"
        reasoning = "".join(f"{line}。" for line in lines)
    answer = str(value)
    return Item(
        task=task,
        language=language,
        elements=elements(language, rng.choice(INSTRUCTIONS[language]), text=text),
        answer=answer,
        completion=direct_answer(answer, language),
        reasoning=reasoning,
        key=f"story {first} {' '.join(program)}",
        meta={"steps": count, "start": first},
    )


def make_hard(rng: random.Random, language: Language, **options: int) -> Item:
    """A harder story: more steps than were trained and larger numbers."""
    settings: dict[str, int] = {"low": 7, "high": 8, "cap": 199, "largest": 40, "start": 60}
    settings.update(options)
    return make(rng, language, task="arithmetic-hard", **settings)
