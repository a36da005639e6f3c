"""A key hidden in filler: one key, several keys, or a key in one of several documents."""

from __future__ import annotations

import random

from engine.prompting.elements import Language
from engine.teaching.tasks.item import Item, direct_answer, elements
from engine.teaching.tasks.words import names

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Find the key in the text.", "Read the text and answer.", ""),
    "zh": ("在文中找出密码。", "阅读文本并回答。", ""),
}
FILLER: dict[Language, tuple[str, ...]] = {
    "en": (
        "The grass is green.", "The sky is blue.", "The sun is warm.", "The river is long.",
        "Birds sing in the morning.", "We walk to the hill.", "The wind is soft today.",
        "Here we go.", "There and back again.", "The road is quiet.",
    ),
    "zh": (
        "草是绿色的。", "天是蓝色的。", "太阳很温暖。", "河流很长。", "鸟儿在早晨歌唱。",
        "我们走到山上。", "今天的风很轻。", "我们出发了。", "去了又回来。", "道路很安静。",
    ),
}  # fmt: skip


def digits(rng: random.Random) -> str:
    """A key of four or five digits."""
    return "".join(rng.choice("0123456789") for _ in range(rng.choice((4, 5))))


def _filler(rng: random.Random, language: Language, count: int) -> list[str]:
    return [rng.choice(FILLER[language]) for _ in range(count)]


def make(
    rng: random.Random,
    language: Language,
    *,
    sentences: int | None = None,
    depth: float | None = None,
    form: str | None = None,
    longest: int = 54,
) -> Item:
    """A hidden key.

    Args:
        rng: Source of every choice.
        language: ``"en"`` or ``"zh"``.
        sentences: Filler sentences (about six tokens each); log-uniform up to ``longest`` if None.
        depth: Where the key stands, 0 (start) to 1 (end); any if None.
        form: ``"single"``, ``"several"`` or ``"documents"``; any if None.
        longest: Most filler sentences drawn.
    """
    count = sentences if sentences is not None else round(3 * (longest / 3) ** rng.random())
    kind = form or rng.choice(("single", "single", "several", "documents"))
    gap = " " if language == "en" else ""
    secret = digits(rng)
    text = _filler(rng, language, count)
    place = depth if depth is not None else rng.random()
    spot = round(place * len(text))
    if kind == "single":
        text.insert(spot, f"The key is {secret}." if language == "en" else f"密码是{secret}。")
        question = "What is the key?" if language == "en" else "密码是多少？"
    elif kind == "several":
        people = names(rng, language, rng.randint(2, 4))
        owned = "The key of {} is {}." if language == "en" else "{}的密码是{}。"
        for person in people[1:]:
            text.insert(rng.randrange(len(text) + 1), owned.format(person, digits(rng)))
        spot = round(place * len(text))
        text.insert(spot, owned.format(people[0], secret))
        question = f"What is the key of {people[0]}?" if language == "en" else (
            f"{people[0]}的密码是多少？"
        )  # fmt: skip
    else:
        total = rng.randint(2, 4)
        wanted = rng.randrange(total)
        pages = []
        for number in range(total):
            page = _filler(rng, language, max(1, count // total))
            own = secret if number == wanted else digits(rng)
            inside = round(place * len(page)) if number == wanted else rng.randrange(len(page) + 1)
            page.insert(inside, f"The key is {own}." if language == "en" else f"密码是{own}。")
            head = f"Document {number + 1}: " if language == "en" else f"文档{number + 1}："
            pages.append(head + gap.join(page))
        question = (
            f"What is the key in document {wanted + 1}?"
            if language == "en"
            else f"文档{wanted + 1}的密码是多少？"
        )
    context = "\n".join(pages) if kind == "documents" else gap.join(text)
    return Item(
        task="key",
        language=language,
        elements=elements(language, rng.choice(INSTRUCTIONS[language]), context, question),
        answer=secret,
        completion=direct_answer(secret, language),
        key=f"key {secret}",
        meta={"form": kind, "sentences": count, "depth": round(100 * place)},
    )
