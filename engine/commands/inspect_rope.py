"""`lathe inspect rope`: a head's rotation, its wavelengths, and what another rotation would do."""

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
from engine.context.method_names import SCALING_NAMES
from engine.errors import BadSpec

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.capture import Capture
    from engine.inspection.positions.counterfactual_spec import CounterfactualResult

PAIRS = {
    "pair": "pair",
    "wavelength": "wavelength",
    "turns_in_training": "turns",
    "complete": "complete",
    "wavelength_after": "after",
    "spacing_after": "spacing",
}
DISTANCES = {
    "distance": "distance",
    "cells": "cells",
    "mean_score": "score",
    "mean_score_after": "score after",
    "envelope": "envelope",
    "envelope_after": "envelope after",
}


@guarded
def rope(
    model: Model = "teach-rope",
    text: Text = None,
    chat: Chat = False,
    layer: Layer = 0,
    head: Head = 0,
    scaling: Annotated[
        str,
        typer.Option(help=f"keep, remove, {', '.join(SCALING_NAMES)}."),
    ] = "keep",
    factor: Annotated[float, typer.Option(help="Target length over trained length.")] = 1.0,
    length: Annotated[
        int, typer.Option(help="Tokens that dynamic and longrope are computed for; 0 = the text.")
    ] = 0,
    new_tokens: NewTokens = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """Wavelengths, score against distance, and the same under another scaling."""
    from engine.inspection.inspect_spec import InspectSpec
    from engine.inspection.positions.counterfactual_spec import CounterfactualSpec
    from engine.inspection.positions.rope import config_of
    from engine.inspection.positions.rope_report import rope_report

    if factor != 1 and scaling in ("keep", "remove"):
        raise BadSpec(
            f"The factor {factor:g} stretches nothing without a scaling.",
            "Choose one with --scaling, such as ntk or yarn.",
        )
    look = InspectSpec(layers=(layer,), heads=(head,))
    swap = CounterfactualSpec(rotation=scaling, factor=factor, length=length, new_tokens=new_tokens)
    loaded = {"device": device, "dtype": dtype, "quantization": quantization}
    found, moved = ask(
        asked(look, model, text, chat, **loaded), asked(swap, model, text, chat, **loaded)
    )
    change = cast("CounterfactualResult", moved)
    captured = only_layer(cast("Capture", found))
    note_length(len(change.tokens), change.trained)
    config = change.rope or config_of(captured, len(change.tokens))
    report = rope_report(captured, 0, config, change.inv_freq, change.attention)
    facts: dict[str, object] = {
        "model": model,
        "layer": layer,
        "head": head,
        "scaling": scaling,
        "factor": factor,
        "base": config.base,
        "trained": report.trained,
        "critical_dim": report.critical_dim,
        "rotary_dim": report.rotary_dim,
        "pairing": report.pairing,
        "attention_after": change.attention,
        "relative_spread": report.spread,
        "relative_deviation": report.deviation,
        **change_facts(change),
    }
    tables: dict[str, Columns] = {"pairs": report.pairs, "distances": report.distances}
    finish(facts, tables, {}, place, as_json)
    if as_json:
        return
    show_table(report.pairs, PAIRS)
    show_table(report.distances, DISTANCES)
    out.print(
        f"⟨f(q, m), f(k, n)⟩ at equal m − n differs by at most {report.spread:.1e}, "
        f"from the closed formula by {report.deviation:.1e}."
    )
    if scaling != "keep" or new_tokens:
        show_positions_change(change)
