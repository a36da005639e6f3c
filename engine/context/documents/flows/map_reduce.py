"""Map-reduce: every passage is asked by itself, the results are joined until one is left."""

from __future__ import annotations

from typing import Final

from engine.context.documents import prompts
from engine.context.documents.asking import Task
from engine.context.documents.desk import Desk, Outcome
from engine.context.documents.splitting.ruler import Ruler
from engine.context.documents_spec import Step

LONGEST: Final = 3072
"""Tokens of a passage: models of any window lose what stands in the middle of longer ones."""


def map_reduce(desk: Desk) -> Outcome:
    """One batch over all passages, then waves that join results while they do not fit together.

    A wave whose results are not shorter than what it read would be repeated without end: then
    joining stops, and every result is cut to its share of the window instead.
    """
    room = desk.room(len(_about(desk, "")))
    library = desk.cut(min(LONGEST, room), room)
    if len(library.passages) == 1:
        only = library.passages[0]
        step = desk.asker.answer(Task(desk.asked_about([only]), (only.number,)), desk.most)
        return Outcome(step.text, desk.asker.tokens)
    tasks = [Task(_about(desk, one.text), (one.number,)) for one in library.passages]
    mapped = desk.asker.wave("map", tasks, desk.most)
    steps = [step for step in mapped if not prompts.passed(step.text)] or mapped
    room = desk.room(len(_joined(desk, [])))
    for wave in range(1, desk.spec.options.rounds + 1):
        if _size(desk, steps) <= room:
            break
        joined = _collapse(desk, steps, room, wave)
        if _size(desk, joined) >= _size(desk, steps):
            desk.notes.append("Joining stopped: the results of a wave were not shorter.")
            steps = min(steps, joined, key=lambda one: _size(desk, one))
            break
        steps = joined
    texts = [step.text for step in steps]
    if _size(desk, steps) > room:
        texts = [_cut(desk, text, room // len(texts) - 1) for text in texts]
        desk.notes.append("Partial results were cut to fit the window.")
    last = Task(_joined(desk, texts), _behind(steps), tuple(step.number for step in steps))
    step = desk.asker.answer(last, desk.most, "reduce")
    return Outcome(step.text, desk.asker.tokens)


def _collapse(desk: Desk, steps: list[Step], room: int, wave: int) -> list[Step]:
    """Join neighbouring results, as many as fit at a time."""
    groups: list[list[Step]] = [[]]
    used = 0
    for step in steps:
        size = _tokens(desk, step.text) + 1
        if groups[-1] and used + size > room:
            groups.append([])
            used = 0
        groups[-1].append(step)
        used += size
    tasks = [
        Task(
            _joined(desk, [step.text for step in group]),
            _behind(group),
            tuple(step.number for step in group),
        )
        for group in groups
    ]
    return desk.asker.wave("collapse", tasks, desk.most, wave)


def _about(desk: Desk, text: str) -> tuple[int, ...]:
    return prompts.asked_of_part(desk.loaded, desk.spec.language, text, desk.spec.question)


def _joined(desk: Desk, texts: list[str]) -> tuple[int, ...]:
    return prompts.combined(desk.loaded, desk.spec.language, texts, desk.spec.question)


def _behind(steps: list[Step]) -> tuple[int, ...]:
    """Passages behind steps, each once."""
    return tuple(dict.fromkeys(number for step in steps for number in step.passages))


def _size(desk: Desk, steps: list[Step]) -> int:
    return sum(_tokens(desk, step.text) + 1 for step in steps)


def _tokens(desk: Desk, text: str) -> int:
    return len(desk.loaded.tokenizer(text, add_special_tokens=False)["input_ids"])


def _cut(desk: Desk, text: str, most: int) -> str:
    """The beginning of a text, at most so many tokens."""
    end = Ruler(desk.loaded.tokenizer, text).furthest(0, max(1, most))
    return text if end is None else text[:end].rstrip()
