"""Texts to train on: a long one whose keys are asked for, and short lessons that keep the rest.

One pass over a long text teaches several answers: the questions about its keys follow one another
as turns of a conversation. Keys are of the teaching world's training split; the probe asks for
held-out ones.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.context.probes.haystack import ASKED, GAP, OWNED
from engine.errors import BadSpec
from engine.prompting.elements import Language
from engine.teaching.chat import BOS, END, ROLE
from engine.teaching.curriculum import lesson
from engine.teaching.tasks.item import LANGUAGES, direct_answer, split_of
from engine.teaching.tasks.key import FILLER, INSTRUCTIONS, digits
from engine.teaching.tasks.words import names
from engine.text_source import TEACHING, TextSource, text_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MOST_KEYS: Final = 8
SHORT: Final = 2
"""Texts with keys beside the long one of a step, log-uniform in length: they teach near distances
at little cost."""


@dataclass(frozen=True)
class Passage:
    """A text to learn from: its tokens, and which of them are predicted."""

    ids: tuple[int, ...]
    scored: tuple[bool, ...]


class Material:
    """An endless, numbered series of texts.

    Args:
        source: Lessons or a file.
        tokenizer: Of the model.
        trained: Its trained length.
        longest: Tokens of the longest text.
        seed: Decides everything.

    Attributes:
        sha256: Of the file's text; empty for lessons.

    Raises:
        DataError: The data set cannot be read.
        BadSpec: The file cannot be read, or is shorter than one long text.
    """

    def __init__(
        self,
        source: TextSource,
        tokenizer: PreTrainedTokenizerBase,
        trained: int,
        longest: int,
        seed: int,
    ) -> None:
        self._tokenizer = tokenizer
        self._trained, self._longest, self._seed = trained, longest, seed
        self._file: list[int] = []
        self.sha256 = ""
        if source.path != TEACHING:
            text, _ = text_of(source)
            self.sha256 = hashlib.sha256(text.encode()).hexdigest()
            self._file = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
            if len(self._file) < longest:
                raise BadSpec(
                    f"The text has {len(self._file)} tokens; the training reads {longest} at once.",
                    "Choose a longer text or a smaller factor.",
                )

    def step(self, number: int, factor: float) -> tuple[Passage, ...]:
        """The texts of one step, up to `factor` times the trained length."""
        rng = random.Random(f"longer|{self._seed}|{number}")
        longest = min(self._longest, round(factor * self._trained))
        if self._file:
            start = rng.randrange(len(self._file) - longest + 1)
            ids = tuple(self._file[start : start + longest])
            return (Passage(ids, (True,) * len(ids)),)
        shortest = self._trained // 4
        lengths = [round(longest * rng.uniform(0.75, 1.0))]
        lengths += [round(shortest * (longest / shortest) ** rng.random()) for _ in range(SHORT)]
        return (*(self._keys(rng, one) for one in lengths), self._lessons(rng, self._trained))

    def _keys(self, rng: random.Random, tokens: int) -> Passage:
        language: Language = rng.choice(LANGUAGES)
        people = names(rng, language, rng.randint(1, MOST_KEYS))
        keys = [_practised(rng) for _ in people]
        sentences = [OWNED[language].format(*pair) for pair in zip(people, keys, strict=True)]
        room = tokens - len(self._ids("".join(sentences))) - 20 * len(people)
        each = len(self._ids(GAP[language].join(FILLER[language]))) / len(FILLER[language])
        text = [rng.choice(FILLER[language]) for _ in range(max(4, int(room / each)))]
        for sentence in sentences:
            text.insert(rng.randrange(len(text) + 1), sentence)
        turns = list(zip(people, keys, strict=True))
        rng.shuffle(turns)
        opening = f"{INSTRUCTIONS[language][1]}\n{GAP[language].join(text)}\n"
        ids = self._ids(BOS + ROLE["user"] + opening)
        scored = [False] * len(ids)
        for place, (person, key) in enumerate(turns):
            lead = ROLE["user"] if place else ""
            asked = self._ids(lead + ASKED[language].format(person) + END + ROLE["assistant"])
            said = self._ids(direct_answer(key, language) + END)
            if place and len(ids) + len(asked) + len(said) > tokens:
                break
            ids += asked + said
            scored += [False] * len(asked) + [True] * len(said)
        return Passage(tuple(ids), tuple(scored))

    def _lessons(self, rng: random.Random, tokens: int) -> Passage:
        ids: list[int] = []
        scored: list[bool] = []
        while len(ids) < tokens:
            one = lesson(rng)
            read = self._tokenizer(
                one.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
            ids += read["input_ids"]
            scored += [
                any(first < end and start < last for first, last in one.scored)
                for start, end in read["offset_mapping"]
            ]
        return Passage(tuple(ids), tuple(scored))

    def _ids(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False)[
            "input_ids"
        ]
        return found


def _practised(rng: random.Random) -> str:
    while True:
        key = digits(rng)
        if split_of(f"key {key}") == "train":
            return key
