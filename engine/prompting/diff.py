"""What changed between two prompts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from engine.prompting.elements import PromptElements

Change = Literal["same", "added", "removed"]
_WORD: Final = re.compile(r"[\u3400-\u9fff]|\{\{.*?\}\}|[^\W\u3400-\u9fff]+|\s+|[^\w\s]")
MOST_WORDS: Final = 20_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text and what happened to it."""

    text: str
    change: Change


@dataclass(frozen=True)
class ElementDiff:
    """One element in both versions.

    Attributes:
        element: ``"system"``, ``"instruction"``, ``"context"``, ``"example"``, ``"input"``,
            ``"output indicator"``.
        number: Of the example, from 1; 0 for the others.
        pieces: The text of both, in order.
    """

    element: str
    number: int
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.change != "same" for piece in self.pieces)


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as stretches that stayed, went (`removed`) or came (`added`)."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        old, new = before.splitlines(True), after.splitlines(True)
    pieces: list[Piece] = []
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(old[a0:a1]), "same"))
            continue
        if a1 > a0:
            pieces.append(Piece("".join(old[a0:a1]), "removed"))
        if b1 > b0:
            pieces.append(Piece("".join(new[b0:b1]), "added"))
    return tuple(pieces)


def prompt_diff(before: PromptElements, after: PromptElements) -> tuple[ElementDiff, ...]:
    """Every element that either version has, in the order in which it is sent."""
    found: dict[tuple[str, int], list[str]] = {}
    for place, texts in enumerate((_texts(before), _texts(after))):
        for key, text in texts:
            found.setdefault(key, ["", ""])[place] = text
    order = {name: at for at, name in enumerate(_ORDER)}
    return tuple(
        ElementDiff(element, number, word_diff(old, new))
        for (element, number), (old, new) in sorted(
            found.items(), key=lambda entry: (order[entry[0][0]], entry[0][1])
        )
    )


_ORDER: Final = ("system", "instruction", "context", "example", "input", "output indicator")


def _texts(elements: PromptElements) -> Iterator[tuple[tuple[str, int], str]]:
    singles = {
        "system": elements.system,
        "instruction": elements.instruction,
        "context": elements.context,
        "input": elements.input,
        "output indicator": elements.output_indicator,
    }
    for name, text in singles.items():
        if text:
            yield (name, 0), text
    for number, one in enumerate(elements.examples, start=1):
        parts = (one.input, one.reasoning, one.output)
        yield ("example", number), "\n".join(part for part in parts if part)
