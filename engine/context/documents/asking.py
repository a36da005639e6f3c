"""Steps: one batch per wave, each step kept as soon as it ends, the answer told token by token."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.context.documents.ledger import Done, Ledger
from engine.context.documents.streaming import write_on
from engine.context.documents_spec import AnswerToken, Stage, Step
from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.records import Generation, TokenRecord
from engine.decoding.request import Request
from engine.decoding.stats import DecodeStats

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


@dataclass(frozen=True)
class Task:
    """A prompt and what stands behind it.

    Attributes:
        ids: Its tokens.
        passages: Passages in it.
        inputs: Steps whose texts are in it.
    """

    ids: tuple[int, ...]
    passages: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()


class Asker:
    """Asks the model and writes down every step.

    Args:
        loaded: Whom to ask.
        ctx: Is told of steps and tokens; the cancellation point.
        ledger: Keeps finished steps for a later run.

    Attributes:
        steps: What was done so far.
        tokens: Of the last step that was told token by token.
        read: Prompt tokens so far.
        computed: Of those, how many went through the model.
        longest: Tokens of the longest prompt with its answer.
    """

    def __init__(self, loaded: LoadedModel, ctx: JobContext, ledger: Ledger) -> None:
        self.loaded = loaded
        self.ctx = ctx
        self.ledger = ledger
        self.steps: list[Step] = []
        self.tokens: tuple[AnswerToken, ...] = ()
        self.read = 0
        self.computed = 0
        self.longest = 0

    def wave(
        self, stage: Stage, tasks: Sequence[Task], most: int, wave: int = 0, *, told: bool = False
    ) -> list[Step]:
        """Do tasks that do not depend on each other, in one batch.

        Args:
            stage: What they are.
            tasks: In order.
            most: Most new tokens of each.
            wave: Number of the batch within its stage.
            told: Publish the tokens of the (single) task as the answer's.
        """
        first = len(self.steps)
        found: list[Step | None] = [None] * len(tasks)
        for place, task in enumerate(tasks):
            done = self.ledger.known(first + place, task.ids)
            if done is not None:
                found[place] = _step(first + place, stage, wave, task, done, resumed=True)
        missing = [place for place, step in enumerate(found) if step is None]
        heard: list[AnswerToken] = []
        began = time.monotonic()

        def finish(at: int, generation: Generation) -> None:
            place = missing[at]
            spent = time.monotonic() - began
            done = Done(generation.text.strip(), len(generation.tokens), spent)
            self.ledger.keep(first + place, tasks[place].ids, done)
            found[place] = _step(first + place, stage, wave, tasks[place], done)
            left = sum(step is None for step in found)
            self.ctx.progress(None, f"{len(tasks) - left} of {len(tasks)} passages")

        def hear(_at: int, records: tuple[TokenRecord, ...]) -> None:
            for record in records if told else ():
                token = AnswerToken(record.id, record.text, record.logprob, -1, record.entropy)
                heard.append(token)
                self.ctx.partial(token)

        stats = DecodeStats()
        decode(
            self.loaded.model,
            self.loaded.tokenizer,
            [Request(tasks[place].ids) for place in missing],
            Sampling(max_new_tokens=most),
            check=self.ctx.check,
            on_tokens=hear,
            on_finish=finish,
            stats=stats,
            record_top=1,
        )
        steps = [step for step in found if step is not None]
        self._count(steps, stats)
        if told:
            self.tokens = tuple(heard)
        return steps

    def answer(self, task: Task, most: int, stage: Stage = "answer") -> Step:
        """The step whose text is the answer, told token by token."""
        return self.wave(stage, [task], most, told=True)[0]

    def streamed(
        self, stage: Stage, task: Task, most: int, kept: int, window: int, wave: int = 0
    ) -> Step:
        """A step that may go on past the window, told token by token.

        Args:
            stage: What it is.
            task: Its prompt, shorter than the window.
            most: Most new tokens.
            kept: First tokens of the prompt that stay in sight to the end.
            window: Most tokens in sight at once.
            wave: Number of the step within its stage.
        """
        if len(task.ids) + most <= window:
            step = self.wave(stage, [task], most, wave, told=True)[0]
            if step.resumed:
                self.say(step.text)
            return step
        number = len(self.steps)
        done = self.ledger.known(number, task.ids)
        if done is not None:
            step = _past(_step(number, stage, wave, task, done, resumed=True), kept, window)
            self.note_step(step)
            self.say(step.text)
            return step
        began = time.monotonic()
        made = write_on(
            self.loaded.model, self.loaded.tokenizer, task.ids, kept, window, most,
            self.ctx.check, self.ctx.partial,
        )  # fmt: skip
        done = Done(made.text.strip(), len(made.tokens), time.monotonic() - began)
        self.ledger.keep(number, task.ids, done)
        self.tokens = tuple(made.tokens)
        step = _past(_step(number, stage, wave, task, done), kept, window)
        self.note_step(step)
        self.add_cost(step.prompt_tokens, made.computed, made.held)
        return step

    def say(self, text: str) -> None:
        """Tell a piece of the answer that the model does not write now."""
        self.tokens = (AnswerToken(-1, text, 0.0),) if text else ()
        for token in self.tokens:
            self.ctx.partial(token)

    def note_step(self, step: Step) -> None:
        """Write down a step that was done elsewhere."""
        self.steps.append(step)
        self.ctx.partial(step)

    def add_cost(self, read: int, computed: int, longest: int) -> None:
        """Count tokens that were read elsewhere."""
        self.read += read
        self.computed += computed
        self.longest = max(self.longest, longest)

    def _count(self, steps: Sequence[Step], stats: DecodeStats) -> None:
        for step in steps:
            self.note_step(step)
            if not step.resumed:
                self.add_cost(step.prompt_tokens, 0, step.prompt_tokens + step.new_tokens)
        self.computed += stats.computed_tokens


def _past(step: Step, kept: int, window: int) -> Step:
    """With its sinks, if it went on past the window."""
    beyond = step.prompt_tokens + step.new_tokens > window
    return replace(step, sinks=kept) if beyond else step


def _step(
    number: int, stage: Stage, wave: int, task: Task, done: Done, *, resumed: bool = False
) -> Step:
    return Step(
        number=number,
        stage=stage,
        wave=wave,
        passages=task.passages,
        inputs=task.inputs,
        text=done.text,
        prompt_tokens=len(task.ids),
        new_tokens=done.new_tokens,
        seconds=done.seconds,
        resumed=resumed,
    )
