"""The job "ablate-heads": what a model says without some of its parts.

At the shown token alone the keys and values of the tokens before it are reused, so a key press
costs one token; at every token the layers from the first changed one on run again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from engine.decoding.detokenize import Detokenizer
from engine.evaluation.provenance import provenance_of
from engine.inspection.ablation_spec import AblateResult, AblateSpec, Method, Unit
from engine.inspection.changes import change_of, divergence, losses
from engine.inspection.head_hooks import EVERY, Side, Write
from engine.inspection.inside_text import text_of
from engine.inspection.reach import trained_length
from engine.inspection.reading import Reading, read
from engine.inspection.replay import Output, hidden_of, seen
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from torch import nn

    from engine.jobs.job import JobContext

Float = NDArray[np.float32]
NOTHING: Float = np.zeros(0, np.float32)


def run(spec: Spec, ctx: JobContext) -> AblateResult:
    """Run an `AblateSpec`.

    Raises:
        BadSpec: A layer or head that the model does not have.
        PromptError: The text cannot be read.
        ModelLoadError: The model cannot be loaded, or its parts cannot be found.
    """
    assert isinstance(spec, AblateSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        started = time.perf_counter()
        reading = read(loaded, text_of(loaded, spec), ctx.check)
        at = reading.text.at
        pieces = Detokenizer(loaded.tokenizer)
        before = reading.recorded.logits
        loss_before = loss_after = kl = NOTHING
        if spec.scope == "last":
            after = at_last(reading, spec.units, spec.method)
        else:
            hidden = everywhere(reading, spec.units, spec.method)
            after = reading.head_logits(hidden[:, at : at + 1], slice(at, at + 1))[0, 0]
            loss_before, loss_after, kl = compared(reading, hidden)
        return AblateResult(
            tokens=tuple(pieces.label(token) for token in reading.text.read),
            at=at,
            change=change_of(before, after, spec.top, pieces),
            loss_before=loss_before,
            loss_after=loss_after,
            kl=kl,
            reused=reading.reused,
            seconds=time.perf_counter() - started,
            provenance=provenance_of(
                loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check
            ),
            trained=trained_length(loaded.model),
        )


def writes_for(
    reading: Reading,
    units: Sequence[Unit],
    method: Method,
    rows: slice = EVERY,
    tokens: slice = EVERY,
) -> list[Write]:
    """What is to be overwritten to take the units out.

    Args:
        reading: The model at its text; means are over the tokens of that text.
        units: The parts.
        method: Zeros or means.
        rows, tokens: Where in the batch.

    Raises:
        BadSpec: A layer or head that the model does not have.
    """
    found = []
    for unit in units:
        site = reading.sites.of(unit)
        side: Side = "in" if unit.part == "head" else "out"
        columns = site.columns(unit.head) if unit.part == "head" else EVERY
        value: torch.Tensor | float = 0.0
        if method == "mean":
            value = reading.recorded.means[site.name, side][columns]
        found.append(Write(site.module, side, value, rows, tokens, columns))
    return found


def at_last(reading: Reading, units: Sequence[Unit], method: Method) -> torch.Tensor:
    """Logits ``[vocabulary]`` of the shown token with the units taken out at that token alone."""
    if not units:
        return reading.recorded.logits
    at = reading.text.at
    first = first_changed(reading, units)
    states = reading.recorded.states
    if states is not None and reading.steps:
        outputs = reading.outputs_before(first, 1, slice(at, at + 1))
        writes = writes_for(reading, units, method)
        return reading.forward.step(1, states, writes=writes, outputs=outputs)[0]
    hidden = replayed(reading, first, writes_for(reading, units, method, EVERY, slice(at, at + 1)))
    return reading.head_logits(hidden[:, at : at + 1], slice(at, at + 1))[0, 0]


def everywhere(reading: Reading, units: Sequence[Unit], method: Method) -> torch.Tensor:
    """What the last layer gives without the units at any token, ``[1, tokens, hidden]``."""
    if not units:
        return reading.last_hidden
    return replayed(reading, first_changed(reading, units), writes_for(reading, units, method))


def first_changed(reading: Reading, units: Sequence[Unit]) -> int:
    """Place in running order of the first layer that a unit belongs to."""
    return min(reading.sites.of(unit).order for unit in units)


def replayed(
    reading: Reading,
    first: int,
    writes: Sequence[Write],
    rows: int = 1,
    outputs: dict[nn.Module, Output] | None = None,
) -> torch.Tensor:
    """Run the layers from `first` on; returns what the last one gives ``[rows, tokens, hidden]``.

    Args:
        reading: The model at its text.
        first: Place of the first layer that runs.
        writes: What is overwritten meanwhile.
        rows: Copies of the text.
        outputs: What the layers before return; None = what they gave.
    """
    before = reading.outputs_before(first, rows) if outputs is None else outputs
    taken: list[torch.Tensor] = []

    def take(_layer: nn.Module, output: Output) -> None:
        taken.append(hidden_of(output).clone())

    with seen(reading.layers[-1:], take):
        reading.forward(rows, kept=1, writes=writes, outputs=before)
    return taken[-1]


def compared(reading: Reading, hidden: torch.Tensor) -> tuple[Float, Float, Float]:
    """Losses before and after and KL at each token, of what the last layer gives now.

    The losses of an encoder are empty: its tokens see themselves.
    """
    text = reading.text
    ids = torch.tensor(text.read, device=hidden.device)
    before: list[torch.Tensor] = []
    after: list[torch.Tensor] = []
    moved: list[torch.Tensor] = []
    for part in reading.token_slices(2):
        reading.forward.check()
        old = reading.head_logits(reading.last_hidden[:, part], part)[0]
        new = reading.head_logits(hidden[:, part], part)[0]
        moved.append(divergence(old, new))
        following = ids[part.start + 1 : part.stop + 1]
        before.append(losses(old[: len(following)], following))
        after.append(losses(new[: len(following)], following))
    if text.structure == "encoder":
        return NOTHING, NOTHING, _array(moved)
    return _array(before), _array(after), _array(moved)


def _array(parts: Sequence[torch.Tensor]) -> Float:
    values: Float = torch.cat(list(parts)).float().cpu().numpy()
    return values
