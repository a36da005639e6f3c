"""Refine: passages in order, each one improves the answer so far."""

from __future__ import annotations

from typing import Final

from engine.context.documents import prompts
from engine.context.documents.asking import Task
from engine.context.documents.desk import Desk, Outcome

LONGEST: Final = 3072


def refine(desk: Desk) -> Outcome:
    """Ask about the first passage, then go on with each next one; order is kept, as in a story."""
    spec = desk.spec
    frame = prompts.refined(desk.loaded, spec.language, "", "", spec.question)
    room = desk.room(len(frame), 2 * desk.most)  # the answer so far is read, and written anew
    library = desk.cut(min(LONGEST, room), room)
    so_far = ""
    before: tuple[int, ...] = ()
    step = None
    for number, passage in enumerate(library.passages):
        desk.ctx.progress(number / len(library.passages), "Refining")
        ids = (
            prompts.refined(desk.loaded, spec.language, so_far, passage.text, spec.question)
            if so_far
            else prompts.asked_of_part(desk.loaded, spec.language, passage.text, spec.question)
        )
        task = Task(ids, (passage.number,), before)
        last = number == len(library.passages) - 1
        step = (
            desk.asker.answer(task, desk.most, "refine")
            if last
            else desk.asker.wave("refine", [task], desk.most, number)[0]
        )
        # A step that says nothing, or that its part says nothing, leaves what was known.
        so_far = step.text if step.text and not prompts.passed(step.text) else so_far
        before = (step.number,)
    return Outcome(so_far or (step.text if step else ""), desk.asker.tokens)
