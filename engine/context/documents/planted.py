"""Planted facts: keys of people in documents of filler, longer together than the window.

In the words of the teaching world, so that a teaching model can answer: what is measured is
whether a flow brings the right passage before the model, not what the model knows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from engine.context.documents_spec import DocumentText
from engine.context.probes.haystack import ASKED, GAP, OWNED
from engine.prompting.elements import Language
from engine.teaching.tasks.item import split_of
from engine.teaching.tasks.key import FILLER, digits
from engine.teaching.tasks.words import names


@dataclass(frozen=True)
class Fact:
    """A planted fact.

    Attributes:
        question: Asks for it.
        answer: The key.
        document: The place of its document.
    """

    question: str
    answer: str
    document: int


@dataclass(frozen=True)
class Planted:
    """Documents with facts in some of them."""

    texts: tuple[DocumentText, ...]
    facts: tuple[Fact, ...]


def plant(language: Language, documents: int, facts: int, sentences: int, seed: int) -> Planted:
    """Hide facts, each in a document of its own, anywhere in it.

    Args:
        language: Of everything.
        documents: How many; at least `facts`.
        facts: Keys of different people, of the teaching world's held-out split.
        sentences: Of filler per document.
        seed: Decides filler, names, keys and places.
    """
    rng = random.Random(f"planted|{language}|{seed}")
    pages = [[rng.choice(FILLER[language]) for _ in range(sentences)] for _ in range(documents)]
    hidden = []
    for person, place in zip(
        names(rng, language, facts), rng.sample(range(documents), facts), strict=True
    ):
        key = _held_out(rng)
        pages[place].insert(rng.randint(0, sentences), OWNED[language].format(person, key))
        hidden.append(Fact(ASKED[language].format(person), key, place))
    texts = tuple(
        DocumentText(f"{number + 1}.txt", GAP[language].join(page))
        for number, page in enumerate(pages)
    )
    return Planted(texts, tuple(hidden))


def _held_out(rng: random.Random) -> str:
    while split_of(f"key {(key := digits(rng))}") != "held-out":
        pass
    return key


def found(answer: str, key: str) -> bool:
    """Whether an answer names a key: all of it, and not as a part of a longer number."""
    place = answer.find(key)
    if place < 0:
        return False
    around = answer[place - 1 : place] + answer[place + len(key) : place + len(key) + 1]
    return not any(one.isdigit() for one in around)
