"""The job "sweep-heads": every part taken out in turn, several at a time as rows of one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import torch

from engine.evaluation.provenance import provenance_of
from engine.inspection.ablation import replayed, writes_for
from engine.inspection.ablation_spec import Unit
from engine.inspection.capture import Role
from engine.inspection.changes import divergence, losses
from engine.inspection.head_hooks import Write
from engine.inspection.inside_text import text_of
from engine.inspection.ranking import HeadRanking, UnitScore
from engine.inspection.reach import trained_length
from engine.inspection.reading import Reading, read
from engine.inspection.sweep_spec import SweepHeadsSpec
from engine.jobs.spec import Spec
from engine.models.architecture import shape_of

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance
    from engine.jobs.job import JobContext

ROLES: Final[tuple[Role, ...]] = ("encoder", "self", "cross")


def run(spec: Spec, ctx: JobContext) -> HeadRanking:
    """Run a `SweepHeadsSpec`; publishes the `HeadRanking` so far after each batch.

    Raises:
        PromptError: The text cannot be read.
        ModelLoadError: The model cannot be loaded, or its heads cannot be found.
    """
    assert isinstance(spec, SweepHeadsSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        reading = read(loaded, text_of(loaded, spec), ctx.check)
        provenance = provenance_of(loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check)
        return _Sweep(spec, reading, provenance, ctx).run()


class _Sweep:
    def __init__(
        self, spec: SweepHeadsSpec, reading: Reading, provenance: Provenance, ctx: JobContext
    ) -> None:
        self.spec = spec
        self.reading = reading
        self.provenance = provenance
        self.ctx = ctx
        self.units = units_of(reading, spec)
        self.baseline = baseline_of(reading) if spec.scope == "all" else None
        self.scores: list[UnitScore] = []

    def run(self) -> HeadRanking:
        spec = self.spec
        for batch in batches(self.reading, self.units, spec):
            score = at_every_token if spec.scope == "all" else at_shown_token
            self.scores += score(self.reading, batch, spec)
            self.ctx.partial(self.ranking())
            done, total = len(self.scores), len(self.units)
            self.ctx.progress(done / total, f"Part {done} of {total}")
        return self.ranking()

    def ranking(self) -> HeadRanking:
        """What is known so far."""
        sites = self.reading.sites
        roles = [role for role in ROLES if sites.heads_of(role)]
        return HeadRanking(
            model=self.spec.model.id,
            method=self.spec.method,
            scope=self.spec.scope,
            measure=self.spec.measure,
            tokens=len(self.reading.text.read),
            baseline=self.baseline,
            layers={role: len(sites.heads_of(role)) for role in roles},
            heads={role: sites.heads_of(role)[0].heads for role in roles},
            kv_heads=shape_of(self.reading.model.config).kv_heads,
            planned=len(self.units),
            scores=tuple(self.scores),
            provenance=self.provenance,
            trained=trained_length(self.reading.model),
            counted=int(predicting(self.reading)[:-1].sum()),
        )


def units_of(reading: Reading, spec: SweepHeadsSpec) -> list[Unit]:
    """The parts to be measured, layer by layer in running order."""
    sites, roles = reading.sites, spec.roles or ROLES
    found: list[tuple[int, Unit]] = []
    for site in sites.attention:
        if site.role not in roles:
            continue
        if "head" in spec.parts:
            found += [
                (site.order, Unit(site.layer, head, "head", site.role))
                for head in range(site.heads)
            ]
        if "attention" in spec.parts:
            found.append((site.order, Unit(site.layer, 0, "attention", site.role)))
    if "mlp" in spec.parts:
        found += [
            (site.order, Unit(site.layer, 0, "mlp", site.role))
            for site in sites.mlp
            if site.role in roles
        ]
    return [unit for _, unit in sorted(found, key=lambda pair: pair[0])]


def batches(reading: Reading, units: Sequence[Unit], spec: SweepHeadsSpec) -> Iterator[list[Unit]]:
    """Parts that are measured together: of one layer, or any when only one token is computed."""
    length = len(reading.text.read) if spec.scope == "all" or not reading.steps else 1
    most = reading.rows_at_once(length)
    batch: list[Unit] = []
    for unit in units:
        together = length == 1 or not batch or _order(reading, unit) == _order(reading, batch[0])
        if len(batch) >= most or not together:
            yield batch
            batch = []
        batch.append(unit)
    if batch:
        yield batch


def at_every_token(
    reading: Reading, batch: Sequence[Unit], spec: SweepHeadsSpec
) -> list[UnitScore]:
    """Each part of the batch taken out everywhere, one per row."""
    hidden = replayed(reading, _first(reading, batch), _writes(reading, batch, spec), len(batch))
    ids = torch.tensor(reading.text.read, device=hidden.device)
    at, places = reading.text.at, predicting(reading)
    rose = torch.zeros(len(batch), device=hidden.device)
    moved, shown = torch.zeros_like(rose), torch.zeros_like(rose)
    changed = torch.zeros(len(batch), dtype=torch.bool)
    for part in reading.token_slices(len(batch) + 1):
        reading.forward.check()
        old = reading.head_logits(reading.last_hidden[:, part], part)
        new = reading.head_logits(hidden[:, part], part)
        kl = divergence(old, new)  # [rows, tokens]
        following = ids[part.start + 1 : part.stop + 1].expand(len(batch), -1)
        known = following.shape[1]
        counted = places[part.start : part.start + known]  # those that predict a counted token
        rose += losses(new[:, :known], following)[:, counted].sum(-1)
        rose -= losses(old[:, :known], following[:1])[:, counted].sum(-1)
        moved += kl[:, places[part]].sum(-1)
        if part.start <= at < part.stop:
            place = at - part.start
            shown = kl[:, place]
            changed = new[:, place].argmax(-1) != old[:, place].argmax(-1)
    count = int(places.sum())
    counted_losses = int(places[:-1].sum())
    has_loss = reading.text.structure != "encoder" and counted_losses > 0
    return [
        UnitScore(
            unit,
            float(rose[row]) / counted_losses if has_loss else None,
            float(moved[row]) / count,
            float(shown[row]),
            bool(changed[row]),
        )
        for row, unit in enumerate(batch)
    ]


def at_shown_token(
    reading: Reading, batch: Sequence[Unit], spec: SweepHeadsSpec
) -> list[UnitScore]:
    """Each part of the batch taken out at the shown token alone, one per row."""
    rows, at = len(batch), reading.text.at
    first, states = _first(reading, batch), reading.recorded.states
    if reading.steps and states is not None:
        last = slice(at, at + 1)
        outputs = reading.outputs_before(first, rows, last)
        writes = _writes(reading, batch, spec)
        new = reading.forward.step(rows, states, writes=writes, outputs=outputs)
    else:
        writes = _writes(reading, batch, spec, slice(at, at + 1))
        hidden = replayed(reading, first, writes, rows)
        new = reading.head_logits(hidden[:, at : at + 1], slice(at, at + 1))[:, 0]
    old = reading.recorded.logits
    kl = divergence(old, new)
    changed = new.argmax(-1) != old.argmax(-1)
    return [
        UnitScore(unit, None, float(kl[row]), float(kl[row]), bool(changed[row]))
        for row, unit in enumerate(batch)
    ]


def baseline_of(reading: Reading) -> float | None:
    """Mean loss of the text as it is, nats per token; None where there is none."""
    text, places = reading.text, predicting(reading)
    if text.structure == "encoder" or not places[:-1].any():
        return None
    ids = torch.tensor(text.read, device=reading.last_hidden.device)
    total = 0.0
    for part in reading.token_slices(1):
        logits = reading.head_logits(reading.last_hidden[:, part], part)[0]
        following = ids[part.start + 1 : part.stop + 1]
        counted = places[part.start : part.start + len(following)]
        total += float(losses(logits[: len(following)], following)[counted].sum())
    return total / int(places[:-1].sum())


def predicting(reading: Reading) -> torch.Tensor:
    """Tokens whose prediction counts: all, or those before each token of an answer; bool."""
    count, since = len(reading.text.read), reading.text.since
    places = torch.arange(count, device=reading.last_hidden.device)
    return places >= max(0, since - 1)


def _writes(
    reading: Reading, batch: Sequence[Unit], spec: SweepHeadsSpec, tokens: slice = slice(None)
) -> list[Write]:
    return [
        write
        for row, unit in enumerate(batch)
        for write in writes_for(reading, (unit,), spec.method, slice(row, row + 1), tokens)
    ]


def _first(reading: Reading, batch: Sequence[Unit]) -> int:
    return min(_order(reading, unit) for unit in batch)


def _order(reading: Reading, unit: Unit) -> int:
    return reading.sites.of(unit).order
