"""`lathe inspect anatomy components`: the loss with each component taken out."""

from __future__ import annotations

from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from engine.commands.anatomy_shared import Lines, show, write
from engine.commands.console import out, print_json
from engine.commands.inspect_shared import AsJson, Model, Out, ask, given_text, guarded

if TYPE_CHECKING:
    from engine.inspection.anatomy.components_spec import ComponentsResult


@guarded
def components(
    model: Model = "teach-rope",
    text: Annotated[
        Path | None, typer.Option(help="A text whose lines are read instead of teaching tasks.")
    ] = None,
    items: Annotated[int, typer.Option(help="Held-out items per task.")] = 6,
    by_layer: Annotated[bool, typer.Option(help="Also each layer by itself.")] = True,
    place: Out = None,
    as_json: AsJson = False,
) -> None:
    """What each component buys: the loss with it taken out."""
    from engine.inspection.anatomy.components_spec import ComponentsSpec
    from engine.models.reference import ModelRef

    written = given_text(f"@{text}") or "" if text is not None else ""
    spec = ComponentsSpec(ModelRef(model), written, items=items, by_layer=by_layer)
    result = cast("ComponentsResult", ask(spec)[0])
    head = ["without", "layer", "loss", "rise", "low", "high"]
    lines: Lines = []
    for one in result.losses:
        layer = "all" if one.layer < 0 else one.layer
        figures = [nan] * 4
        if one.loss is not None and one.rise is not None:
            figures = [one.loss.mean, one.rise.mean, one.rise.low, one.rise.high]
        lines.append([one.component, layer, *figures])
    write(place, "components", head, lines)
    if as_json:
        print_json(result)
        return
    show(head, [[*line[:2], *map(_figure, line[2:])] for line in lines])
    back = "bit for bit as before" if result.restored else "NOT as before"
    out.print(
        f"Whole model {result.whole.mean:.4f} nats per token, {result.items} items, "
        f"{result.tokens} tokens; afterwards {back}."
    )


def _figure(value: object) -> str:
    return "overflow" if value != value else f"{value:.4f}"  # NaN alone differs from itself
