"""The job "swap": each answer teacher-forced under each prompt, one forward pass per cell.

All cells of a question share their prompts' beginnings: a prompt is computed once, whatever the
number of answers read after it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from engine.decoding.detokenize import Detokenizer
from engine.errors import BadSpec
from engine.evaluation.evidence.averaging import figure
from engine.evaluation.evidence.cross_spec import (
    CrossCell,
    CrossItem,
    CrossMean,
    CrossResult,
    CrossSpec,
)
from engine.evaluation.evidence.forcing import Pair, divergence, force, said, token_records
from engine.evaluation.evidence.keeping import kept
from engine.evaluation.evidence.questions import (
    Answers,
    answers_for,
    leased,
    measured_on,
    prompt_for,
)
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


@kept
def run(spec: Spec, ctx: JobContext) -> CrossResult:
    """Run a `CrossSpec`; publishes a `CrossItem` per question.

    Raises:
        BadSpec, PromptError: A column cannot be asked, or the answer is not known.
        ModelLoadError: The model cannot be loaded.
    """
    assert isinstance(spec, CrossSpec)
    with leased(spec.compare.models[spec.model], ctx) as loaded:
        return _Crossing(spec, loaded, ctx).run()


class _Crossing:
    def __init__(self, spec: CrossSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.pieces = Detokenizer(loaded.tokenizer)
        self.columns = spec.columns()
        self.expected = spec.answer == "expected"
        self.answers = self.columns[:1] if self.expected else self.columns
        self.prompt_tokens = self.reused_tokens = 0

    def run(self) -> CrossResult:
        """Read every question's answers under every prompt."""
        spec = self.spec
        provenance = measured_on(self.loaded, spec, self.ctx)
        answers = self._answers()
        chosen = spec.answered(*self.answers)
        done: list[CrossItem] = []
        for item in chosen:
            done.append(self._matrix(item, answers))
            self.ctx.partial(done[-1])
            self.ctx.progress(len(done) / len(chosen), f"Question {len(done)} of {len(chosen)}")
        return CrossResult(
            model=spec.compare.models[spec.model].id,
            variants=tuple(variant.label for variant in spec.compare.variants),
            columns=self.columns,
            expected=self.expected,
            items=tuple(done),
            means=self._means(done),
            provenance=provenance,
            prompt_tokens=self.prompt_tokens,
            reused_tokens=self.reused_tokens,
        )

    def _answers(self) -> Answers:
        spec = replace(self.spec, answer=self.spec.source())
        found = answers_for(self.loaded, spec, self.answers, self.ctx)
        empty = [place for place, ids in found.items() if not ids]
        if empty:
            raise BadSpec(
                f"The answer of “{self.spec.compare.variants[empty[0][0]].label}” is empty.",
                "Choose columns that answered.",
            )
        return found

    def _matrix(self, item: int, answers: Answers) -> CrossItem:
        prompts = {
            column: prompt_for(self.loaded, self.spec.compare, column, item).ids
            for column in self.columns
        }
        places = [(prompt, answer) for answer in self.answers for prompt in self.columns]
        pairs = [Pair(prompts[prompt], answers[answer, item]) for prompt, answer in places]
        own: dict[int, torch.Tensor] = {}
        cells: dict[int, CrossCell] = {}

        def take(index: int, logprobs: torch.Tensor) -> None:
            prompt, answer = places[index]
            if prompt == answer:
                own[answer] = logprobs
            cells[index] = self._cell(prompt, answer, pairs[index].answer, logprobs, own[answer])

        home = [index for index, (prompt, answer) in enumerate(places) if prompt == answer]
        stats = force(self.loaded, pairs, take, check=self.ctx.check, first=home)
        self.prompt_tokens += stats.prompt_tokens
        self.reused_tokens += stats.reused_tokens
        return CrossItem(
            item=item,
            item_id=self.spec.compare.items[item].id,
            answers=self.answers,
            cells=tuple(cells[index] for index in range(len(pairs))),
        )

    def _cell(
        self,
        prompt: int,
        answer: int,
        ids: tuple[int, ...],
        logprobs: torch.Tensor,
        own: torch.Tensor,
    ) -> CrossCell:
        differ = (logprobs.argmax(-1) != own.argmax(-1)).nonzero()
        return CrossCell(
            prompt=prompt,
            answer=answer,
            tokens=token_records(logprobs, ids, self.pieces),
            delta=tuple((said(logprobs, ids) - said(own, ids)).tolist()),
            kl=tuple(divergence(own, logprobs).tolist()),
            divergence=int(differ[0]) if len(differ) else None,
        )

    def _means(self, items: list[CrossItem]) -> tuple[CrossMean, ...]:
        return tuple(
            CrossMean(
                prompt,
                answer,
                figure([item.cell(prompt, answer).mean_delta for item in items]),
                figure([item.cell(prompt, answer).mean_kl for item in items]),
            )
            for answer in self.answers
            for prompt in self.columns
        )
