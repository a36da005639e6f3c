"""Small talk over several turns; the last reply needs something said earlier."""

from __future__ import annotations

import random

from engine.prompting.elements import Example, Language, PromptElements
from engine.teaching.tasks.item import Item
from engine.teaching.tasks.words import ANIMALS, COLOURS, FOODS, JOBS, PLACES, names, pick

_TOPICS: dict[str, dict[Language, tuple[str, str, str, str]]] = {
    # what the user says, the reply, the later question, the later reply
    "name": {
        "en": ("My name is {}.", "Nice to meet you, {}.", "What is my name?", "Your name is {}."),
        "zh": ("我叫{}。", "很高兴认识你，{}。", "我叫什么？", "你叫{}。"),
    },
    "food": {
        "en": ("I like {}.", "I like {} too.", "What do I like?", "You like {}."),
        "zh": ("我喜欢{}。", "我也喜欢{}。", "我喜欢什么？", "你喜欢{}。"),
    },
    "place": {
        "en": ("I live in {}.", "{} is nice.", "Where do I live?", "You live in {}."),
        "zh": ("我住在{}。", "{}很好。", "我住在哪里？", "你住在{}。"),
    },
    "job": {
        "en": ("I am a {}.", "A {} works hard.", "What is my job?", "You are a {}."),
        "zh": ("我是{}。", "{}很辛苦。", "我的职业是什么？", "你是{}。"),
    },
    "pet": {
        "en": ("I have a {}.", "A {} is a good friend.", "What pet do I have?", "You have a {}."),
        "zh": ("我养了一只{}。", "{}是好朋友。", "我养了什么？", "你养了{}。"),
    },
    "colour": {
        "en": ("My favourite colour is {}.", "{} is a fine colour.", "What is my favourite colour?",
               "Your favourite colour is {}."),
        "zh": ("我最喜欢的颜色是{}。", "{}很好看。", "我最喜欢什么颜色？", "你最喜欢{}。"),
    },
}  # fmt: skip
_SMALL_TALK: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Hello!", "Hello! How are you?"),
        ("How are you?", "I am fine, thank you."),
        ("Thank you.", "You are welcome."),
        ("Good morning.", "Good morning!"),
    ),
    "zh": (
        ("你好！", "你好！你好吗？"),
        ("你好吗？", "我很好，谢谢。"),
        ("谢谢。", "不客气。"),
        ("早上好。", "早上好！"),
    ),
}


def _value(rng: random.Random, topic: str, language: Language) -> str:
    if topic == "name":
        return names(rng, language, 1)[0]
    pools = {"food": FOODS, "place": PLACES, "job": JOBS, "pet": ANIMALS, "colour": COLOURS}
    return pick(rng, pools[topic], language)


def make(rng: random.Random, language: Language, *, turns: int | None = None) -> Item:
    """A conversation of ``turns`` earlier turns (1..4 if None) and a question about one of them."""
    count = turns if turns is not None else rng.randint(1, 4)
    topics = rng.sample(sorted(_TOPICS), min(count, rng.randint(1, 4)))
    said = [(topic, _value(rng, topic, language)) for topic in topics]
    earlier = []
    for topic, value in said:
        statement, reply, _, _ = _TOPICS[topic][language]
        earlier.append(Example(statement.format(value), reply.format(value)))
    while len(earlier) < count:
        talk = rng.choice(_SMALL_TALK[language])
        earlier.insert(rng.randrange(len(earlier) + 1), Example(*talk))
    topic, value = rng.choice(said)
    _, _, question, reply = _TOPICS[topic][language]
    return Item(
        task="conversation",
        language=language,
        elements=PromptElements(examples=tuple(earlier), input=question, language=language),
        answer=value,
        completion=reply.format(value),
        examples_as="turns",
        key=f"talk {topic} {' '.join(sorted(value for _, value in said))}",
        meta={"turns": count},
    )


def make_small_talk(rng: random.Random, language: Language) -> Item:
    """A greeting and its reply."""
    greeting, reply = rng.choice(_SMALL_TALK[language])
    return Item(
        task="conversation",
        language=language,
        elements=PromptElements(input=greeting, language=language),
        answer=reply,
        completion=reply,
        key="small talk",
    )
