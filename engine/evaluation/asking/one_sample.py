"""Every cell is one answer to the same prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.decoding.records import Generation
from engine.decoding.request import Request
from engine.evaluation.asking.base import Ask, Asking
from engine.evaluation.spec import CellKey


class OneSample(Asking):
    """Samples of one prompt; each closes its own cell as soon as it ends."""

    def begin(self) -> Sequence[Ask]:
        question = self.question
        prompt = self.open(question.technique.messages(question.elements, question.item.variables))
        branch = question.spec.branch
        forced = branch.prefix if branch is not None else ()
        self.desk.need_room(len(prompt.ids) + len(forced))
        return [self.ask(key, prompt.ids, forced) for key in question.keys]

    def ask(self, key: CellKey, ids: tuple[int, ...], forced: tuple[int, ...] = ()) -> Ask:
        """One sample of the prompt."""
        question = self.question
        request = Request(ids, question.item.id, key.sample, forced, question.sampling)
        return Ask(key, request, stream=key)

    def heard(self, place: int, ask: Ask, generation: Generation) -> None:
        self.desk.finish(self.answered(replace(self.opened, key=ask.cell), generation))
