"""`lathe inspect mask`: the same text under another mask."""

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
    show_words,
)
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    Model,
    NewTokens,
    Out,
    Text,
    ask,
    asked,
    finish,
    guarded,
    note_length,
)
from engine.inspection.inspect_spec import MaskName

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.masks_spec import MaskResult


@guarded
def mask(
    rule: Annotated[MaskName, typer.Option(help="own, causal, prefix, window or full.")] = "full",
    size: Annotated[int, typer.Option(help="Tokens of the prefix or of the window.")] = 8,
    model: Model = "teach-rope",
    text: Text = None,
    chat: Chat = False,
    new_tokens: NewTokens = 0,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """The same text under another mask."""
    from engine.inspection.inspect_spec import MaskChoice
    from engine.inspection.masks_spec import MaskSpec

    spec = MaskSpec(mask=MaskChoice(rule, prefix=size, window=size), said=new_tokens)
    result = cast("MaskResult", ask(asked(spec, model, text, chat))[0])
    note_length(len(result.tokens), result.trained)
    facts: dict[str, object] = {
        "model": model,
        "mask": rule,
        "leaks": result.leaks,
        "own_error": result.own_error,
        "text_before": result.text_before,
        "text_after": result.text_after,
        **distances(result.change),
    }
    tables: dict[str, Columns] = {
        "next_tokens": candidates(result.change),
        "positions": positions(result.tokens, result.kl, result.loss_before, result.loss_after),
    }
    finish(facts, tables, {"seen": result.seen}, place, as_json)
    if as_json:
        return
    show_change(result.change)
    if result.leaks:
        out.print("Some tokens see later ones, so the text's loss says nothing here.")
    elif result.loss_before.size:
        before, after = float(result.loss_before.mean()), float(result.loss_after.mean())
        show_losses(before, after, len(result.loss_before))
    show_words(result.text_before, result.text_after)
