"""`lathe inspect states`: how far the heads of two states are apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, cast, get_args

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
    Text,
    ask,
    finish,
    guarded,
    note_length,
    reading,
    sheet,
)
from engine.models.reference import ModelRef, Quantization

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.states_spec import StatesPair


@guarded
def states(
    model: Model = "teach-rope",
    state: Annotated[
        str, typer.Option(help="Another load of it (nf4, fp4, int8), or another model.")
    ] = "nf4",
    text: Text = None,
    chat: Chat = False,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """How far the heads of two states are apart on one text (Jensen-Shannon, in bits)."""
    from engine.inspection.states_spec import CompareStatesSpec

    first, second = ModelRef(model), ModelRef(state)
    if state in get_args(Quantization):
        quantized = replace(first.options, quantization=cast(Quantization, state))
        second = replace(first, options=quantized)
    spec = reading(CompareStatesSpec(first=first, second=second), text, chat)
    result = cast("StatesPair", ask(spec)[0])
    note_length(len(result.first.tokens), result.first.trained)
    found = result.divergences
    order = found.ranked()
    columns: Columns = {
        "layer": np.array([found.layers[row] for row, _ in order]),
        "role": np.array([found.roles[row] for row, _ in order]),
        "head": np.array([head for _, head in order]),
        "divergence": np.array([found.values[place] for place in order]),
        "worst": np.array([found.worst[place] for place in order]),
        "worst_token": np.array([found.worst_row[place] for place in order]),
    }
    facts: dict[str, object] = {"first": model, "second": state, "rows": found.rows}
    finish(facts, {"heads": columns}, {"divergence": found.values}, place, as_json)
    if as_json:
        return
    table = sheet("Head", "mean", "largest", "at token")
    for row, head in order[:SHOWN]:
        token = result.first.tokens[int(found.worst_row[row, head])]
        table.add_row(
            f"{found.layers[row]}.{head}", f"{found.values[row, head]:.5f}",
            f"{found.worst[row, head]:.5f}", escape(repr(token)),
        )  # fmt: skip
    print_table(table)
    out.print(f"Jensen-Shannon divergence in bits (0 to 1), mean over {found.rows} tokens.")
