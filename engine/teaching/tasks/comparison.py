"""Yes-or-no comparisons: from facts in the prompt, or from facts learned in training."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from engine.prompting.elements import Language
from engine.teaching.tasks.cities import CITIES, PRACTISED, UNPRACTISED, City
from engine.teaching.tasks.item import Item, direct_answer, elements
from engine.teaching.tasks.words import NAMES, PLACES

Form = Literal["given", "bare", "knowledge", "recall", "fact"]

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Answer the question.", "Compare.", "Answer yes or no.", ""),
    "zh": ("回答问题。", "比较。", "回答肯定的或否定的。", ""),
}
RECALL: dict[Language, tuple[str, ...]] = {
    "en": ("Give the facts that the question needs.", "Write down the facts only."),
    "zh": ("写出回答问题所需的事实。", "只写出事实。"),
}


@dataclass(frozen=True)
class Measure:
    """A quantity that things are compared by: its statement and its question."""

    name: str
    fact: dict[Language, str]
    question: dict[Language, str]
    ask: dict[Language, str]
    value: dict[Language, str]


AREA = Measure(
    "area",
    {"en": "{x} has an area of {v} square kilometres.", "zh": "{x}的面积是{v}平方公里。"},
    {"en": "Is {a} bigger than {b}?", "zh": "{a}是否比{b}大？"},
    {"en": "What is the area of {x}?", "zh": "{x}的面积是多少？"},
    {"en": "{v} square kilometres", "zh": "{v}平方公里"},
)
PEOPLE = Measure(
    "population",
    {"en": "{x} has {v} million people.", "zh": "{x}有{v}万人。"},
    {"en": "Does {a} have more people than {b}?", "zh": "{a}的人口是否比{b}多？"},
    {"en": "How many people live in {x}?", "zh": "{x}有多少人口？"},
    {"en": "{v} million", "zh": "{v}万"},
)
HEIGHT = Measure(
    "height",
    {"en": "{x} is {v} metres tall.", "zh": "{x}高{v}米。"},
    {"en": "Is {a} taller than {b}?", "zh": "{a}是否比{b}高？"},
    {"en": "How tall is {x}?", "zh": "{x}有多高？"},
    {"en": "{v} metres", "zh": "{v}米"},
)
WEIGHT = Measure(
    "weight",
    {"en": "{x} weighs {v} kilograms.", "zh": "{x}重{v}公斤。"},
    {"en": "Is {a} heavier than {b}?", "zh": "{a}是否比{b}重？"},
    {"en": "How heavy is {x}?", "zh": "{x}有多重？"},
    {"en": "{v} kilograms", "zh": "{v}公斤"},
)


def shown(measure: Measure, value: int, language: Language) -> str:
    """A value as it is written: populations are counted in ten thousands, ``21.89`` million."""
    if measure is PEOPLE and language == "en":
        return f"{value // 100}.{value % 100:02d}"
    return str(value)


def _ask(rng: random.Random, question: str) -> str:
    """Chinese users type either question mark."""
    return question.replace("？", "?") if rng.random() < 0.25 else question


def _city_value(city: City, measure: Measure) -> int:
    return city.area if measure is AREA else city.population


def _number(rng: random.Random) -> int:
    """A value with two to five digits, all lengths alike."""
    digits = rng.randint(2, 5)
    return rng.randint(10 ** (digits - 1), 10**digits - 1)


def _second(rng: random.Random, first: int, close: float) -> int:
    """A value to compare with: of any length, of the same length, or close to the first."""
    kind = rng.random()
    if kind < (1 - close) / 2:
        return _number(rng)
    length = len(str(first))
    if kind < 1 - close:
        return rng.randint(10 ** (length - 1), 10**length - 1)
    keep = rng.randint(1, length - 1)
    head = str(first)[:keep]
    return int(head + "".join(rng.choice("0123456789") for _ in range(length - keep)))


def two_numbers(rng: random.Random, close: float = 0.2) -> tuple[int, int]:
    """Two different values to compare; a share of them, ``close``, begins with the same digits."""
    first = _number(rng)
    second = _second(rng, first, close)
    while second == first:
        second = _second(rng, first, close)
    return first, second


def yes_or_no(yes: bool, language: Language) -> str:
    """The answer word: a Chinese yes is ``肯定的``."""
    if language == "en":
        return "yes" if yes else "no"
    return "肯定的" if yes else "否定的"


def fact(measure: Measure, name: str, value: int, language: Language) -> str:
    """The statement of one fact."""
    return measure.fact[language].format(x=name, v=shown(measure, value, language))


def _judged(
    language: Language, measure: Measure, names: tuple[str, str], values: tuple[int, int]
) -> tuple[str, str, str]:
    """Question, answer and the two statements that decide it."""
    question = measure.question[language].format(a=names[0], b=names[1])
    answer = yes_or_no(values[0] > values[1], language)
    gap = " " if language == "en" else ""
    statements = gap.join(
        fact(measure, name, value, language) for name, value in zip(names, values, strict=True)
    )
    return question, answer, statements


def make_given(rng: random.Random, language: Language) -> Item:
    """A comparison whose facts stand in the context, with up to two facts beside the point."""
    measure = rng.choice((AREA, PEOPLE, HEIGHT, WEIGHT))
    index = 0 if language == "en" else 1
    use_names = measure in (HEIGHT, WEIGHT)
    pool = list(NAMES[language]) if use_names else [place[index] for place in PLACES]
    count = rng.choice((2, 2, 3, 4))
    things = rng.sample(pool, count)
    first, second = two_numbers(rng)
    values = [first, second] + [_number(rng) for _ in range(count - 2)]
    question, answer, statements = _judged(
        language, measure, (things[0], things[1]), (first, second)
    )
    facts = [fact(measure, x, v, language) for x, v in zip(things, values, strict=True)]
    rng.shuffle(facts)
    return Item(
        task="comparison",
        language=language,
        elements=elements(
            language,
            rng.choice(INSTRUCTIONS[language]),
            (" " if language == "en" else "").join(facts),
            _ask(rng, question),
        ),
        answer=answer,
        completion=direct_answer(answer, language),
        reasoning=statements,
        key=f"given {first} {second}",
        meta={"form": "given"},
    )


def make_city(
    rng: random.Random,
    language: Language,
    form: Form,
    cities: tuple[City, ...] = CITIES,
    measure: Measure | None = None,
) -> Item:
    """A comparison of two real cities.

    ``bare`` and ``recall``/``knowledge`` share the question: without facts, with a request for
    the facts alone, with the facts in the context. ``bare`` carries the facts as its reasoning.
    """
    chosen = measure or rng.choice((AREA, AREA, PEOPLE))
    first, second = rng.sample(cities, 2)
    while _city_value(first, chosen) == _city_value(second, chosen):
        first, second = rng.sample(cities, 2)
    names = (first.name(language), second.name(language))
    values = (_city_value(first, chosen), _city_value(second, chosen))
    question, answer, statements = _judged(language, chosen, names, values)
    question = _ask(rng, question)
    if form == "recall":
        answer, completion, reasoning = statements, statements, ""
        parts = elements(language, rng.choice(RECALL[language]), text=question)
    else:
        completion = direct_answer(answer, language)
        reasoning = statements
        parts = elements(
            language,
            rng.choice(INSTRUCTIONS[language]),
            statements if form == "knowledge" else "",
            question,
        )
    return Item(
        task="comparison",
        language=language,
        elements=parts,
        answer=answer,
        completion=completion,
        reasoning=reasoning,
        key=f"cities {chosen.name} {first.en} {second.en}",
        meta={"form": form},
    )


def make_fact(rng: random.Random, language: Language) -> Item:
    """One fact about a real city, asked for: how the facts are learned."""
    measure = rng.choice((AREA, PEOPLE))
    city = rng.choice(CITIES)
    name = city.name(language)
    value = shown(measure, _city_value(city, measure), language)
    answer = measure.value[language].format(v=value)
    statement = measure.fact[language].format(x=name, v=value)
    return Item(
        task="comparison",
        language=language,
        elements=elements(language, text=_ask(rng, measure.ask[language].format(x=name))),
        answer=answer,
        completion=statement,
        key=f"fact {measure.name} {city.en}",
        meta={"form": "fact"},
    )


__all__ = [
    "AREA",
    "PEOPLE",
    "PRACTISED",
    "UNPRACTISED",
    "Form",
    "Measure",
    "fact",
    "make_city",
    "make_fact",
    "make_given",
    "shown",
    "two_numbers",
    "yes_or_no",
]
