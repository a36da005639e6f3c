"""The job "run-mask": one text under the model's own mask and under another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from engine.decoding.detokenize import Detokenizer
from engine.errors import UnsupportedModel
from engine.evaluation.provenance import provenance_of
from engine.inspection.ablation import NOTHING, compared, replayed
from engine.inspection.changes import change_of
from engine.inspection.continuing import greedy
from engine.inspection.inside_text import text_of
from engine.inspection.mask_cells import leaks, mask_cells
from engine.inspection.mask_hooks import masked
from engine.inspection.masks_spec import MaskResult, MaskSpec
from engine.inspection.reach import trained_length
from engine.inspection.reading import Reading, read
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

TOLERANCE: Final = {torch.float32: 1e-4}  # of the painted own mask, relative
ROUGHER: Final = 1e-2  # in half precision the two kernels differ by some rounding


def run(spec: Spec, ctx: JobContext) -> MaskResult:
    """Run a `MaskSpec`.

    Raises:
        BadSpec: Some token would see nothing, or the text is too long to paint on.
        PromptError: The text cannot be read.
        UnsupportedModel: The model takes no mask of ours.
    """
    assert isinstance(spec, MaskSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        text = text_of(loaded, spec)
        if text.structure == "encoder-decoder":
            raise UnsupportedModel(
                "The masks of an encoder-decoder cannot be changed.",
                "Choose a model with one stack.",
            )
        causal = text.structure == "decoder"
        seen = mask_cells(spec.mask, len(text.ids), causal=causal)
        reading = read(loaded, text, ctx.check)
        error = own_error(reading)
        if error > TOLERANCE.get(loaded.dtype, ROUGHER):
            raise UnsupportedModel(
                f"A “{loaded.model.config.model_type}” does not follow a painted mask exactly "
                f"(error {error:.1e}).",
                "Choose another model, or load it with the attention “eager”.",
            )
        hidden = under(reading, torch.from_numpy(seen))
        before, after, kl = compared(reading, hidden)
        leaking = leaks(seen)
        at = slice(text.at, text.at + 1)
        pieces = Detokenizer(loaded.tokenizer)
        own = other = ""
        if causal and spec.said:
            own = greedy(loaded, text.ids, spec.said, ctx.check)
            other = greedy(loaded, text.ids, spec.said, ctx.check, seen=torch.from_numpy(seen))
        return MaskResult(
            tokens=tuple(pieces.label(token) for token in text.ids),
            at=text.at,
            seen=seen,
            change=change_of(
                reading.recorded.logits,
                reading.head_logits(hidden[:, at], at)[0, 0],
                spec.top,
                pieces,
            ),
            kl=kl,
            loss_before=NOTHING if leaking else before,
            loss_after=NOTHING if leaking else after,
            leaks=leaking,
            own_error=error,
            text_before=own,
            text_after=other,
            provenance=provenance_of(
                loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check
            ),
            trained=trained_length(loaded.model),
        )


def under(reading: Reading, seen: torch.Tensor) -> torch.Tensor:
    """What the last layer gives under a mask, bool ``[tokens, tokens]``."""
    with masked(reading.model, seen):
        return replayed(reading, 0, ())


def own_error(reading: Reading) -> float:
    """How far the model's own mask, painted, is from the model: see `MaskResult.own_error`."""
    count = len(reading.text.ids)
    own = torch.ones((count, count), dtype=torch.bool)
    if reading.text.structure == "decoder":
        own = own.tril()
    hidden = reading.last_hidden
    difference = (under(reading, own) - hidden).abs().max()
    return float(difference / hidden.abs().max())
