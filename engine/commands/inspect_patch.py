"""`lathe inspect patch`: activations of one prompt put into the run of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer
from rich.markup import escape

from engine.commands.console import out, print_table
from engine.commands.inspect_changes import SHOWN
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    Model,
    Out,
    ask,
    finish,
    guarded,
    note_length,
    sheet,
)
from engine.inspection.patching_spec import PatchKind
from engine.models.reference import ModelRef

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.patching_spec import PatchResult


@guarded
def patch(
    clean: Annotated[str, typer.Argument(help="A prompt that is answered with --answer.")],
    corrupted: Annotated[str, typer.Argument(help="One that is answered with --other.")],
    answer: Annotated[str, typer.Option(help="What follows the clean prompt.")],
    other: Annotated[str, typer.Option(help="What follows the corrupted one.")],
    model: Model = "teach-rope",
    kind: Annotated[
        PatchKind, typer.Option(help="The residual stream, an attention, an MLP, or a head.")
    ] = "residual",
    chat: Chat = False,
    said: Annotated[str, typer.Option(help="What the model has said already.")] = "",
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """Put clean activations into the corrupted run: how much of the answer comes back where."""
    from engine.inspection.patching_spec import PatchSpec

    spec = PatchSpec(
        model=ModelRef(model), clean=clean, corrupted=corrupted, answer=answer, other=other,
        patch=kind,
        chat=chat,
        said=said,
    )  # fmt: skip
    result = cast("PatchResult", ask(spec)[0])
    note_length(max(len(result.clean_tokens), len(result.corrupted_tokens)), result.trained)
    values = result.matrix()
    names = (
        [f"head {head}" for head in range(values.shape[1])]
        if kind == "head"
        else list(result.corrupted_tokens)
    )
    columns: Columns = {
        "layer": np.repeat([row.layer for row in result.rows], len(names)),
        "place": np.tile(np.arange(len(names)), len(result.rows)),
        "name": np.array(names * len(result.rows)),
        "recovered": values.ravel(),
    }
    facts: dict[str, object] = {
        "model": model,
        "patch": kind,
        "answer": result.answer,
        "other": result.other,
        "clean_difference": result.clean_difference,
        "corrupted_difference": result.corrupted_difference,
    }
    finish(facts, {"patched": columns}, {"recovered": values}, place, as_json)
    if as_json:
        return
    table = sheet("Layer", "place", "name", "recovered")
    for flat in np.argsort(-values, axis=None)[:SHOWN]:
        row, column = divmod(int(flat), values.shape[1])
        table.add_row(
            str(result.rows[row].layer), str(column), escape(repr(names[column])),
            f"{values[row, column]:.3f}",
        )  # fmt: skip
    print_table(table)
    out.print(
        f"Logit of {escape(repr(result.answer))} minus {escape(repr(result.other))}: "
        f"{result.clean_difference:+.2f} clean, {result.corrupted_difference:+.2f} corrupted; "
        "recovered: 0 = as corrupted, 1 = as clean."
    )
