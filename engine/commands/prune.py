"""`lathe prune`: zero the weights that matter least, and say what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands import prune_outliers, prune_sweep, prune_tune
from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import note, out, print_json, run_job, stop
from engine.commands.prune_shared import (
    Device,
    DType,
    Json,
    Length,
    Model,
    Seed,
    Text,
    Windows,
    loss_words,
    source,
    with_perplexity,
)
from engine.errors import BadSpec, EngineError
from engine.paths import Paths
from engine.pruning.card_spec import Card, Change
from engine.pruning.presets import presets, save_preset
from engine.pruning.prune_spec import (
    ALLOCATIONS,
    CUSTOM,
    METHODS,
    TEACHING,
    PruneResult,
    PruneSpec,
    TextSource,
)
from engine.pruning.recipe import PRESETS, Group, Mode, Recipe

UNITS: Final = {
    "file": "file, bytes",
    "memory": "memory, bytes",
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
    sparsity: Annotated[float, typer.Option(help="Share of zeros, 0 to 1.")] = 0.5,
    pattern: Annotated[str, typer.Option(help="Kept:of neighbours, such as 2:4.")] = "",
    allocation: Annotated[str, typer.Option(help=f"Of: {', '.join(ALLOCATIONS)}.")] = "uniform",
    mode: Annotated[str, typer.Option(help="Custom: none or row+col.")] = "none",
    u: Annotated[float, typer.Option(help="Custom: exponent of the magnitude.")] = 1.0,
    a: Annotated[float, typer.Option(help="Custom: exponent of the activation norm.")] = 1.0,
    group: Annotated[str, typer.Option(help="Custom: row or matrix.")] = "row",
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
    measured: Annotated[int, typer.Option(help="Windows measured; 0 = none.")] = 64,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder for the pruned model.")
    ] = None,
    bitmask: Annotated[
        bool, typer.Option("--bitmask", help="Store a zero as one bit; opens in Lathe.")
    ] = False,
    masks_only: Annotated[
        bool, typer.Option("--masks-only", help="Write the masks alone, as NPZ, to --out.")
    ] = False,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Say the expected perplexity before the run.")
    ] = False,
    timed: Annotated[int, typer.Option("--timed", help="New tokens of a timed run; 0 = none.")] = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Annotated[str, typer.Option(help="none, nf4, fp4 or int8.")] = "none",
    as_json: Json = False,
) -> None:
    """Prune a model by magnitudes and activations; the dense loss is measured beside.

    Example: lathe prune --method ria --sparsity 0.5 --calibration my.txt --out pruned
    """
    if context.invoked_subcommand is not None:
        return
    try:
        recipe = Recipe(
            cast(Mode, one_of("--mode", mode, get_args(Mode))),
            u,
            a,
            cast(Group, one_of("--group", group, get_args(Group))),
        )
        known, recipe = _scored(method, recipe, save)
        spec = PruneSpec(
            model=ModelOptions(
                (model,), device=device, dtype=dtype, quantization=quantization
            ).refs()[0],
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
            bitmask=bitmask,
            masks_only=masks_only,
            passes=passes,
            forecast=forecast,
            timed=timed,
        )
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
        BadSpec: The score cannot be kept under this name.
        StoreError: The saved scores cannot be read or written.
    """
    paths = Paths.default()
    if method not in METHODS:
        saved = presets(paths).get(method)
        if saved is not None:
            method, recipe = CUSTOM, saved
    if save:
        save_preset(paths, save, PRESETS.get(method, recipe))
        note(f"The score is kept as “{save}”: lathe prune --method {save}")
    return method, recipe


def _foretell(part: object) -> None:
    """The card before the run, on standard error."""
    if isinstance(part, Card):
        for change in part.changes:
            if change.expected is not None and change.before is not None:
                note(f"{change.quantity}: {change.before:,.4g} → {change.expected:,.4g} expected")


def _show_card(card: Card) -> None:
    table = Table("What", "before", "expected", "after", "noise", "real")
    for change in card.changes:
        if change.before is None:
            continue
        shown = [
            "–" if value is None else f"{value:,.4g}"
            for value in (change.before, change.expected, change.after)
        ]
        known = change.after is not None
        table.add_row(
            UNITS[change.quantity], *shown, f"{change.noise:,.3g}" if known else "–",
            _verdict(change) if known else "–",
        )  # fmt: skip
    out.print(table)
    if card.kernel:
        out.print(card.kernel)


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
        out.print(f"{escape(result.out)}: {written / 1e6:.1f} MB{share}")
        if written == dense:
            out.print("The file is as large as before: zeros are still stored.")
    elif result.out:
        out.print(f"{escape(result.out)}: masks, {written / 1e6:.1f} MB")
