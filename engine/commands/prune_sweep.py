"""`lathe prune sweep`: curves of loss against ratio for several methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast, get_args

import typer
from rich.table import Table

from engine.commands.compare_options import one_of
from engine.commands.console import (
    STOPPED,
    note,
    opened,
    out,
    print_json,
    print_table,
    stop,
    watch,
)
from engine.commands.prune_shared import (
    Allocation,
    Compared,
    Device,
    DType,
    InputPower,
    Json,
    Length,
    MagnitudePower,
    Measured,
    Model,
    Normalised,
    Quantized,
    Seed,
    Windows,
    check_files,
    model_of,
    numbers,
    recipe_of_options,
    with_perplexity,
    words,
)
from engine.commands.text_option import Text, source
from engine.errors import EngineError, JobCancelled
from engine.prompting.elements import Language
from engine.pruning.prune_spec import METHODS
from engine.pruning.sweep_spec import RATIOS, SweepCell, SweepPruneSpec, SweepResult
from engine.text_source import TEACHING


def sweep(
    model: Model = "teach-rope",
    methods: Annotated[
        str, typer.Option(help=f"With commas, of: {', '.join(METHODS)}.")
    ] = "magnitude,wanda,ria",
    ratios: Annotated[str, typer.Option(help="Shares of zeros, with commas.")] = ",".join(
        map(str, RATIOS)
    ),
    mode: Normalised = "none",
    u: MagnitudePower = 1.0,
    a: InputPower = 1.0,
    group: Compared = "row",
    allocation: Allocation = "uniform",
    task: Annotated[str, typer.Option(help="A teaching task whose accuracy is measured too.")] = "",
    language: Annotated[str, typer.Option(help="Of the task: en or zh.")] = "en",
    items: Annotated[int, typer.Option(help="Items of the task.")] = 100,
    steps: Annotated[bool, typer.Option("--steps", help="Ask for the steps first.")] = False,
    afresh: Annotated[bool, typer.Option("--afresh", help="Measure stored cells again.")] = False,
    calibration: Text = TEACHING,
    evaluation: Text = TEACHING,
    windows: Windows = 32,
    length: Length = 128,
    measured: Measured = 64,
    seed: Seed = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: Json = False,
) -> None:
    """Methods × ratios; finished cells stay on disk, the same command goes on after a stop.

    Example: lathe prune sweep --methods magnitude,wanda,ria --task extraction
    """
    cells: list[SweepCell] = []

    def heard(part: object) -> None:
        if isinstance(part, SweepCell):
            cells.append(part)

    try:
        spec = SweepPruneSpec(
            model=model_of(model, device, dtype, quantization),
            methods=words(methods),
            recipe=recipe_of_options(mode, u, a, group),
            ratios=numbers("--ratios", ratios),
            allocation=allocation,
            task=task,
            language=cast(Language, one_of("--language", language, get_args(Language))),
            items=items,
            steps=steps,
            afresh=afresh,
            calibration=source(calibration),
            evaluation=source(evaluation),
            windows=windows,
            length=length,
            measured=measured,
            seed=seed,
        )
        check_files(spec)
        result = _run(spec, heard)
    except EngineError as error:
        stop(error)
    if as_json:
        print_json(_plain(result, cells))
    else:
        _show(cells)
    if result is None:
        raise typer.Exit(STOPPED)


def _run(spec: SweepPruneSpec, heard: Callable[[object], None]) -> object | None:
    """The result; None when Ctrl+C ends it."""
    try:
        with opened() as engine:
            return watch(engine, spec, heard)
    except JobCancelled:
        note("Stopped; what is measured is kept.")
        return None


def _plain(result: object, cells: list[SweepCell]) -> dict[str, object]:
    """The cells, and the facts of the whole when it came to its end."""
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = {"stopped": result is None}
    if isinstance(result, SweepResult):
        plain |= {k: v for k, v in to_plain(result).items() if k not in ("dense", "cells")}
    rows = [{**to_plain(cell), "loss": with_perplexity(cell.loss)} for cell in cells]
    for row, cell in zip(rows, cells, strict=True):
        if cell.accuracy is not None:
            row["accuracy"] = {**to_plain(cell.accuracy), "share": cell.accuracy.share}
    plain["dense"] = rows[0] if rows else None
    plain["cells"] = rows[1:]
    return plain


def _show(cells: list[SweepCell]) -> None:
    table = Table("Method", "Ratio", "Zero", "NLL", "± s.e.", "Perplexity", "Accuracy", "s")
    for cell in cells:
        seen = cell.accuracy
        table.add_row(
            cell.method, f"{cell.ratio:.2f}", f"{cell.zeros:.1%}", f"{cell.loss.nll:.4f}",
            f"{cell.loss.error:.4f}", f"{cell.loss.perplexity:.4g}",
            f"{seen.share:.0%} ({seen.low:.0%}-{seen.high:.0%})" if seen else "–",
            "stored" if cell.stored else f"{cell.seconds:.1f}",
        )  # fmt: skip
    print_table(table)
    if cells:
        loss = cells[0].loss
        out.print(f"{loss.windows} windows, {loss.tokens:,} scored tokens.")
