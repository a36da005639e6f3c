"""Retrieval: the passages that the question asks for, in one prompt."""

from __future__ import annotations

from typing import Final

from engine.context.documents.asking import Task
from engine.context.documents.desk import Desk, Outcome

SHORTEST: Final = 24
LONGEST: Final = 256


def retrieval(desk: Desk) -> Outcome:
    """Find the best passages, ask about those that fit; they stand in reading order."""
    room = desk.question_room()
    top = desk.spec.options.top
    library = desk.cut(min(LONGEST, max(SHORTEST, room // top - 1)), room)
    found = desk.searched(library, top)
    chosen = desk.packed([library.passages[one.passage] for one in found], room)
    if len(chosen) < len(found):
        desk.notes.append(f"{len(chosen)} of {len(found)} passages that were found fit the window.")
    numbers = {one.number for one in chosen}
    step = desk.asker.answer(
        Task(desk.asked_about(chosen), tuple(one.number for one in chosen)), desk.most
    )
    cited = tuple(one for one in found if one.passage in numbers)
    return Outcome(step.text, desk.asker.tokens, cited)
