"""`lathe inspect alibi`: slopes, what they add to a prompt's scores, and the text without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from engine.commands.console import out
from engine.commands.inspect_positions import change_facts, only_layer, show_positions_change
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    Device,
    DType,
    Head,
    Layer,
    Model,
    NewTokens,
    Out,
    Quantized,
    Text,
    ask,
    asked,
    finish,
    guarded,
    note_length,
    show_table,
)
from engine.errors import BadSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.capture import Capture
    from engine.inspection.positions.counterfactual_spec import CounterfactualResult

HEADS = {
    "head": "head",
    "slope": "slope",
    "textbook": "textbook",
    "released": "released",
    "window": "window",
}
DISTANCES = {
    "distance": "distance",
    "cells": "cells",
    "mean_score": "score",
    "bias": "bias",
    "sum": "sum",
}


@guarded
def alibi(
    model: Model = "teach-alibi",
    text: Text = None,
    chat: Chat = False,
    layer: Layer = 0,
    head: Head = 0,
    add: Annotated[
        bool, typer.Option("--add", help="Put linear biases on a model that has none.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the model's biases away.")] = False,
    slopes: Annotated[
        str, typer.Option(help="Of added biases: released (Bloom's rule) or textbook.")
    ] = "released",
    strength: Annotated[float, typer.Option(help="Factor on added slopes.")] = 1.0,
    new_tokens: NewTokens = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """Slopes per head and what they do; --add and --remove change the model for this text."""
    from engine.inspection.inspect_spec import InspectSpec
    from engine.inspection.positions.alibi_report import alibi_report, slope_table
    from engine.inspection.positions.counterfactual_spec import CounterfactualSpec, SlopeRule

    if add and remove:
        raise BadSpec("--add and --remove exclude each other.", "Give one of them.")
    if slopes not in ("released", "textbook"):
        raise BadSpec(f"--slopes {slopes} is not known.", "Choose released or textbook.")
    swap = CounterfactualSpec(
        alibi="add" if add else "remove" if remove else "keep",
        slopes=cast("SlopeRule", slopes),
        strength=strength,
        new_tokens=new_tokens,
    )
    look = InspectSpec(layers=(layer,))
    loaded = {"device": device, "dtype": dtype, "quantization": quantization}
    jobs: list[Spec] = [] if add else [asked(look, model, text, chat, **loaded)]
    if add or remove or new_tokens:
        jobs.append(asked(swap, model, text, chat, **loaded))
    results = ask(*jobs)
    change = cast("CounterfactualResult", results[-1]) if add or remove or new_tokens else None
    facts: dict[str, object] = {"model": model, "layer": layer, "head": head}
    tables: dict[str, Columns]
    arrays: Columns = {}
    if add:
        assert change is not None
        tables = {"heads": slope_table(change.slopes)}
    else:
        found = cast("Capture", results[0])
        note_length(len(found.tokens), found.trained)
        report = alibi_report(only_layer(found), head)
        tables = {"heads": report.heads, "distances": report.distances}
        arrays = {"added": report.added}
    if change is not None:
        facts |= change_facts(change)
    finish(facts, tables, arrays, place, as_json)
    if as_json:
        return
    show_table(tables["heads"], HEADS)
    if "distances" in tables:
        show_table(tables["distances"], DISTANCES)
    out.print("window: distance at which the bias reaches −5 nats, a weight of 0.7 %.")
    if change is not None:
        show_positions_change(change)
