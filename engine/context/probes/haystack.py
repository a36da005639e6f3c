"""Keys hidden in filler: one text with several keys, and a question for each of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import BadSpec
from engine.models.chat import encode
from engine.prompting.elements import Language
from engine.prompting.render import render
from engine.teaching.tasks.item import direct_answer, elements, split_of
from engine.teaching.tasks.key import FILLER, INSTRUCTIONS, digits
from engine.teaching.tasks.words import names

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

OWNED: Final[dict[Language, str]] = {"en": "The key of {} is {}.", "zh": "{}的密码是{}。"}
ASKED: Final[dict[Language, str]] = {"en": "What is the key of {}?", "zh": "{}的密码是多少？"}
GAP: Final[dict[Language, str]] = {"en": " ", "zh": ""}


@dataclass(frozen=True)
class Question:
    """A question about one key.

    Attributes:
        depth: Where its key stands, 0 = start of the text, 1 = end.
        ids: Prompt and answer, from the start of the prompt on.
        digits: Places in `ids` of the tokens that spell the key.
    """

    depth: float
    ids: tuple[int, ...]
    digits: tuple[int, ...]


@dataclass(frozen=True)
class Haystack:
    """A text with keys.

    Attributes:
        questions: One per key, shallowest first.
        shared: Tokens that all their prompts begin with.
    """

    questions: tuple[Question, ...]
    shared: int


def haystack(
    loaded: LoadedModel, tokens: int, needles: int, language: Language, seed: int
) -> Haystack:
    """A text of filler with `needles` keys of different people, as long as fits.

    Args:
        loaded: Whose tokenizer and chat format are used.
        tokens: Most tokens of prompt and answer.
        needles: Keys, at depths (i + ½) / needles.
        language: Of everything.
        seed: Decides filler, names and keys. Keys are of the teaching world's held-out split.

    Raises:
        BadSpec: The keys alone do not fit.
    """
    rng = random.Random(f"haystack|{language}|{seed}")
    people = names(rng, language, needles)
    keys = [_held_out(rng) for _ in people]
    filler = [rng.choice(FILLER[language]) for _ in range(tokens)]
    per_sentence = len(_ids(loaded, GAP[language].join(filler[:64]))) / 64
    count = round(tokens / per_sentence)
    found = _asked(loaded, filler[:count], people, keys, language)
    while (over := _longest(found) - tokens) > 0 or over < -2 * per_sentence:
        step = max(1, int(abs(over) / per_sentence))
        count += -step if over > 0 else step
        if count < needles:
            raise BadSpec(
                f"{needles} keys do not fit into a text of {tokens} tokens.",
                "Hide fewer keys, or choose a longer text.",
            )
        found = _asked(loaded, filler[:count], people, keys, language)
    return Haystack(found, _shared([question.ids for question in found]))


def _asked(
    loaded: LoadedModel, filler: list[str], people: list[str], keys: list[str], language: Language
) -> tuple[Question, ...]:
    text = list(filler)
    depths = [(place + 0.5) / len(people) for place in range(len(people))]
    for person, key, depth in reversed(list(zip(people, keys, depths, strict=True))):
        text.insert(round(depth * len(filler)), OWNED[language].format(person, key))
    whole = GAP[language].join(text)
    found = []
    for person, key, depth in zip(people, keys, depths, strict=True):
        asked = elements(language, INSTRUCTIONS[language][1], whole, ASKED[language].format(person))
        prompt = encode(loaded, render(asked, {}), language).ids
        answer = direct_answer(key, language)
        read = loaded.tokenizer(answer, add_special_tokens=False, return_offsets_mapping=True)
        start = answer.index(key)
        spelled = [
            len(prompt) + place
            for place, (first, last) in enumerate(read["offset_mapping"])
            if first < start + len(key) and last > start
        ]
        found.append(Question(depth, (*prompt, *read["input_ids"]), tuple(spelled)))
    return tuple(found)


def _held_out(rng: random.Random) -> str:
    while True:
        key = digits(rng)
        if split_of(f"key {key}") == "held-out":
            return key


def _ids(loaded: LoadedModel, text: str) -> list[int]:
    found: list[int] = loaded.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return found


def _longest(questions: tuple[Question, ...]) -> int:
    return max(len(question.ids) for question in questions)


def _shared(prompts: list[tuple[int, ...]]) -> int:
    """Tokens that all begin with, less than the shortest."""
    shortest = min(len(ids) for ids in prompts)
    for place in range(shortest - 1):
        if len({ids[place] for ids in prompts}) > 1:
            return place
    return shortest - 1
