"""`lathe extend finetune`: train a copy for a while on stretched positions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import note, out, print_json, print_table, run_job, stop
from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import TuneContextResult, TuneContextSpec, TuneStep
from engine.errors import EngineError
from engine.prompting.elements import Language
from engine.pruning.prune_spec import TEACHING, TextSource

EVERY = 20


def finetune(
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "teach-rope",
    method: Annotated[str, typer.Option(help="linear, ntk-exact, yarn, …")] = "linear",
    factor: Annotated[float, typer.Option(help="Target length over trained length.")] = 4.0,
    steps: Annotated[int, typer.Option(help="Optimiser steps.")] = TuneContextSpec.steps,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = TuneContextSpec.rate,
    seed: Annotated[int, typer.Option(help="Of the texts.")] = 0,
    text: Annotated[str, typer.Option(help="A UTF-8 file, or teaching.")] = TEACHING,
    n: Annotated[int, typer.Option(help="Keys asked for before and after; 0 = none.")] = 48,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder for the trained model.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Train a copy with its positions stretched, and count the keys it finds before and after.

    Example: lathe extend finetune --factor 4 --out longer
    """
    try:
        spec = TuneContextSpec(
            model=ModelOptions((model,), device=device, dtype="float32").refs()[0],
            method=method,
            factor=factor,
            steps=steps,
            rate=rate,
            seed=seed,
            source=TextSource(text if text == TEACHING else str(Path(text).absolute())),
            measured=n,
            language=cast(Language, one_of("--language", language, get_args(Language))),
            out=str(output.absolute()) if output else "",
        )
        result = _run(spec)
    except EngineError as error:
        stop(error)
    if as_json:
        from engine.jobs.spec import to_plain

        print_json(to_plain(result))
    else:
        _show(result)


def _run(spec: TuneContextSpec) -> TuneContextResult:
    def heard(part: object) -> None:
        if isinstance(part, TuneStep) and part.step % EVERY == 0:
            note(f"step {part.step}: loss {part.loss:.3f}")
        elif isinstance(part, ProbeRow):
            note(f"{part.length}: {part.right} of {part.n} keys")

    result = run_job(spec, heard, "Stopped; nothing was written, and the model is as it was.")
    assert isinstance(result, TuneContextResult)
    return result


def _show(result: TuneContextResult) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Length", "tokens", "of", "keys before", "after", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for before, after in zip(result.before, result.after, strict=True):
        table.add_row(
            after.length,
            f"{after.tokens:,}",
            str(after.n),
            f"{before.passkey:.0%}",
            f"{after.passkey:.0%}",
            f"{after.low:.0%} … {after.high:.0%}",
        )
    print_table(table)
    last = result.steps[-1]
    out.print(
        f"{result.method} × {result.factor:g}: {len(result.steps)} steps, {last.tokens:,} tokens, "
        f"loss {result.steps[0].loss:.3f} → {last.loss:.3f}, {result.seconds:.0f} s"
    )
    if result.out:
        out.print(f"{result.out}: {result.file_bytes / 1e6:.1f} MB", markup=False)
