"""Everything in one prompt, where it fits; and its floor, the beginning alone."""

from __future__ import annotations

from collections.abc import Sequence

from engine.context.documents.asking import Task
from engine.context.documents.desk import Desk, Outcome
from engine.context.documents_spec import Passage
from engine.errors import PromptTooLong

PARTS = 8


def whole(desk: Desk) -> Outcome:
    """Ask about all documents at once.

    Raises:
        PromptTooLong: They do not fit.
    """
    room = desk.question_room()
    library = desk.cut(max(16, room // PARTS), room)
    ids = desk.asked([document.text for document in library.documents])
    if len(ids) + desk.most > desk.window:
        raise PromptTooLong(
            f"The documents with the question are {len(ids):,} tokens long; the model reads at "
            f"most {desk.window - desk.most:,}.",
            "Choose another flow.",
        )
    step = desk.asker.answer(Task(ids, tuple(one.number for one in library.passages)), desk.most)
    return Outcome(step.text, desk.asker.tokens)


def beginning(passages: Sequence[Passage], room: int) -> Sequence[Passage]:
    """The first passages up to the one that `room` tokens no longer hold.

    One token more than its own is counted for each, for what stands between them.
    """
    used = 0
    for place, one in enumerate(passages):
        used += one.tokens + 1
        if used > room:
            return passages[:place]
    return passages


def truncate(desk: Desk) -> Outcome:
    """Ask about as much of the beginning as fits; the rest is not read."""
    room = desk.question_room()
    library = desk.cut(max(16, room // PARTS), room)
    chosen = desk.packed(beginning(library.passages, room), room)
    left = len(library.passages) - len(chosen)
    if left:
        desk.notes.append(f"{left} of {len(library.passages)} passages were not read.")
    numbers = tuple(one.number for one in chosen)
    step = desk.asker.answer(Task(desk.asked_about(chosen), numbers), desk.most)
    return Outcome(step.text, desk.asker.tokens)
