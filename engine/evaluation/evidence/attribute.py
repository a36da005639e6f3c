"""The job "which part of the prompt did it": leave-one-out, with attention and gradients beside.

Every shortened prompt of every question goes through one batched reading with shared beginnings;
attention and gradients need a pass of their own per question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import torch

from engine.decoding.detokenize import Detokenizer
from engine.errors import EngineError, ErrorReport
from engine.evaluation.evidence.attention_roll import attention_shares
from engine.evaluation.evidence.attribute_spec import (
    METHODS,
    AttributeSpec,
    Attribution,
    ItemAttribution,
    Method,
    PartAverage,
    PartEffect,
    SkippedMethod,
)
from engine.evaluation.evidence.averaging import figure
from engine.evaluation.evidence.forcing import Pair, force, said, token_records
from engine.evaluation.evidence.gradient_input import gradient_times_input
from engine.evaluation.evidence.keeping import kept
from engine.evaluation.evidence.parts import PartId, parts_of, without
from engine.evaluation.evidence.questions import answers_for, leased, measured_on, prompt_for
from engine.evaluation.evidence.spec import Figure
from engine.evaluation.plan import messages_for, prompt_of
from engine.evaluation.spec import CellKey
from engine.jobs.spec import Spec
from engine.models.chat import EncodedPrompt, encode

if TYPE_CHECKING:
    from engine.decoding.records import TokenRecord
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

TOGETHER: Final = 8  # questions read in one go; each finished group is published


@kept
def run(spec: Spec, ctx: JobContext) -> Attribution:
    """Run an `AttributeSpec`; publishes an `ItemAttribution` per question.

    Raises:
        BadSpec, PromptError: The column cannot be asked, or the answer is not known.
        ModelLoadError: The model cannot be loaded.
    """
    assert isinstance(spec, AttributeSpec)
    with leased(spec.compare.models[spec.model], ctx) as loaded:
        return _Attributing(spec, loaded, ctx).run()


@dataclass
class _Asked:
    """One question while it is measured."""

    item: int
    prompt: EncodedPrompt
    answer: tuple[int, ...]
    texts: dict[PartId, str]
    shortened: dict[PartId, tuple[int, ...]] = field(default_factory=dict)
    errors: dict[PartId, ErrorReport] = field(default_factory=dict)
    records: tuple[TokenRecord, ...] = ()
    lost: dict[PartId, torch.Tensor] = field(default_factory=dict)
    shares: dict[Method, torch.Tensor] = field(default_factory=dict)


class _Attributing:
    def __init__(self, spec: AttributeSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.pieces = Detokenizer(loaded.tokenizer)
        self.skipped: dict[Method, ErrorReport] = {}
        self.prompt_tokens = self.reused_tokens = 0
        self.language = prompt_of(spec.compare, spec.compare.variants[spec.variant]).language

    def run(self) -> Attribution:
        """Measure every question, group by group."""
        spec, column = self.spec, self.spec.variant
        provenance = measured_on(self.loaded, spec, self.ctx)
        answers = answers_for(self.loaded, spec, (column,), self.ctx)
        chosen = spec.answered(column)
        done: list[ItemAttribution] = []
        for start in range(0, len(chosen), TOGETHER):
            group = [
                self._prepared(item, answers[column, item])
                for item in chosen[start : start + TOGETHER]
            ]
            self._leave_out(group)
            for asked in group:
                self._look_inside(asked)
                done.append(self._finished(asked))
                self.ctx.partial(done[-1])
                self.ctx.progress(len(done) / len(chosen), f"Question {len(done)} of {len(chosen)}")
        return Attribution(
            model=spec.compare.models[spec.model].id,
            variant=spec.compare.variants[column].label,
            items=tuple(done),
            averages=averages(tuple(done)),
            skipped=tuple(
                SkippedMethod(name, self.skipped[name]) for name in METHODS if name in self.skipped
            ),
            provenance=provenance,
            prompt_tokens=self.prompt_tokens,
            reused_tokens=self.reused_tokens,
        )

    def _prepared(self, item: int, answer: tuple[int, ...]) -> _Asked:
        compare, column = self.spec.compare, self.spec.variant
        messages = messages_for(compare, CellKey(variant=column, item=item))
        asked = _Asked(
            item, prompt_for(self.loaded, compare, column, item), answer, parts_of(messages)
        )
        if "leave-one-out" not in self.spec.methods:
            return asked
        for part in asked.texts:
            try:
                shorter = without(compare, column, item, part)
                asked.shortened[part] = encode(self.loaded, shorter, self.language).ids
            except EngineError as error:
                asked.errors[part] = error.report()
        return asked

    def _leave_out(self, group: list[_Asked]) -> None:
        """Read each answer after its whole prompt and after each shortened one."""
        whole: dict[int, torch.Tensor] = {}
        places: list[tuple[int, PartId | None]] = []
        pairs: list[Pair] = []
        for number, asked in enumerate(group):
            places.append((number, None))
            pairs.append(Pair(asked.prompt.ids, asked.answer))
            for part, ids in asked.shortened.items():
                places.append((number, part))
                pairs.append(Pair(ids, asked.answer))

        def take(index: int, logprobs: torch.Tensor) -> None:
            number, part = places[index]
            asked = group[number]
            figures = said(logprobs, asked.answer)
            if part is None:
                whole[number] = figures
                asked.records = token_records(logprobs, asked.answer, self.pieces)
            else:
                asked.lost[part] = figures

        stats = force(self.loaded, pairs, take, check=self.ctx.check)
        self.prompt_tokens += stats.prompt_tokens
        self.reused_tokens += stats.reused_tokens
        for number, asked in enumerate(group):
            asked.lost = {part: whole[number] - figures for part, figures in asked.lost.items()}

    def _look_inside(self, asked: _Asked) -> None:
        """Attention and gradients, unless this model does not allow them."""
        if {"attention", "rollout"} & set(self.spec.methods):
            self._try(asked, "attention", self._attention)
        if "gradient" in self.spec.methods:
            self._try(asked, "gradient", self._gradient)

    def _try(self, asked: _Asked, method: Method, measure: Callable[[_Asked], None]) -> None:
        if method in self.skipped:
            return
        try:
            measure(asked)
        except EngineError as error:
            self.skipped[method] = error.report()

    def _attention(self, asked: _Asked) -> None:
        found = attention_shares(self.loaded.model, asked.prompt.ids, asked.answer, self.ctx.check)
        asked.shares["attention"], asked.shares["rollout"] = found.mean, found.rollout

    def _gradient(self, asked: _Asked) -> None:
        asked.shares["gradient"] = gradient_times_input(
            self.loaded.model, asked.prompt.ids, asked.answer, self.ctx.check
        )

    def _finished(self, asked: _Asked) -> ItemAttribution:
        owners = [
            PartId(part.element, part.index) if part.element is not None else None
            for part in (asked.prompt.parts[place] for place in asked.prompt.token_parts)
        ]
        parts = tuple(self._effect(asked, part, owners) for part in asked.texts)
        return ItemAttribution(
            item=asked.item,
            item_id=self.spec.compare.items[asked.item].id,
            answer=asked.records,
            sent=asked.prompt.parts,
            parts=parts,
        )

    def _effect(self, asked: _Asked, part: PartId, owners: Sequence[PartId | None]) -> PartEffect:
        own = [place for place, owner in enumerate(owners) if owner == part]
        lost = asked.lost.get(part)

        def summed(method: Method) -> float | None:
            values = asked.shares.get(method)
            if values is None or method not in self.spec.methods:
                return None
            return float(values[own].sum())

        return PartEffect(
            part,
            asked.texts[part],
            len(own),
            effect=float(lost.mean()) if lost is not None else None,
            per_token=tuple(lost.tolist()) if lost is not None else (),
            attention=summed("attention"),
            rollout=summed("rollout"),
            gradient=summed("gradient"),
            error=asked.errors.get(part),
        )


def averages(items: tuple[ItemAttribution, ...]) -> tuple[PartAverage, ...]:
    """Each part's figures over the questions that have it, in reading order."""
    found: dict[PartId, dict[Method, list[float]]] = {}
    for item in items:
        for effect in item.parts:
            lists = found.setdefault(effect.part, {})
            for method in METHODS:
                value = effect.value(method)
                if value is not None:
                    lists.setdefault(method, []).append(value)
    return tuple(
        PartAverage(
            part,
            effect=_mean(lists, "leave-one-out"),
            attention=_mean(lists, "attention"),
            rollout=_mean(lists, "rollout"),
            gradient=_mean(lists, "gradient"),
        )
        for part, lists in found.items()
    )


def _mean(lists: dict[Method, list[float]], method: Method) -> Figure | None:
    return figure(lists[method]) if method in lists else None
