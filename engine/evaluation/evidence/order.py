"""The job "order": the same questions under each arrangement of the examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import torch

from engine.evaluation.evidence.arrangements import Order, arrangements, possible
from engine.evaluation.evidence.averaging import figure
from engine.evaluation.evidence.forcing import Pair, force, said
from engine.evaluation.evidence.keeping import kept
from engine.evaluation.evidence.order_spec import Arrangement, OrderResult, OrderSpec
from engine.evaluation.evidence.questions import (
    Answers,
    answers_for,
    leased,
    measured_on,
    prompt_for,
)
from engine.evaluation.plan import prompt_of
from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

ROWS_TOGETHER: Final = 64  # readings between two results on screen


@kept
def run(spec: Spec, ctx: JobContext) -> OrderResult:
    """Run an `OrderSpec`; publishes an `Arrangement` as soon as it is read.

    Raises:
        BadSpec, PromptError: The column cannot be asked, or the answer is not known.
        ModelLoadError: The model cannot be loaded.
    """
    assert isinstance(spec, OrderSpec)
    with leased(spec.compare.models[spec.model], ctx) as loaded:
        return _Sweep(spec, loaded, ctx).run()


class _Sweep:
    def __init__(self, spec: OrderSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.items = spec.answered(spec.variant)
        self.prompt_tokens = self.reused_tokens = 0

    def run(self) -> OrderResult:
        """Read the answers under every arrangement, some at a time."""
        spec, shown = self.spec, self.spec.shown()
        provenance = measured_on(self.loaded, spec, self.ctx)
        answers = answers_for(self.loaded, spec, (spec.variant,), self.ctx)
        orders = arrangements(spec.sweep, shown, spec.size, spec.most, spec.seed)
        together = max(1, ROWS_TOGETHER // len(self.items))
        done: list[Arrangement] = []
        for start in range(0, len(orders), together):
            for one in self._read(orders[start : start + together], answers):
                done.append(one)
                self.ctx.partial(one)
            self.ctx.progress(len(done) / len(orders), f"Arrangement {len(done)} of {len(orders)}")
        return OrderResult(
            model=spec.compare.models[spec.model].id,
            variant=spec.compare.variants[spec.variant].label,
            sweep=spec.sweep,
            arrangements=tuple(done),
            possible=possible(spec.sweep, shown, spec.size),
            items=self.items,
            provenance=provenance,
            prompt_tokens=self.prompt_tokens,
            reused_tokens=self.reused_tokens,
        )

    def _read(self, orders: Sequence[Order], answers: Answers) -> list[Arrangement]:
        pairs = []
        for order in orders:
            compare = arranged(self.spec.compare, self.spec.variant, order)
            pairs += [
                Pair(
                    prompt_for(self.loaded, compare, self.spec.variant, item).ids,
                    answers[self.spec.variant, item],
                )
                for item in self.items
            ]
        means = [0.0] * len(pairs)
        likeliest = [False] * len(pairs)

        def take(index: int, logprobs: torch.Tensor) -> None:
            answer = pairs[index].answer
            means[index] = float(said(logprobs, answer).mean())
            likeliest[index] = logprobs.argmax(-1).tolist() == list(answer)

        stats = force(self.loaded, pairs, take, check=self.ctx.check)
        self.prompt_tokens += stats.prompt_tokens
        self.reused_tokens += stats.reused_tokens
        width = len(self.items)
        return [
            Arrangement(
                order,
                figure(means[place : place + width]),
                sum(likeliest[place : place + width]) / width,
                tuple(means[place : place + width]),
            )
            for order, place in zip(orders, range(0, len(pairs), width), strict=True)
        ]


def arranged(compare: CompareSpec, variant: int, order: Order) -> CompareSpec:
    """The comparison with one column's shown examples in another order, or fewer of them."""
    column = compare.variants[variant]
    elements = prompt_of(compare, column)
    shown = elements.examples[: column.shots]
    prompt = replace(elements, examples=tuple(shown[number] for number in order))
    columns = list(compare.variants)
    columns[variant] = replace(column, prompt=prompt, shots=None)
    return replace(compare, variants=tuple(columns))
