"""The answer is the label that the model finds likeliest, seen against its own prior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from engine.decoding.records import Generation, with_forced
from engine.errors import PromptError
from engine.evaluation.asking.base import Ask, Asking
from engine.evaluation.asking.labels import (
    best,
    calibrated,
    extraction_of,
    needed_labels,
    scores_of,
    spell,
)
from engine.evaluation.spec import Stage
from engine.models.chat import EncodedPrompt
from engine.prompting.elements import PromptElements
from engine.prompting.template import variables_of

CONTENT_FREE: Final = ("N/A", "")
"""Inputs that say nothing (Zhao et al. 2021); one that leaves the prompt empty is left out."""


def content_free(
    elements: PromptElements, variables: dict[str, str], text: str
) -> tuple[PromptElements, dict[str, str]]:
    """The prompt with `text` in place of what the item brings, or of the whole input."""
    names = variables_of(elements.input) | variables_of(elements.context)
    if not names:
        return replace(elements, input=text), variables
    return elements, {**variables, **dict.fromkeys(names, text)}


class Likelihood(Asking):
    """All labels after the prompt, and after each content-free prompt, in one pass."""

    per_cell: ClassVar[bool] = True

    def begin(self) -> Sequence[Ask]:
        question = self.question
        messages = question.technique.messages(question.elements, question.item.variables)
        own = self.open(messages)
        priors = tuple(self._content_free()) if question.variant.calibrate else ()
        self.prompts = (own, *priors)
        labels = needed_labels(question)
        self.spelled = [
            spell(self.desk.tokenizer, prompt, labels, question) for prompt in self.prompts
        ]
        asks = []
        for prompt, spelled in zip(self.prompts, self.spelled, strict=True):
            self.desk.need_room(len(prompt.ids) + max(map(len, spelled.ids)))
            asks += [Ask(question.keys[0], request) for request in spelled.requests(prompt)]
        return asks

    def _content_free(self) -> Iterator[EncodedPrompt]:
        question = self.question
        for text in CONTENT_FREE:
            elements, variables = content_free(question.elements, question.item.variables, text)
            try:
                messages = question.technique.messages(elements, variables)
            except PromptError:
                continue
            yield self.desk.encoded(messages, question)

    def complete(self, generations: Sequence[Generation]) -> Sequence[Ask]:
        question, variant = self.question, self.question.variant
        count = len(self.spelled[0].labels)
        scored = [
            scores_of(spelled, generations[place * count : (place + 1) * count])
            for place, spelled in enumerate(self.spelled)
        ]
        scores = calibrated(scored[0], scored[1:])
        place = best(scores, per_token=variant.per_token, use_prior=variant.calibrate)
        answer = with_forced(generations[place], 0, self.spelled[0].start)
        found = extraction_of(scores[place].label, answer.text, question.item.expected)
        cell = replace(
            self.opened,
            stages=(
                *self.opened.stages,
                *(
                    Stage("prior", number, prompt.parts, prompt.ids, labels=own)
                    for number, (prompt, own) in enumerate(
                        zip(self.prompts[1:], scored[1:], strict=True)
                    )
                ),
            ),
            labels=scores,
            decided_by="likelihood",
            extractions=(found,),
        )
        self.desk.finish(self.answered(cell, answer))
        return ()
