"""The job "logit-lens": the model's own final norm and output head after every layer.

Every layer is made to return the states in question, so the model's own code does the rest and
the last row is its output by construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.decoding.detokenize import Detokenizer
from engine.decoding.measuring import FLOOR
from engine.errors import BadSpec
from engine.evaluation.provenance import provenance_of
from engine.inspection.inside_text import text_of
from engine.inspection.lens_spec import LensResult, LensRow, LensSpec
from engine.inspection.reach import trained_length
from engine.inspection.reading import Reading, read
from engine.inspection.replay import hidden_of
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext


def run(spec: Spec, ctx: JobContext) -> LensResult:
    """Run a `LensSpec`; publishes a `LensRow` per depth.

    Raises:
        BadSpec: A layer that the model does not have.
        PromptError: The text cannot be read.
        ModelLoadError: The model cannot be loaded, or its layers cannot be found.
    """
    assert isinstance(spec, LensSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        reading = read(loaded, text_of(loaded, spec), ctx.check)
        chosen = depths(reading, spec.layers)
        final = final_ids(reading)
        rows = []
        for number, layer in enumerate(chosen, start=1):
            rows.append(row_at(reading, layer, final, spec.top))
            ctx.partial(rows[-1])
            ctx.progress(number / len(chosen), f"Layer {number} of {len(chosen)}")
        pieces = Detokenizer(loaded.tokenizer)
        named = {int(token) for row in rows for token in row.top_ids.flat} | set(final.tolist())
        return LensResult(
            tokens=tuple(pieces.label(token) for token in reading.text.read),
            final_ids=final.cpu().numpy().astype(np.int32),
            rows=tuple(rows),
            names={token: pieces.label(token) for token in sorted(named)},
            layer_count=len(reading.sites.decoder),
            provenance=provenance_of(
                loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check
            ),
            trained=trained_length(loaded.model),
        )


def depths(reading: Reading, layers: tuple[int, ...]) -> list[int]:
    """The depths to show: before the first layer, the chosen ones, after the last.

    Raises:
        BadSpec: There is no such layer.
    """
    count = len(reading.sites.decoder)
    for layer in layers:
        if layer >= count:
            raise BadSpec(
                f"There is no layer {layer}: the model has {count}, from 0.", "Choose one of them."
            )
    wanted = set(layers) or set(range(count))
    return sorted(wanted | {-1, count - 1})


def states_at(reading: Reading, layer: int) -> torch.Tensor:
    """The residual stream after a layer of the last stack (-1 = before the first)."""
    if layer < 0:
        return reading.recorded.embedded
    return hidden_of(reading.recorded.outputs[len(reading.sites.encoder) + layer])


def final_ids(reading: Reading) -> torch.Tensor:
    """What the whole model finds likeliest under each token, int64 ``[tokens]``."""
    hidden = reading.last_hidden
    found = [
        reading.head_logits(hidden[:, part], part)[0].argmax(-1) for part in reading.token_slices(1)
    ]
    return torch.cat(found)


def row_at(reading: Reading, layer: int, final: torch.Tensor, top: int) -> LensRow:
    """The lens at one depth.

    Args:
        reading: The model at its text.
        layer: After which layer; -1 = before the first.
        final: From `final_ids`.
        top: Likeliest tokens per cell.
    """
    hidden, last = states_at(reading, layer), reading.last_hidden
    ids = torch.tensor(reading.text.read, device=hidden.device)
    parts: list[dict[str, torch.Tensor]] = []
    for part in reading.token_slices(3):
        reading.forward.check()
        logits = reading.head_logits(hidden[:, part], part)[0]
        logprobs = torch.log_softmax(logits, -1).clamp(min=FLOOR)
        own = torch.log_softmax(reading.head_logits(last[:, part], part)[0], -1).clamp(min=FLOOR)
        probs = logprobs.exp()
        best = probs.topk(min(top, probs.shape[-1]), dim=-1)
        likeliest = logits.gather(1, final[part][:, None])
        following = ids[part.start + 1 : part.stop + 1]
        parts.append(
            {
                "top_ids": best.indices,
                "top_probs": best.values,
                "final_prob": probs.gather(1, final[part][:, None])[:, 0],
                "final_rank": (logits > likeliest).sum(-1) + 1,
                "next_prob": probs[: len(following)].gather(1, following[:, None])[:, 0],
                "entropy": -(probs * logprobs).sum(-1),
                "kl": (own.exp() * (own - logprobs)).sum(-1).clamp(min=0.0),
            }
        )
    found = {name: torch.cat([one[name] for one in parts]).cpu().numpy() for name in parts[0]}
    if reading.text.structure == "encoder":
        found["next_prob"] = found["next_prob"][:0]
    for name in ("top_ids", "final_rank"):
        found[name] = found[name].astype(np.int32)
    return LensRow(layer=layer, **found)
