"""First the steps, then the answer that they lead to is asked for (Kojima et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from engine.decoding.records import Generation, with_forced
from engine.decoding.request import Request
from engine.errors import EngineError, describe
from engine.evaluation.asking.base import Ask, Question
from engine.evaluation.asking.continuation import continuation_ids
from engine.evaluation.asking.one_sample import OneSample
from engine.evaluation.extractors.normalise import canonical, only_number
from engine.evaluation.extractors.yes_no import polarity
from engine.evaluation.spec import CellResult, CompareSpec, Stage
from engine.prompting.strategies.two_stage import ANSWER_TRIGGERS, AnswerForm

ANSWER_TOKENS: Final = 32
"""Longest answer after the trigger, as in the paper's code."""
FORM_OF_RULE: Final[dict[str, AnswerForm]] = {
    "option-letter": "option",
    "yes-no": "yes-no",
    "last-number": "number",
    "gsm8k-strict": "number",
    "gsm8k-flexible": "number",
}


def answer_form(spec: CompareSpec) -> AnswerForm:
    """The form of the set's answers: from its rule, else from the expected answers."""
    form = FORM_OF_RULE.get(spec.extraction[0]) if spec.extraction else None
    truths = [item.expected for item in spec.items if item.expected is not None]
    if form is not None or not truths:
        return form or "words"
    if all(only_number(truth.rsplit("#### ", 1)[-1]) is not None for truth in truths):
        return "number"
    if all(polarity(canonical(truth)) is not None for truth in truths):
        return "yes-no"
    return "words"


def answer_trigger(question: Question) -> str:
    """The sentence that asks for the answer: the variant's, or the default of form and language."""
    default = ANSWER_TRIGGERS[answer_form(question.spec)][question.elements.language]
    return (question.variant.answer_trigger or default).strip()


class TwoStage(OneSample):
    """The second text goes on from the first: what the cell keeps is one continuous answer."""

    def begin(self) -> Sequence[Ask]:
        self.first: list[Generation] = []
        self.steps: list[Generation] = []
        self.places: list[int] = []  # of the cells that are asked for their answer
        self.forced: dict[int, tuple[int, ...]] = {}  # what asks for it, by place
        return super().begin()

    def heard(self, place: int, ask: Ask, generation: Generation) -> None:
        """Nothing is known before both texts have ended."""

    def complete(self, generations: Sequence[Generation]) -> Sequence[Ask]:
        if self.first:
            for place, answer in zip(self.places, generations, strict=True):
                self._close(place, answer)
            return ()
        self.first = list(generations)
        self.steps = [_without_end(one) for one in generations]
        asks = []
        for place in range(len(self.steps)):
            try:
                asks.append(self._second(place))
            except EngineError as error:  # this one's steps are too long; the others go on
                self.desk.finish(replace(self._begun(place), error=describe(error)))
            else:
                self.places.append(place)
        return asks

    def _second(self, place: int) -> Ask:
        steps, key = self.steps[place], self.question.keys[place]
        lead = answer_trigger(self.question)
        text = f"\n{lead}" if steps.text and not steps.text.endswith("\n") else lead
        forced = continuation_ids(self.desk.tokenizer, steps.text, text) if lead else ()
        ids = (*self.opened.prompt_ids, *(token.id for token in steps.tokens))
        self.desk.need_room(len(ids) + len(forced))
        self.forced[place] = tuple(forced)
        question = self.question
        sampling = replace(question.sampling, max_new_tokens=len(forced) + ANSWER_TOKENS)
        request = Request(ids, f"{question.item.id}\nanswer", key.sample, forced, sampling)
        return Ask(key, request, stream=key)

    def _close(self, place: int, answer: Generation) -> None:
        steps, first = self.steps[place], self.first[place]
        forced = len(self.forced[place])
        said = replace(
            answer,
            text=steps.text + answer.text,
            tokens=steps.tokens + answer.tokens,
            prompt_tokens=first.prompt_tokens,
            reused_tokens=first.reused_tokens,
            first_token_ms=first.first_token_ms,
            total_ms=first.total_ms + answer.total_ms,
            batch_size=max(first.batch_size, answer.batch_size),
        )
        whole = with_forced(said, len(steps.tokens), len(steps.tokens) + forced)
        self.desk.finish(self.answered(self._begun(place), whole))

    def _begun(self, place: int) -> CellResult:
        """The cell with its steps and no answer yet."""
        stage = Stage("steps", 0, self.opened.sent, self.opened.prompt_ids, self.first[place])
        return replace(
            self.opened, key=self.question.keys[place], stages=(*self.opened.stages, stage)
        )


def _without_end(generation: Generation) -> Generation:
    """The steps as they are read on: without the token that ended them, with any stop text."""
    tokens = generation.tokens[:-1] if generation.finish == "stop-token" else generation.tokens
    return replace(generation, tokens=tokens, text="".join(token.text for token in tokens))
