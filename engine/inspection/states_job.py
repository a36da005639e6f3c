"""The job "compare-attention": the same text under the probe in two states."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from engine.errors import BadSpec
from engine.inspection.inspect_job import capture
from engine.inspection.inspect_spec import InspectSpec
from engine.inspection.states import divergences
from engine.inspection.states_spec import CompareStatesSpec, StatesPair
from engine.inspection.text_spec import TextSpec
from engine.jobs.job import Rest
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.inspection.capture import Capture
    from engine.jobs.job import JobContext
    from engine.models.reference import ModelRef


def run(spec: Spec, ctx: JobContext) -> Rest:
    """Run a `CompareStatesSpec`; publishes each `Capture`. The result is a `StatesPair`.

    Raises:
        BadSpec: The two have other vocabularies, other heads, or no layer in common.
        PromptError: The text cannot be read.
        ModelLoadError: A model cannot be loaded, or has no attention that can be read.
    """
    assert isinstance(spec, CompareStatesSpec)
    with ctx.resources.residency.lease(spec.first, ctx) as loaded:
        words = loaded.tokenizer.get_vocab()
        first = capture(loaded, _asked(spec, spec.first), ctx)
    ctx.partial(first)
    with ctx.resources.residency.lease(spec.second, ctx) as loaded:
        if loaded.tokenizer.get_vocab() != words:
            raise BadSpec(
                f"The model “{spec.second.id}” has another vocabulary than “{spec.first.id}”.",
                "Choose states of one model, or models with the same tokenizer.",
            )
        second = capture(loaded, _same(_asked(spec, spec.second), first), ctx)
    ctx.partial(second)

    def step(share: float) -> None:
        ctx.progress(share, "Comparing the heads")

    # Arrays are all that is left to work on: the model lane need not wait for them.
    return Rest(lambda: StatesPair(first, second, divergences(first, second, step)))


def _same(asked: InspectSpec, first: Capture) -> InspectSpec:
    """The question with the tokens of the first state; a model's own answer among them."""
    if first.encoder_tokens:
        return replace(asked, target_ids=first.ids)
    return replace(asked, ids=first.ids)


def _asked(spec: CompareStatesSpec, ref: ModelRef) -> InspectSpec:
    """The question about one state: everything about the text that both are asked alike."""
    text = {one.name: getattr(spec, one.name) for one in fields(TextSpec)}
    return InspectSpec(model=ref, layers=spec.layers, **text)
