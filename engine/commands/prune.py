"""`lathe prune`: zero the weights that matter least, and say what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import STOPPED, note, out, print_json, stop, watch
from engine.errors import EngineError, JobCancelled
from engine.pruning.prune_spec import (
    ALLOCATIONS,
    METHODS,
    TEACHING,
    PruneResult,
    PruneSpec,
    TextSource,
)
from engine.pruning.recipe import Group, Mode, Recipe

if TYPE_CHECKING:
    from engine.pruning.prune_spec import Loss

Text = Annotated[str, typer.Option(help="A UTF-8 text file, or teaching.")]

app = typer.Typer(help="Prune a model: single weights, or with a command whole parts.")


@app.callback(invoke_without_command=True)
def prune(
    context: typer.Context,
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "teach-rope",
    method: Annotated[
        str, typer.Option(help=f"Of: {', '.join(METHODS)} (see --mode, --u, --a, --group).")
    ] = "wanda",
    sparsity: Annotated[float, typer.Option(help="Share of zeros, 0 to 1.")] = 0.5,
    pattern: Annotated[str, typer.Option(help="Kept:of neighbours, such as 2:4.")] = "",
    allocation: Annotated[str, typer.Option(help=f"Of: {', '.join(ALLOCATIONS)}.")] = "uniform",
    mode: Annotated[str, typer.Option(help="Custom: none or row+col.")] = "none",
    u: Annotated[float, typer.Option(help="Custom: exponent of the magnitude.")] = 1.0,
    a: Annotated[float, typer.Option(help="Custom: exponent of the activation norm.")] = 1.0,
    group: Annotated[str, typer.Option(help="Custom: row or matrix.")] = "row",
    calibration: Text = TEACHING,
    evaluation: Text = TEACHING,
    windows: Annotated[int, typer.Option(help="Windows of calibration.")] = 32,
    length: Annotated[int, typer.Option(help="Tokens per window.")] = 128,
    measured: Annotated[int, typer.Option(help="Windows measured; 0 = none.")] = 64,
    seed: Annotated[int, typer.Option(help="Which windows are drawn.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder for the pruned model.")
    ] = None,
    bitmask: Annotated[
        bool, typer.Option("--bitmask", help="Store a zero as one bit; opens in Lathe.")
    ] = False,
    masks_only: Annotated[
        bool, typer.Option("--masks-only", help="Write the masks alone, as NPZ, to --out.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Prune a model by magnitudes and activations; the dense loss is measured beside.

    Example: lathe prune --method ria --sparsity 0.5 --calibration my.txt --out pruned
    """
    if context.invoked_subcommand is not None:
        return
    try:
        spec = PruneSpec(
            model=ModelOptions((model,), device=device, dtype=dtype).refs()[0],
            method=method,
            recipe=Recipe(
                cast(Mode, one_of("--mode", mode, get_args(Mode))),
                u,
                a,
                cast(Group, one_of("--group", group, get_args(Group))),
            ),
            ratio=sparsity,
            pattern=pattern,
            allocation=allocation,
            calibration=TextSource(calibration),
            evaluation=TextSource(evaluation),
            windows=windows,
            length=length,
            measured=measured,
            seed=seed,
            out=str(output.absolute()) if output else "",
            bitmask=bitmask,
            masks_only=masks_only,
        )
        result = _run(spec)
    except EngineError as error:
        stop(error)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)


def _run(spec: PruneSpec) -> PruneResult:
    from engine.api import Engine

    engine = Engine()
    try:
        result = watch(engine, spec)
    except JobCancelled:
        note("Stopped; the model is as it was.")
        raise typer.Exit(STOPPED) from None
    finally:
        engine.close()
    assert isinstance(result, PruneResult)
    return result


def _plain(result: PruneResult) -> dict[str, object]:
    """The result with the figures that are computed from it."""
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = to_plain(result)
    plain["ratio"] = result.ratio
    plain["rows"] = [{**to_plain(row), "ratio": row.ratio} for row in result.rows]
    for name, loss in (("dense", result.dense), ("pruned", result.pruned)):
        if loss is not None:
            plain[name] = {**to_plain(loss), "perplexity": loss.perplexity}
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
        out.print(f"dense:  {_loss(result.dense)}")
        out.print(f"pruned: {_loss(result.pruned)}")
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


def _loss(loss: Loss) -> str:
    return (
        f"perplexity {loss.perplexity:.4g}, {loss.nll:.4f} ± {loss.error:.4f} nats per token "
        f"({loss.tokens:,} tokens, {loss.windows} windows)"
    )
