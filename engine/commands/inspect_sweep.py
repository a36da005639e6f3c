"""`lathe inspect sweep`: every head, attention or MLP taken out in turn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer

from engine.commands.console import STOPPED, note, opened, out, print_table, watch
from engine.commands.inspect_changes import SHOWN
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    How,
    Model,
    Out,
    Text,
    Where,
    asked,
    finish,
    guarded,
    note_length,
    sheet,
)
from engine.errors import BadSpec, JobCancelled
from engine.inspection.ablation_spec import Part
from engine.inspection.ranking import Measure

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.ranking import HeadRanking
    from engine.inspection.sweep_spec import SweepHeadsSpec


@guarded
def sweep(
    model: Model = "teach-rope",
    text: Text = None,
    chat: Chat = False,
    method: How = "zero",
    scope: Where = "all",
    measure: Annotated[Measure, typer.Option(help="Rank by rise of the loss, or by KL.")] = "nll",
    part: Annotated[
        list[str] | None, typer.Option(help="head, attention, mlp; repeat for several.")
    ] = None,
    answer: Annotated[str, typer.Option(help="Let only these words count, said to the text.")] = "",
    ranking: Annotated[
        Path | None, typer.Option("--ranking", help="Save the ranking here, for pruning.")
    ] = None,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """Take every head out in turn; Ctrl+C keeps those that are done."""
    from engine.inspection.ranking import save_ranking
    from engine.inspection.sweep_spec import PARTS, SweepHeadsSpec
    from engine.inspection.unit_names import unit_name

    parts = tuple(part or ["head"])
    if unknown := [one for one in parts if one not in PARTS]:
        raise BadSpec(f"There is no part “{unknown[0]}”.", f"Choose of: {', '.join(PARTS)}.")
    spec = SweepHeadsSpec(
        method=method,
        scope=scope,
        answer=answer,
        measure=measure,
        parts=cast("tuple[Part, ...]", parts),
    )
    result, stopped = _swept(asked(spec, model, text, chat))
    note_length(result.tokens, result.trained)
    if ranking is not None:
        save_ranking(result, ranking)
        note(f"Wrote {ranking}.")
    best = result.ranked()
    columns: Columns = {
        "part": np.array([unit_name(one.unit) for one in best]),
        "loss_rise": np.array([np.nan if one.nll is None else one.nll for one in best]),
        "kl": np.array([one.kl for one in best]),
        "kl_last": np.array([one.kl_at for one in best]),
        "top_changed": np.array([one.top_changed for one in best]),
    }
    facts: dict[str, object] = {
        "model": model,
        "method": method,
        "scope": scope,
        "measure": measure,
        "tokens": result.tokens,
        "baseline": result.baseline,
        "complete": result.complete,
    }
    finish(facts, {"parts": columns}, {"importance": result.matrix()[0]}, place, as_json)
    if not as_json:
        _show_ranking(result)
    if stopped:
        raise typer.Exit(STOPPED)


def _swept(spec: SweepHeadsSpec) -> tuple[HeadRanking, bool]:
    """The ranking, and whether the sweep was stopped before its end."""
    kept: list[HeadRanking] = []

    def hear(part: object) -> None:
        kept[:] = [cast("HeadRanking", part)]

    try:
        with opened() as engine:
            return cast("HeadRanking", watch(engine, spec, hear)), False
    except JobCancelled:
        note("Stopped.")
        if not kept:
            raise typer.Exit(STOPPED) from None
        return kept[0], True


def _show_ranking(ranking: HeadRanking) -> None:
    from engine.inspection.unit_names import unit_name

    table = sheet("Part", "Δ loss", "KL", "KL at the last", "other top token")
    for one in ranking.ranked()[:SHOWN]:
        rise = "–" if one.nll is None else f"{one.nll:+.4f}"
        table.add_row(
            unit_name(one.unit), rise, f"{one.kl:.4f}", f"{one.kl_at:.4f}",
            "yes" if one.top_changed else "",
        )  # fmt: skip
    print_table(table)
    base = "" if ranking.baseline is None else f"; the loss is {ranking.baseline:.3f}"
    out.print(
        f"{len(ranking.scores)} of {ranking.planned} parts, {ranking.counted} predictions, in "
        f"nats{base}."
    )
