"""`lathe prune structured`: cut heads, neurons, experts and layers out whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.compare_options import one_of
from engine.commands.console import FAILURE, err, note, out, print_json, print_table, run_job, stop
from engine.commands.models import size
from engine.commands.prune_shared import (
    Device,
    DType,
    Json,
    Length,
    MeasuredOrNot,
    Model,
    Overwrite,
    Quantized,
    Seed,
    Windows,
    check_files,
    loss_words,
    model_of,
)
from engine.commands.text_option import Text, source
from engine.errors import EngineError
from engine.pruning.structured_spec import (
    WIDTHS,
    WORTHS,
    StructuredResult,
    StructuredSpec,
    Widths,
    Worth,
)
from engine.text_source import TEACHING

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.pruning.structured_spec import LayerWidths


def structured(
    model: Model = "teach-rope",
    groups: Annotated[
        float, typer.Option("--groups", "--heads", help="Share of key-value groups to cut.")
    ] = 0.25,
    neurons: Annotated[float, typer.Option(help="Share of MLP neurons to cut.")] = 0.25,
    blocks: Annotated[int, typer.Option(help="Layers to drop.")] = 0,
    experts: Annotated[float, typer.Option(help="Share of experts to drop.")] = 0.0,
    widths: Annotated[
        str,
        typer.Option(help=f"Of: {', '.join(WIDTHS)}. uniform opens anywhere, per-layer in Lathe."),
    ] = "uniform",
    importance: Annotated[str, typer.Option(help=f"Of: {', '.join(WORTHS)}.")] = "wifn",
    ranking: Annotated[
        Path | None,
        typer.Option(help="Judge the heads by a ranking that lathe inspect sweep saved."),
    ] = None,
    compensate: Annotated[
        bool, typer.Option("--compensate", help="Add what is cut on average as biases (FLAP).")
    ] = False,
    multiple: Annotated[int, typer.Option(help="MLP widths are multiples of it.")] = 16,
    calibration: Text = TEACHING,
    evaluation: Text = TEACHING,
    windows: Windows = 32,
    length: Length = 128,
    measured: MeasuredOrNot = 64,
    tokens: Annotated[int, typer.Option(help="New tokens of a timed run; 0 = none.")] = 16,
    rounds: Annotated[int, typer.Option(help="Timed runs of each model.")] = 21,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder for the smaller model.")
    ] = None,
    overwrite: Overwrite = False,
    scores: Annotated[
        Path | None,
        typer.Option(help="Write what every part is worth: .json, .csv, .npz or a folder."),
    ] = None,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: Json = False,
) -> None:
    """Cut whole heads, neurons, experts or layers: file, memory and time really shrink.

    Example: lathe prune structured --heads 0.25 --neurons 0.25 --out smaller
    """
    try:
        spec = StructuredSpec(
            model=model_of(model, device, dtype, quantization),
            groups=groups,
            neurons=neurons,
            blocks=blocks,
            experts=experts,
            widths=cast(Widths, one_of("--widths", widths, get_args(Widths))),
            importance=cast(Worth, one_of("--importance", importance, get_args(Worth))),
            ranking=str(ranking.absolute()) if ranking else "",
            compensate=compensate,
            multiple=multiple,
            calibration=source(calibration),
            evaluation=source(evaluation),
            windows=windows,
            length=length,
            measured=measured,
            tokens=tokens,
            rounds=rounds,
            seed=seed,
            out=str(output.absolute()) if output else "",
            overwrite=overwrite,
        )
        check_files(spec)
        result = cast(StructuredResult, run_job(spec))
        if scores is not None:
            _write_scores(result, scores)
    except EngineError as error:
        stop(error)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)
    if result.reload is not None and not result.reload.equal:
        err.print(
            "[bold red]Error:[/] The written model gives other logits "
            f"(by up to {result.reload.largest:.3g})."
        )
        raise typer.Exit(FAILURE)


def _plain(result: StructuredResult) -> dict[str, object]:
    """The result as JSON; of the neurons their numbers (their scores go to --scores)."""
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = {
        name: getattr(result, name)
        for name in (
            "model", "importance", "widths", "compensated", "reason", "calibration_sha256",
            "evaluation_sha256", "length", "out",
        )
    }  # fmt: skip
    for name in ("parameters", "file_bytes", "cache_bytes"):
        after, before = getattr(result, name)
        plain[name] = {"pruned": after, "dense": before, "ratio": after / before}
    for name, loss in (("dense", result.dense), ("pruned", result.pruned)):
        plain[name] = None if loss is None else {**to_plain(loss), "perplexity": loss.perplexity}
    speed = result.speed
    plain["speed"] = None if speed is None else {**to_plain(speed), "real": speed.real}
    plain["reload"] = None if result.reload is None else to_plain(result.reload)
    plain["seconds"] = to_plain(result.seconds)
    plain["layers"] = [_layer(one) for one in result.layers]
    return plain


def _layer(one: LayerWidths) -> dict[str, object]:
    return {
        "layer": one.layer,
        "stays": one.stays,
        "influence": one.influence,
        "queries_per_group": one.queries,
        "groups": list(one.groups),
        "groups_kept": list(one.groups_kept),
        "neurons": len(one.neurons),
        "neurons_kept": len(one.neurons_kept),
        "experts": list(one.experts),
        "experts_kept": list(one.experts_kept),
    }


def _write_scores(result: StructuredResult, place: Path) -> None:
    """Every group, expert and layer with its worth and whether it stays; neurons as arrays."""
    from engine.commands.table_files import write_tables

    parts = [
        (one.layer, kind, number, worth, number in kept)
        for one in result.layers
        for kind, scores, kept in (
            ("group", one.groups, one.groups_kept),
            ("expert", one.experts, one.experts_kept),
            ("layer", (one.influence,), (0,) if one.stays else ()),
        )
        for number, worth in enumerate(scores)
    ]
    names = ("layer", "part", "number", "worth", "stays")
    columns: Columns = {
        name: np.array([part[place] for part in parts]) for place, name in enumerate(names)
    }
    arrays: Columns = {
        f"{name}_{one.layer}": getattr(one, name)
        for one in result.layers
        for name in ("neurons", "neurons_kept")
        if len(one.neurons)
    }
    for file in write_tables(place, {"parts": columns}, arrays, {"model": result.model}):
        note(f"Wrote {file}")


def _show(result: StructuredResult) -> None:
    _show_layers(result)
    after, before = result.parameters
    out.print(f"parameters: {after:,} of {before:,} ({after / before:.1%})")
    after, before = result.cache_bytes
    out.print(f"KV cache per token: {size(after)} of {size(before)} ({after / before:.1%})")
    if result.dense is not None and result.pruned is not None:
        out.print(f"dense:   {loss_words(result.dense)}")
        out.print(f"smaller: {loss_words(result.pruned)}")
    if result.reason:
        out.print(escape(result.reason))
    _show_speed(result)
    took = result.seconds
    out.print(
        f"load {took.load:.1f} s, calibrate {took.calibrate:.1f} s, cut {took.score:.1f} s, "
        f"measure {took.measure:.1f} s, write {took.write:.1f} s"
    )
    after, before = result.file_bytes
    if result.out:
        out.print(f"{escape(result.out)}: {size(after)} of {size(before)} ({after / before:.1%})")
    if result.reload is not None and result.reload.equal:
        opened = "AutoModelForCausalLM" if result.reload.route == "transformers" else "Lathe"
        out.print(f"Opened again by {opened}: the logits are equal bit for bit.")


def _show_layers(result: StructuredResult) -> None:
    kinds = [
        ("heads", "groups", "groups_kept"),
        ("neurons", "neurons", "neurons_kept"),
        ("experts", "experts", "experts_kept"),
    ]
    shown = [kind for kind in kinds if any(len(getattr(one, kind[1])) for one in result.layers)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(("Layer", "influence", *(kind[0] for kind in shown))):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for one in result.layers:
        cells = [
            f"{len(getattr(one, stay))} of {len(getattr(one, have))}" for _, have, stay in shown
        ]
        if not one.stays:
            cells = ["dropped", *[""] * (len(shown) - 1)][: len(shown)]
        influence = f"{one.influence:.3f}" + ("" if one.stays or shown else " dropped")
        table.add_row(str(one.layer), influence, *cells)
    print_table(table)


def _show_speed(result: StructuredResult) -> None:
    speed = result.speed
    if speed is None:
        return
    verdict = "real" if speed.real else "not more than the noise"
    out.print(
        f"tokens per second at batch 1: {speed.dense:.1f} dense ({speed.again:.1f} again), "
        f"{speed.pruned:.1f} smaller: {speed.gain:.2f}×, noise ±{speed.noise:.1%}: {verdict}"
    )
