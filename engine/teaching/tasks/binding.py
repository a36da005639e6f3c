"""Dense lessons: several questions about one text, and calculations without a story around them."""

from __future__ import annotations

import random

from engine.prompting.elements import Example, Language, PromptElements
from engine.teaching.tasks import key
from engine.teaching.tasks.arithmetic import one_step
from engine.teaching.tasks.comparison import HEIGHT, WEIGHT, fact, two_numbers, yes_or_no
from engine.teaching.tasks.item import Item, direct_answer, elements
from engine.teaching.tasks.words import COLOURS, OBJECTS, article, names, sample

Pairs = list[tuple[str, str]]  # questions and short answers


def _owners(rng: random.Random, language: Language) -> tuple[list[str], Pairs]:
    en = language == "en"
    count = rng.randint(2, 4)
    facts: list[str] = []
    asked: Pairs = []
    rows = zip(
        names(rng, language, count),
        sample(rng, OBJECTS, language, count),
        sample(rng, COLOURS, language, count),
        strict=True,
    )
    for who, thing, colour in rows:
        facts.append(
            f"{who} has {article(colour)} {thing}." if en else f"{who}有一个{colour}的{thing}。"
        )
        asked += [
            (f"Who has the {thing}?" if en else f"谁有{thing}？", who),
            (
                f"What colour is the {thing} of {who}?" if en else f"{who}的{thing}是什么颜色？",
                colour,
            ),
            (f"What does {who} have?" if en else f"{who}有什么？", thing),
        ]
    return facts, asked


def _keys(rng: random.Random, language: Language) -> tuple[list[str], Pairs]:
    en = language == "en"
    facts = [rng.choice(key.FILLER[language]) for _ in range(rng.randint(0, 4))]
    asked: Pairs = []
    for who in names(rng, language, rng.randint(2, 4)):
        secret = key.digits(rng)
        facts.append(f"The key of {who} is {secret}." if en else f"{who}的密码是{secret}。")
        asked.append((f"What is the key of {who}?" if en else f"{who}的密码是多少？", secret))
    return facts, asked


def _sizes(rng: random.Random, language: Language) -> tuple[list[str], Pairs]:
    measure = rng.choice((HEIGHT, WEIGHT))
    values = [*two_numbers(rng), two_numbers(rng)[0]][: rng.randint(2, 3)]
    sizes = dict(zip(names(rng, language, len(values)), values, strict=True))
    asked: Pairs = []
    for first, value in sizes.items():
        own = measure.value[language].format(v=value)
        asked.append((measure.ask[language].format(x=first), own))
        for second, other in sizes.items():
            if value != other:
                question = measure.question[language].format(a=first, b=second)
                asked.append((question, yes_or_no(value > other, language)))
    return [fact(measure, who, value, language) for who, value in sizes.items()], asked


def make_questions(rng: random.Random, language: Language) -> Item:
    """A text and three to five questions about it, as a conversation."""
    facts, asked = rng.choice((_owners, _keys, _sizes))(rng, language)
    rng.shuffle(facts)
    rng.shuffle(asked)
    asked = asked[:5]
    text = (" " if language == "en" else "").join(facts)
    turns = [Example(question, direct_answer(answer, language)) for question, answer in asked]
    turns[0] = Example(f"{text}\n{turns[0].input}", turns[0].output)
    return Item(
        task="drill",
        language=language,
        elements=PromptElements(
            examples=tuple(turns[:-1]), input=turns[-1].input, language=language
        ),
        answer=asked[-1][1],
        completion=turns[-1].output,
        examples_as="turns",
        key=f"questions {text}",
    )


def make_chain(rng: random.Random, language: Language) -> Item:
    """Calculations from left to right, step by step, as in a story without its words."""
    cap, largest = rng.choice(((99, 20), (99, 20), (199, 40)))
    value = first = rng.randint(3, cap // 2)
    stop = ". " if language == "en" else "。"
    written, steps, program = str(first), [], []
    for _ in range(rng.randint(2, 7)):
        kind, n, result = one_step(rng, value, cap, largest)
        written += f" {kind[0]} {n}"
        program.append(f"{kind[0]}{n}")
        steps.append(f"{value} {kind[0]} {n} = {result}")
        value = result
    lead = "From left to right: " if language == "en" else "从左到右："
    reply = stop.join(steps) + stop.strip()
    return Item(
        task="drill",
        language=language,
        elements=elements(language, text=lead + written),
        answer=str(value),
        completion=reply,
        key=f"story {first} {' '.join(program)}",  # a story's numbers are held out here too
    )
