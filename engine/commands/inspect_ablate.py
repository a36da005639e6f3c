"""`lathe inspect ablate`: the next token and the loss without some heads, attentions or MLPs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from engine.commands.console import out
from engine.commands.inspect_changes import (
    candidates,
    distances,
    positions,
    show_change,
    show_losses,
)
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    How,
    Model,
    Out,
    Text,
    Top,
    Where,
    ask,
    asked,
    finish,
    guarded,
    note_length,
)

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.ablation_spec import AblateResult


@guarded
def ablate(
    unit: Annotated[
        list[str] | None,
        typer.Option(
            help="2.3 (layer.head), mlp:2, attention:2, cross/2.3; several times; without it, 0.0."
        ),
    ] = None,
    model: Model = "teach-rope",
    text: Text = None,
    chat: Chat = False,
    method: How = "zero",
    scope: Where = "all",
    top: Top = 8,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """The next token and the text's loss without some heads, attentions or MLPs."""
    from engine.inspection.ablation_spec import AblateSpec
    from engine.inspection.unit_names import unit_of

    units = tuple(unit_of(one) for one in unit or ["0.0"])
    spec = AblateSpec(units=units, method=method, scope=scope, top=top)
    result = cast("AblateResult", ask(asked(spec, model, text, chat))[0])
    note_length(len(result.tokens), result.trained)
    facts: dict[str, object] = {
        "model": model,
        "units": list(unit or ["0.0"]),
        "method": method,
        "scope": scope,
        "loss_before": result.nll_before,
        "loss_after": result.nll_after,
        "seconds": result.seconds,
        **distances(result.change),
    }
    tables: dict[str, Columns] = {"next_tokens": candidates(result.change)}
    if result.kl.size:
        tables["positions"] = positions(
            result.tokens, result.kl, result.loss_before, result.loss_after
        )
    finish(facts, tables, {}, place, as_json)
    if as_json:
        return
    out.print(f"Without {', '.join(unit or ['0.0'])}:")
    show_change(result.change)
    show_losses(result.nll_before, result.nll_after, len(result.loss_before))
    if method == "mean":
        out.print("Means are over the tokens of this text.")
