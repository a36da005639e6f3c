"""`lathe inspect lens`: what the model would say after each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from rich.markup import escape

from engine.commands.console import out, print_table
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    Model,
    Out,
    Text,
    Top,
    ask,
    asked,
    finish,
    guarded,
    note_length,
    sheet,
)

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.lens_spec import LensResult


@guarded
def lens(
    model: Model = "teach-rope",
    text: Text = None,
    chat: Chat = False,
    top: Top = 2,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """What the model would say after each layer, under each token (logit lens)."""
    from engine.inspection.lens_spec import LensSpec

    spec = asked(LensSpec(top=top), model, text, chat)
    result = cast("LensResult", ask(spec)[0])
    note_length(len(result.tokens), result.trained)
    columns: Columns = {
        "layer": np.repeat([row.layer for row in result.rows], len(result.tokens)),
        "token": np.array(result.tokens * len(result.rows)),
        "top": np.array(
            [result.names[int(token)] for row in result.rows for token in row.top_ids[:, 0]]
        ),
        "top_prob": np.concatenate([row.top_probs[:, 0] for row in result.rows]),
        "final_prob": np.concatenate([row.final_prob for row in result.rows]),
        "final_rank": np.concatenate([row.final_rank for row in result.rows]),
        "entropy": np.concatenate([row.entropy for row in result.rows]),
        "kl": np.concatenate([row.kl for row in result.rows]),
    }
    arrays: Columns = {
        "top_ids": np.stack([row.top_ids for row in result.rows]),
        "top_probs": np.stack([row.top_probs for row in result.rows]),
    }
    finish(
        {"model": model, "layers": result.layer_count}, {"lens": columns}, arrays, place, as_json
    )
    if as_json:
        return
    table = sheet("Layer", *(f"{number}." for number in range(1, top + 1)), "entropy", "final")
    for row in result.rows:
        named = [
            f"{result.names[int(token)]} {prob:.2f}"
            for token, prob in zip(row.top_ids[-1], row.top_probs[-1], strict=True)
        ]
        depth = "input" if row.layer < 0 else str(row.layer)
        table.add_row(
            depth, *map(escape, named), f"{row.entropy[-1]:.2f}", f"{row.final_prob[-1]:.3f}"
        )
    print_table(table)
    out.print("Under the last token; entropy in nats, final = probability of the model's answer.")
