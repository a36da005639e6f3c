"""The job that builds, runs and proves the rows of the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.inspection.anatomy.mask_pictures import expected, leak, mask_pictures, tokens_of
from engine.inspection.anatomy.proofs import (
    EXACT,
    alibi_claim,
    part_claims,
    shift_claim,
    table_claim,
)
from engine.inspection.anatomy.rows.base import VOCABULARY, Specimen, Wiring
from engine.inspection.anatomy.rows.registry import specimen
from engine.inspection.anatomy.running import Runner, built
from engine.inspection.anatomy.shares import shares_of
from engine.inspection.anatomy.table_spec import Claim, MaskPicture, RowResult, TableSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

PREFIX: Final = 0.4  # of the tokens


def run(spec: Spec, ctx: JobContext) -> tuple[RowResult, ...]:
    """Run a `TableSpec`; publishes every row as it is done."""
    assert isinstance(spec, TableSpec)
    chosen = spec.chosen()
    done: list[RowResult] = []
    for name in chosen:
        one = specimen(name)
        ctx.progress(len(done) / len(chosen), f"Running {one.row.name}")
        done.append(run_row(one, spec.tokens, spec.seed))
        ctx.partial(done[-1])
    ctx.progress(1.0)
    return tuple(done)


def run_row(one: Specimen, tokens: int, seed: int) -> RowResult:
    """Build a row's model, take its mask pictures and test its claims."""
    row = one.row
    model = built(one.build, seed)
    prefix = round(tokens * PREFIX) if row.structure == "prefix decoder" else 0
    runner = Runner(row, model, prefix)
    ids, other = tokens_of(tokens, seed, VOCABULARY)
    masks = mask_pictures(runner, ids, other)
    claims = [
        _mask_claim(one, masks, tokens, prefix),
        shift_claim(runner, ids, other),
        *part_claims(runner, one.wiring, ids, other, row.activation_id),
    ]
    if row.position_kind == "alibi":
        claims.append(alibi_claim(runner, ids))
    if row.position_kind == "sinusoidal":
        claims.append(table_claim(runner))
    if one.released is not None:
        released = Runner(row, built(one.released, seed), prefix)
        plain = part_claims(released, _without_up(one), ids, other, one.released_activation)[0]
        claims.append(Claim("released", plain.holds, plain.error, plain.limit))
    return RowResult(
        id=row.id,
        class_name=type(model).__name__,
        parameters=sum(weight.numel() for weight in model.parameters()),
        shares=shares_of(model),
        masks=masks,
        claims=tuple(claims),
        prefix=prefix,
    )


def _without_up(one: Specimen) -> Wiring:
    return replace(one.wiring, up="")


def _mask_claim(one: Specimen, masks: tuple[MaskPicture, ...], tokens: int, prefix: int) -> Claim:
    error = max(
        leak(mask, expected(one.row.structure, mask.half, tokens, prefix)) for mask in masks
    )
    return Claim("mask", error <= EXACT, error, EXACT)
