"""`lathe prune`: zero the weights that matter least, and say what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands import prune_outliers, prune_sweep, prune_tune
from engine.commands.console import note, out, print_json, run_job, stop
from engine.commands.models import size
from engine.commands.prune_shared import (
    Allocation,
    Compared,
    Device,
    DType,
    InputPower,
    Json,
    Length,
    MagnitudePower,
    MeasuredOrNot,
    Model,
    Normalised,
    Overwrite,
    Quantized,
    Seed,
    Sparsity,
    Windows,
    check_files,
    loss_words,
    model_of,
    recipe_of_options,
    with_perplexity,
)
from engine.commands.text_option import Text, source
from engine.errors import BadSpec, EngineError
from engine.paths import Paths
from engine.pruning.card_spec import Card, Change
from engine.pruning.presets import presets, save_preset
from engine.pruning.prune_spec import CUSTOM, METHODS, PruneResult, PruneSpec
from engine.pruning.recipe import PRESETS, Recipe
from engine.text_source import TEACHING, TextSource

UNITS: Final = {
    "file": "file",
    "memory": "memory",
    "speed": "tokens per second",
    "perplexity": "perplexity",
}

app = typer.Typer(help="Prune a model: single weights, or with a command whole parts.")
app.command("sweep")(prune_sweep.sweep)
app.command("tune")(prune_tune.tune)
app.command("outliers")(prune_outliers.outliers)


@app.callback(invoke_without_command=True)
def prune(
    context: typer.Context,
    model: Model = "teach-rope",
    method: Annotated[
        str,
        typer.Option(
            help=f"Of: {', '.join(METHODS)} (see --mode, --u, --a, --group), or a saved score."
        ),
    ] = "wanda",
    sparsity: Sparsity = 0.5,
    pattern: Annotated[str, typer.Option(help="Kept:of neighbours, such as 2:4.")] = "",
    allocation: Allocation = "uniform",
    mode: Normalised = "none",
    u: MagnitudePower = 1.0,
    a: InputPower = 1.0,
    group: Compared = "row",
    fix: Annotated[
        list[str] | None,
        typer.Option(help="NAME=RATIO: a matrix's own ratio; the others make up for it."),
    ] = None,
    save: Annotated[
        str, typer.Option("--save-preset", help="Keep the method's score under this name.")
    ] = "",
    passes: Annotated[
        int, typer.Option(help="1, or 2: block by block as in the published references.")
    ] = 1,
    calibration: Text = TEACHING,
    evaluation: Text = TEACHING,
    column: Annotated[str, typer.Option(help="Of a data set: the column that is read.")] = "",
    windows: Windows = 32,
    length: Length = 128,
    measured: MeasuredOrNot = 64,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder for the pruned model.")
    ] = None,
    overwrite: Overwrite = False,
    bitmask: Annotated[
        bool, typer.Option("--bitmask", help="Store a zero as one bit; opens in Lathe.")
    ] = False,
    masks_only: Annotated[
        bool, typer.Option("--masks-only", "--npz", help="Write the masks alone, as NPZ, to --out.")
    ] = False,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Say the expected perplexity before the run.")
    ] = False,
    timed: Annotated[int, typer.Option("--timed", help="New tokens of a timed run; 0 = none.")] = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: Json = False,
) -> None:
    """Prune a model by magnitudes and activations; the dense loss is measured beside.

    Example: lathe prune --method ria --sparsity 0.5 --calibration my.txt --out pruned
    """
    if context.invoked_subcommand is not None:
        return
    try:
        recipe = recipe_of_options(mode, u, a, group)
        known, recipe = _scored(method, recipe, save)
        spec = PruneSpec(
            model=model_of(model, device, dtype, quantization),
            method=known,
            recipe=recipe,
            preset=method if known != method else save,
            ratio=sparsity,
            pattern=pattern,
            allocation=allocation,
            fixed=_fixed(fix or []),
            calibration=_read(calibration, column),
            evaluation=_read(evaluation, column),
            windows=windows,
            length=length,
            measured=measured,
            seed=seed,
            out=str(output.absolute()) if output else "",
            overwrite=overwrite,
            bitmask=bitmask,
            masks_only=masks_only,
            passes=passes,
            forecast=forecast,
            timed=timed,
        )
        check_files(spec)
        result = run_job(spec, _foretell)
    except EngineError as error:
        stop(error)
    assert isinstance(result, PruneResult)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)


def _read(text: str, column: str) -> TextSource:
    """A text; `column` is read where the text itself names none."""
    found = source(text)
    return replace(found, column=found.column or column)


def _fixed(given: Sequence[str]) -> dict[str, float]:
    """``"NAME=RATIO"`` as ratios by name. Raises `BadSpec`."""
    found = {}
    for one in given:
        name, _, ratio = one.rpartition("=")
        try:
            found[name] = float(ratio)
        except ValueError:
            raise BadSpec(
                f"--fix {one} names no ratio.", "Write a matrix and its ratio: NAME=0.3."
            ) from None
    return found


def _scored(method: str, recipe: Recipe, save: str) -> tuple[str, Recipe]:
    """The method and the score: a saved one by its name, else as the options say; kept if asked.

    Raises:
        BadSpec: There is no such method, or the score cannot be kept under this name.
        StoreError: The saved scores cannot be read or written.
    """
    paths = Paths.default()
    if method not in METHODS:
        saved = presets(paths)
        if method not in saved:
            raise BadSpec(
                f"There is no pruning method “{method}”.",
                f"Choose of: {', '.join((*METHODS, *saved))}.",
            )
        method, recipe = CUSTOM, saved[method]
    if save:
        save_preset(paths, save, PRESETS.get(method, recipe))
        note(f"The score is kept as “{save}”: lathe prune --method {save}")
    return method, recipe


def _foretell(part: object) -> None:
    """The card before the run, on standard error."""
    if isinstance(part, Card):
        for change in part.changes:
            if change.expected is not None and change.before is not None:
                before, expected = _figure(change, change.before), _figure(change, change.expected)
                note(f"{UNITS[change.quantity]}: {before} → {expected} expected")


def _show_card(card: Card) -> None:
    table = Table("What", "before", "expected", "after", "noise", "real")
    for change in card.changes:
        if change.before is None:
            continue
        shown = [
            "–" if value is None else _figure(change, value)
            for value in (change.before, change.expected, change.after)
        ]
        known = change.after is not None
        table.add_row(
            UNITS[change.quantity], *shown, _figure(change, change.noise) if known else "–",
            _verdict(change) if known else "–",
        )  # fmt: skip
    out.print(table)
    if card.kernel:
        out.print(card.kernel)


def _figure(change: Change, value: float) -> str:
    """Bytes in the unit that suits them, other quantities as they are."""
    return size(round(value)) if change.quantity in ("file", "memory") else f"{value:,.4g}"


def _verdict(change: Change) -> str:
    if change.real:
        return "yes"
    return "within the noise" if change.noise else "the same"


def _plain(result: PruneResult) -> dict[str, object]:
    """The result with the figures that are computed from it."""
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = to_plain(result)
    plain["ratio"] = result.ratio
    if result.card is not None:
        plain["card"] = {
            **to_plain(result.card),
            "changes": [{**to_plain(one), "real": one.real} for one in result.card.changes],
        }
    plain["rows"] = [{**to_plain(row), "ratio": row.ratio} for row in result.rows]
    for name, loss in (("dense", result.dense), ("pruned", result.pruned)):
        if loss is not None:
            plain[name] = with_perplexity(loss)
    return plain


def _show(result: PruneResult) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(("Matrix", "weights", "zero", "predicted error")):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for row in result.rows:
        error = "–" if row.error is None else f"{row.error:.2%}"
        table.add_row(escape(row.name), f"{row.weights:,}", f"{row.ratio:.1%}", error)
    out.print(table)
    out.print(f"{result.ratio:.1%} of the weights of {len(result.rows)} matrices are zero.")
    if result.dense is not None and result.pruned is not None:
        out.print(f"dense:  {loss_words(result.dense)}")
        out.print(f"pruned: {loss_words(result.pruned)}")
    if result.card is not None:
        _show_card(result.card)
    took = result.seconds
    out.print(
        f"load {took.load:.1f} s, calibrate {took.calibrate:.1f} s, score {took.score:.1f} s, "
        f"measure {took.measure:.1f} s, write {took.write:.1f} s"
    )
    written, dense = result.file_bytes
    if result.out and dense:
        share = f" ({written / dense:.0%} of the dense file)" if written != dense else ""
        out.print(f"{escape(result.out)}: {size(written)}{share}")
        if written == dense:
            out.print("The file is as large as before: zeros are still stored.")
    elif result.out:
        out.print(f"{escape(result.out)}: masks, {size(written)}")
