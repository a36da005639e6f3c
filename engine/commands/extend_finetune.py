"""`lathe extend finetune`: train a copy for a while on stretched positions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import note, out, print_json, print_table, run_job, stop
from engine.commands.text_option import Text, source
from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import (
    Also,
    Begin,
    Lora,
    TuneContextResult,
    TuneContextSpec,
    TuneForecast,
    TuneProblem,
    TuneResumed,
    TuneStep,
    Written,
)
from engine.errors import EngineError
from engine.prompting.elements import Language
from engine.text_source import TEACHING

EVERY = 20


Chosen = Literal["auto", "full", "lora"]
Targets = Literal["linear", "attention"]
NO_EXTRAS = "none"


def finetune(
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "teach-rope",
    method: Annotated[str, typer.Option(help="linear, ntk-exact, yarn, …")] = "linear",
    factor: Annotated[float, typer.Option(help="Target length over trained length.")] = 4.0,
    steps: Annotated[int, typer.Option(help="Optimiser steps.")] = TuneContextSpec.steps,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = TuneContextSpec.rate,
    seed: Annotated[int, typer.Option(help="Of the texts.")] = 0,
    text: Text = TEACHING,
    n: Annotated[int, typer.Option(help="Keys asked for before and after; 0 = none.")] = 48,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    adapter: Annotated[
        str, typer.Option(help="full, lora, or auto: all weights where memory allows.")
    ] = "auto",
    rank: Annotated[int, typer.Option(help="Of the adapter.")] = Lora.rank,
    alpha: Annotated[float, typer.Option(help="Scale of the adapter.")] = Lora.alpha,
    targets: Annotated[str, typer.Option(help="Layers with an adapter: linear, attention.")] = (
        Lora.targets
    ),
    also: Annotated[
        str, typer.Option(help="Trained whole beside it: norms,biases,embeddings or none.")
    ] = ",".join(Lora.also),
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder for the trained model.")
    ] = None,
    write: Annotated[str, typer.Option(help="Of an adapter: merged, adapter, or auto.")] = "auto",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, drop what is kept.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="Train no more: use what is trained so far.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")] = "auto",
    quantization: Annotated[
        str, typer.Option(help="none, nf4, fp4, int8: then an adapter is trained.")
    ] = "none",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Train a copy with its positions stretched, and count the keys it finds before and after.

    Ctrl+C keeps what is trained: the same command goes on from there, --finish makes a model of it.

    Example: lathe extend finetune --factor 4 --out longer
    """
    try:
        begin: Begin = "fresh" if fresh else "finish" if finish else "resume"
        spec = TuneContextSpec(
            model=ModelOptions(
                (model,), device=device, dtype="float32", quantization=quantization
            ).refs()[0],
            method=method,
            factor=factor,
            steps=steps,
            rate=rate,
            seed=seed,
            source=source(text),
            measured=n,
            language=cast(Language, one_of("--language", language, get_args(Language))),
            out=str(output.absolute()) if output else "",
            adapter=cast(Chosen, one_of("--adapter", adapter, get_args(Chosen))),
            lora=Lora(
                rank,
                alpha,
                cast(Targets, one_of("--targets", targets, get_args(Targets))),
                _also(also),
            ),
            written=cast(Written, one_of("--write", write, get_args(Written))),
            begin=begin,
        )
        result = _run(spec)
    except EngineError as error:
        stop(error)
    if as_json:
        from engine.jobs.spec import to_plain

        print_json(to_plain(result))
    else:
        _show(result, spec)


def _also(text: str) -> tuple[Also, ...]:
    names = [] if text == NO_EXTRAS else [name.strip() for name in text.split(",")]
    return tuple(cast(Also, one_of("--also", name, get_args(Also))) for name in names)


def _run(spec: TuneContextSpec) -> TuneContextResult:
    done = 0

    def heard(part: object) -> None:
        nonlocal done
        if isinstance(part, TuneStep):
            done = part.step
            if done % EVERY == 0:
                speed = f"{part.tokens / part.seconds:,.0f} tokens/s" if part.seconds else ""
                note(f"step {done} of {spec.steps}: loss {part.loss:.3f}, {speed}")
        elif isinstance(part, ProbeRow):
            note(f"{part.length}: {part.right} of {part.n} keys")
        elif isinstance(part, TuneForecast):
            note(_planned(part))
        elif isinstance(part, TuneResumed):
            done = len(part.steps)
            note(f"Goes on after step {done} of {spec.steps}.")
        elif isinstance(part, TuneProblem):
            note(str(part.report))

    try:
        result = run_job(spec, heard, "")
    except typer.Exit:
        note(
            f"Stopped after {done} of {spec.steps} steps. The same command goes on from there; "
            "--finish makes a model of what is trained."
        )
        raise
    assert isinstance(result, TuneContextResult)
    return result


def _planned(forecast: TuneForecast) -> str:
    what = "all weights" if forecast.adapter == "full" else "a LoRA adapter"
    return (
        f"Trains {what}: {forecast.trained:,} of {forecast.parameters:,} parameters. Memory: "
        f"{forecast.weights_bytes / 1e6:,.0f} MB of weights, "
        f"{forecast.gradient_bytes / 1e6:,.0f} of gradients, "
        f"{forecast.optimiser_bytes / 1e6:,.0f} of the optimiser, about "
        f"{forecast.activation_bytes / 1e6:,.0f} of a text of {forecast.tokens:,} tokens; "
        f"{forecast.free / 1e6:,.0f} free."
    )


def _show(result: TuneContextResult, spec: TuneContextSpec) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    interval = "95 % interval"
    for name in ("Length", "tokens", "of", "keys before", interval, "after", interval):
        table.add_column(name, justify="right", no_wrap=True)
    earlier = {row.tokens: row for row in result.before}
    for after in result.after:
        before = earlier.get(after.tokens)
        table.add_row(
            after.length,
            f"{after.tokens:,}",
            str(after.n),
            f"{before.passkey:.0%}" if before else "–",
            f"{before.low:.0%} … {before.high:.0%}" if before else "–",
            f"{after.passkey:.0%}",
            f"{after.low:.0%} … {after.high:.0%}",
        )
    print_table(table)
    last = result.steps[-1]
    steps = f"{len(result.steps)} steps"
    if len(result.steps) < spec.steps:
        steps = f"{len(result.steps)} of {spec.steps} steps"
    out.print(
        f"{result.method} × {result.factor:.3g}: {steps}, {last.tokens:,} tokens, "
        f"loss {result.steps[0].loss:.3f} → {last.loss:.3f}, {result.seconds:.0f} s"
    )
    if result.out:
        whole = "a whole model" if result.loadable else "an adapter for peft"
        off = result.difference
        equal = f"equal to {off:.0e}" if off else "bit for bit equal"
        text = f"{result.out}: {whole}, {result.file_bytes / 1e6:.1f} MB; read back {equal}"
        out.print(text, markup=False)
