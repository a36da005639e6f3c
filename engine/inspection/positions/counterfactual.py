"""The job "position-swap": a text read with positions told in another way, before and after.

What the text was before the change is kept with the model, so that a slider costs one forward
pass. The model is left bit for bit as it was.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from engine.context.scaling.base import Frequencies, RopeConfig
from engine.context.scaling.live import live_config, live_ropes, preserved, stretched, unrotated
from engine.decoding.detokenize import Detokenizer
from engine.decoding.interrupt import Check, no_check
from engine.errors import BadSpec
from engine.evaluation.provenance import provenance_of
from engine.inspection.ablation import NOTHING, compared, replayed
from engine.inspection.changes import change_of
from engine.inspection.continuing import greedy
from engine.inspection.inside_text import InsideText, text_of
from engine.inspection.positions.alibi import Slopes, released_slopes, textbook_slopes
from engine.inspection.positions.counterfactual_spec import (
    REMOVE,
    CounterfactualResult,
    CounterfactualSpec,
)
from engine.inspection.positions.live_bias import with_alibi, without_alibi
from engine.inspection.reach import trained_length
from engine.inspection.reading import Reading, read
from engine.jobs.spec import Spec
from engine.models.architecture import shape_of
from engine.models.kept import Slot

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


@dataclass(frozen=True, eq=False)
class _Used:
    """What a change amounts to in numbers."""

    inv_freq: Frequencies
    attention: float
    slopes: Slopes


_Key = tuple[tuple[int, ...], int, tuple[str, ...]]
CONTINUED: Final = Slot[tuple[_Key, str]]("continuation")


def run(spec: Spec, ctx: JobContext) -> CounterfactualResult:
    """Run a `CounterfactualSpec`.

    Raises:
        BadSpec: The change does not apply to this model; the message says why.
        PromptError: The text cannot be read.
        ModelLoadError: The model cannot be loaded.
    """
    assert isinstance(spec, CounterfactualSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        origin = provenance_of(loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check)
        return answer(loaded, spec, origin, ctx.check)


def answer(
    loaded: LoadedModel, spec: CounterfactualSpec, provenance: Provenance, check: Check = no_check
) -> CounterfactualResult:
    """The same on a model that is at hand; raises as `run` does."""
    model = loaded.model
    with preserved(model):
        started = time.perf_counter()
        rope = live_config(model) if live_ropes(model) else None
        text = text_of(loaded, spec)
        if spec.new_tokens and text.structure != "decoder":
            raise BadSpec(
                "Only a decoder goes on with a text.", "Ask for 0 new tokens, or choose a decoder."
            )
        length = spec.length or len(text.read) + spec.new_tokens
        with changed(loaded, spec, length):
            pass  # a change that does not apply says so before anything is computed
        reading = read(loaded, text, check)
        before = continued(loaded, text, spec.new_tokens, check)
        with changed(loaded, spec, length) as used:
            hidden = replayed(reading, 0, ())
            after = greedy(loaded, text.ids, spec.new_tokens, check)
        losses = compared(reading, hidden) if spec.losses else (NOTHING, NOTHING, NOTHING)
        pieces = Detokenizer(loaded.tokenizer)
        return CounterfactualResult(
            tokens=tuple(pieces.label(token) for token in text.read),
            at=text.at,
            change=change_of(reading.recorded.logits, _shown(reading, hidden), spec.top, pieces),
            loss_before=losses[0],
            loss_after=losses[1],
            kl=losses[2],
            text_before=before,
            text_after=after,
            rope=rope,
            inv_freq=used.inv_freq,
            attention=used.attention,
            slopes=used.slopes,
            length=length,
            reused=reading.reused,
            seconds=time.perf_counter() - started,
            provenance=provenance,
            trained=trained_length(model),
        )


@contextmanager
def changed(loaded: LoadedModel, spec: CounterfactualSpec, length: int) -> Iterator[_Used]:
    """The model with the spec's change in place, while the block lasts.

    Raises:
        BadSpec: The change does not apply to this model.
    """
    model = loaded.model
    ropes = live_ropes(model)
    used = _Used(
        live_config(model).inv_freq if ropes else np.zeros(0),
        live_config(model).attention if ropes else 1.0,
        np.zeros(0),
    )
    with ExitStack() as stack:
        preset = spec.preset
        if spec.rotation == REMOVE:
            own = stack.enter_context(unrotated(model))
            used = _Used(np.zeros(own.pairs), own.attention, used.slopes)
        elif preset is not None:

            def change(config: RopeConfig) -> tuple[Frequencies, float]:
                return preset.inv_freq(config, spec.factor, length)

            own = stack.enter_context(stretched(model, change))
            used = _Used(*change(own), used.slopes)
        if spec.alibi == "remove":
            stack.enter_context(without_alibi(model))
        elif spec.alibi == "add":
            rule = released_slopes if spec.slopes == "released" else textbook_slopes
            slopes = rule(shape_of(model.config).heads) * spec.strength
            stack.enter_context(with_alibi(model, slopes))
            used = _Used(used.inv_freq, used.attention, slopes)
        yield used


def continued(loaded: LoadedModel, text: InsideText, count: int, check: Check) -> str:
    """The greedy continuation without a change; kept with the model until another is asked for."""
    if not count:
        return ""
    key = (text.ids, count, tuple(loaded.edits))
    known = loaded.kept.get(CONTINUED)
    if known is None or known[0] != key:
        known = (key, greedy(loaded, text.ids, count, check))
        loaded.kept.put(CONTINUED, known, sys.getsizeof(known[1]))
    return known[1]


def _shown(reading: Reading, hidden: torch.Tensor) -> torch.Tensor:
    """Logits ``[vocabulary]`` of the shown token."""
    at = slice(reading.text.at, reading.text.at + 1)
    return reading.head_logits(hidden[:, at], at)[0, 0]
