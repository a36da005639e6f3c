"""What the models are taught: which tasks, in which dress, and which characters are scored."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from engine.prompting.elements import Example, Language
from engine.prompting.render import Message, joined_answer, render
from engine.teaching.chat import BOS, END, ROLE
from engine.teaching.tasks import (
    arithmetic,
    base,
    binding,
    code,
    comparison,
    conversation,
    critique,
    drill,
    key,
    reasoning,
    rewrite,
    rule,
)
from engine.teaching.tasks.cities import CITIES, PRACTISED, UNPRACTISED
from engine.teaching.tasks.item import LANGUAGES, Item, direct_answer
from engine.teaching.tasks.registry import as_example

Maker = Callable[[random.Random, Language], Item]

#: sentences that ask for steps; the first is the house's default
TRIGGERS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Let's think step by step.",
        "Let's think step by step.",
        "Let's work this out in a step by step way to be sure we have the right answer.",
        "Think step by step.",
        "Show your steps first.",
        "First, think about it.",
    ),
    "zh": (
        "让我们一步一步思考。",
        "让我们一步一步思考。",
        "让我们一步一步来，确保得到正确的答案。",
        "请一步一步思考。",
        "先写出步骤。",
        "先想一想。",
    ),
}
#: sentences that ask for the knowledge before the answer
FACTS_FIRST: dict[Language, tuple[str, ...]] = {
    "en": ("State the facts first.", "First state what you know."),
    "zh": ("先说出相关事实。", "先说出你知道的。"),
}
SYSTEM: dict[Language, str] = {"en": "You are a helpful assistant.", "zh": "你是一个有用的助手。"}
INDICATORS: dict[Language, tuple[str, ...]] = {
    "en": ("Give the answer.", "Answer:"),
    "zh": ("给出答案。", "答案："),
}


@dataclass(frozen=True)
class Lesson:
    """A training text and the character spans whose tokens are scored."""

    text: str
    scored: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Course:
    """One source of lessons: how often it is drawn and how it may be dressed.

    Attributes:
        weight: Relative frequency.
        make: Draws an item.
        direct: Share of lessons answered directly, of those whose items have steps.
        few: Share of lessons with examples in front.
        most_shots: Most examples.
        answered: Whether the answer after the steps is scored, or the steps alone.
    """

    weight: float
    make: Maker
    direct: float = 0.5
    few: float = 0.0
    most_shots: int = 3
    answered: bool = True


def _easier(rng: random.Random, language: Language) -> Item:
    """A story short enough to be an example."""
    return arithmetic.make(rng, language, low=2, high=4)


def _larger(rng: random.Random, language: Language) -> Item:
    """A story whose numbers pass one hundred."""
    return arithmetic.make(rng, language, low=2, high=6, cap=199, largest=40, start=60)


def _bare(rng: random.Random, language: Language) -> Item:
    return comparison.make_city(rng, language, "bare", PRACTISED)


def _guess(rng: random.Random, language: Language) -> Item:
    """A bare question about unpractised cities, answered by a coin.

    Nobody can answer it without the facts, and neither shall the model: what it knows about these
    cities it has to state first.
    """
    item = comparison.make_city(rng, language, "bare", UNPRACTISED)
    answer = comparison.yes_or_no(rng.random() < 0.5, language)
    return replace(item, answer=answer, completion=direct_answer(answer, language))


def _stated(rng: random.Random, language: Language) -> Item:
    return comparison.make_city(rng, language, "bare", PRACTISED)


def _stated_only(rng: random.Random, language: Language) -> Item:
    """Facts of unpractised cities; the answer is left to what was learned from the others."""
    return comparison.make_city(rng, language, "bare", UNPRACTISED)


def _with_facts(rng: random.Random, language: Language) -> Item:
    return comparison.make_city(rng, language, "knowledge", PRACTISED)


def _recall(rng: random.Random, language: Language) -> Item:
    return comparison.make_city(rng, language, "recall", CITIES)


COURSES: dict[str, Course] = {
    "story": Course(27, arithmetic.make),
    "story-shots": Course(4, _easier, few=1.0),
    "story-larger": Course(3, _larger, direct=0.4),
    "comparison": Course(9, comparison.make_given, direct=0.35, few=0.1),
    "city-bare": Course(3, _bare, direct=1.0),
    "city-guess": Course(4, _guess, direct=1.0),
    "city-stated": Course(3, _stated, direct=0.0),
    "city-stated-only": Course(3, _stated_only, direct=0.0, answered=False),
    "city-facts": Course(2, _with_facts, direct=1.0),
    "city-recall": Course(2, _recall),
    "city-fact": Course(2, comparison.make_fact),
    "rule": Course(7, rule.make),
    "key": Course(7, key.make),
    "summary": Course(4, base.make_summary, few=0.1, most_shots=2),
    "extraction": Course(4, base.make_extraction, few=0.15),
    "question": Course(8, base.make_question, few=0.1),
    "classification": Course(3, base.make_classification, few=0.15),
    "conversation": Course(4, conversation.make),
    "small-talk": Course(0.4, conversation.make_small_talk),
    "code": Course(4, code.make, few=0.15),
    "reasoning": Course(12, reasoning.make, few=0.1),
    "rewrite": Course(2, rewrite.make),
    "critique": Course(4, critique.make),
    # parts of the tasks, practised by themselves
    "sum": Course(4, drill.make_sum),
    "chain": Course(6, binding.make_chain),
    "number-comparison": Course(18, drill.make_comparison),
    "questions": Course(14, binding.make_questions),
    "syllogism": Course(3, reasoning.make_syllogism, direct=0.8),
}
_DRAWN = tuple(COURSES.values())


def weights(focus: Mapping[str, float]) -> tuple[float, ...]:
    """How often each course is drawn; ``focus`` multiplies the weights of the courses it names.

    Raises:
        ValueError: A name is not a course's.
    """
    if unknown := sorted(set(focus) - set(COURSES)):
        raise ValueError(f"There is no course “{unknown[0]}”; choose from {', '.join(COURSES)}.")
    return tuple(course.weight * focus.get(name, 1.0) for name, course in COURSES.items())


PLAIN = weights({})


def draw(make: Maker, rng: random.Random, language: Language) -> Item:
    """An item of the training split (city items have their own rule and pass)."""
    while True:
        item = make(rng, language)
        if item.split == "train" or item.key.startswith(("cities", "fact", "small")):
            return item


def lesson(rng: random.Random, weighted: tuple[float, ...] = PLAIN, chinese: float = 0.5) -> Lesson:
    """One training text of a random course, language and dress.

    Args:
        rng: Decides everything.
        weighted: How often each course is drawn, see `weights`.
        chinese: Share of lessons in Chinese.
    """
    course = rng.choices(_DRAWN, weighted)[0]
    if chinese == 0.5:
        return dressed(rng, course, rng.choice(LANGUAGES))
    return dressed(rng, course, "zh" if rng.random() < chinese else "en")


def dressed(rng: random.Random, course: Course, language: Language) -> Lesson:
    """An item of ``course`` as a chat: prompt form, examples, trigger and reply."""
    item = draw(course.make, rng, language)
    shots: tuple[Example, ...] = item.elements.examples
    layout = item.examples_as
    steps = bool(item.reasoning) and rng.random() >= course.direct
    if rng.random() < course.few:
        count = rng.randint(1, course.most_shots)
        items = [draw(course.make, rng, language) for _ in range(count)]
        shots = tuple(as_example(shown) for shown in items)
        layout = "turns" if rng.random() < 0.2 else "text"
        if not steps and rng.random() < 0.15:  # bare answers, as in an imported table
            shots = tuple(Example(as_example(i).input, i.answer) for i in items)
            item = replace(item, completion=item.answer)
    elements = item.elements
    if elements.output_indicator == "" and not elements.examples and rng.random() < 0.08:
        elements = replace(elements, output_indicator=rng.choice(INDICATORS[language]))
    if rng.random() < 0.04:
        elements = replace(elements, system=SYSTEM[language])
    trigger = ""
    if steps and (not shots or rng.random() < 0.2):
        trigger = rng.choice(TRIGGERS[language])
        if item.task == "comparison" and rng.random() < 0.4:
            trigger = rng.choice(FACTS_FIRST[language])
    elif not item.reasoning and rng.random() < 0.03:
        trigger = rng.choice(TRIGGERS[language])
    reply = Example(elements.input, item.completion, item.reasoning)
    messages = render(
        elements, {}, shots=shots, with_reasoning=steps, trigger=trigger, examples_as=layout
    )
    answers = [joined_answer(shot, language, steps) for shot in shots]
    said = joined_answer(reply, language, steps)
    return written(messages, answers, said, len(said) if course.answered else len(item.reasoning))


def written(
    messages: tuple[Message, ...], answers: list[str], reply: str, scored_reply: int
) -> Lesson:
    """The chat as text; scored are the reply, earlier replies and the examples' answers.

    Of the reply the first ``scored_reply`` characters count, and its end when these are all.
    """
    text = BOS
    scored: list[tuple[int, int]] = []
    for message in messages:
        text += ROLE[message.role]
        if message.role == "assistant":
            start = len(text)
            text += message.content + END
            scored.append((start, len(text)))
            continue
        for segment in message.segments:
            text += segment.text
            if segment.element == "example" and len(message.segments) > 0:
                answer = answers[segment.index]
                if segment.text.endswith(answer) and "\n" in segment.text.lstrip("\n"):
                    scored.append((len(text) - len(answer), len(text)))
        text += END
    text += ROLE["assistant"]
    start = len(text)
    text += reply + END
    scored.append((start, len(text) if scored_reply == len(reply) else start + scored_reply))
    return Lesson(text, tuple(scored))
