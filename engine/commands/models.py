"""`lathe models`: list, show, load, pull and remove."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from engine.commands.console import note, opened, out, print_json, run_job, stop
from engine.errors import EngineError
from engine.models.reference import ModelRef
from engine.models.spec import (
    Anatomy,
    DescribeModelSpec,
    DownloadPlan,
    DownloadSpec,
    LoadedInfo,
    LoadModelSpec,
    MemoryForecast,
    ModelDescription,
    ModelEntry,
)

app = typer.Typer(help="Models on this computer: list, show, load, pull, remove.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Name = Annotated[str, typer.Argument(help="A teaching model, a folder, or owner/name.")]


@app.command(name="list")
def list_models(as_json: Json = False) -> None:
    """Every model that can be used without a download."""
    try:
        with opened() as engine:
            entries = engine.models()
    except EngineError as error:
        stop(error)
    if as_json:
        print_json({"models": entries})
        return
    if not entries:
        out.print("There is no model yet; fetch one with: lathe models pull OWNER/NAME")
        return
    table = Table("Model", "Source", "Architecture")
    table.add_column("Size", justify="right")
    table.add_column("Last used", justify="right")
    table.add_column("Problem")
    for entry in entries:
        table.add_row(
            escape(entry.id),
            entry.source,
            escape(entry.architecture),
            size(entry.size_bytes),
            _day(entry.last_used),
            escape(entry.problem),
        )
    out.print(table)


@app.command()
def show(model: Name, as_json: Json = False) -> None:
    """Anatomy and memory forecast, without loading the weights."""
    found = _result(DescribeModelSpec(model=ModelRef(model)))
    assert isinstance(found, ModelDescription)
    if as_json:
        print_json(found)
        return
    out.print(_entry(found.entry))
    if found.anatomy is not None:
        out.print(_anatomy(found.anatomy))
    if found.forecast is not None:
        _show_forecast(found.forecast)


@app.command()
def load(model: Name, as_json: Json = False) -> None:
    """Load a model to see that it loads, and what that takes."""
    info = _result(LoadModelSpec(model=ModelRef(model)))
    assert isinstance(info, LoadedInfo)
    if as_json:
        print_json(info)
        return
    rows = (
        ("Device", info.device),
        ("Number format", f"{info.dtype} ({info.dtype_reason})"),
        ("Attention", f"{info.attention} ({info.attention_reason})"),
        ("Quantisation", info.quantization),
        ("Memory forecast", size(info.forecast_bytes)),
        ("Memory measured", size(info.measured_bytes)),
        ("Loaded in", f"{info.load_seconds:.1f} s"),
    )
    out.print(_pairs(rows))


@app.command()
def pull(
    model: Annotated[str, typer.Argument(help="A repository, owner/name.")],
    revision: Annotated[str | None, typer.Option(help="A commit, branch or tag.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be fetched.")] = False,
    endpoint: Annotated[
        str,
        typer.Option(
            help="A mirror's address, which gets no token; else HF_ENDPOINT, else the setting."
        ),
    ] = "",
    allow_pickle: Annotated[bool, typer.Option(help="Fetch pickle weights too.")] = False,
    as_json: Json = False,
) -> None:
    """Download a model into the cache; what is there already is not fetched again."""
    wanted = DownloadSpec(
        repository=model,
        revision=revision,
        dry_run=True,
        endpoint=endpoint,
        allow_pickle=allow_pickle,
    )
    plan = _result(wanted)
    assert isinstance(plan, DownloadPlan)
    if dry_run:
        print_json(plan) if as_json else out.print(_plan(plan))
        return
    note(f"{size(plan.download_bytes)} to fetch, {size(plan.free_disk_bytes)} free on disk.")
    fetched = _result(
        DownloadSpec(
            repository=model,
            revision=revision,
            endpoint=endpoint,
            allow_pickle=allow_pickle,
        )
    )
    if as_json:
        print_json(fetched)
    else:
        out.print(f"{escape(model)} is in the cache.")


@app.command()
def remove(
    model: Annotated[str, typer.Argument(help="A repository in the cache, owner/name.")],
    revision: Annotated[str | None, typer.Option(help="Only this commit.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a model from the cache."""
    from engine.models.cache import freed_by_removing
    from engine.models.cache import remove as remove_cached

    try:
        freed = freed_by_removing(model, revision)
        if not yes and not typer.confirm(f"Delete {model} ({size(freed)})?", err=True):
            raise typer.Exit(1)
        out.print(f"{size(remove_cached(model, revision))} freed.")
    except EngineError as error:
        stop(error)


def _result(spec: DescribeModelSpec | LoadModelSpec | DownloadSpec) -> object:
    """A job's result, or the end of the command."""
    try:
        return run_job(spec, stopped="")
    except EngineError as error:
        stop(error)


def size(count: int) -> str:
    """Bytes in the unit that suits them."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _day(seconds: float | None) -> str:
    return "" if seconds is None else time.strftime("%Y-%m-%d", time.localtime(seconds))


def _pairs(rows: tuple[tuple[str, str], ...]) -> Table:
    table = Table(show_header=False)
    for name, value in rows:
        if value:
            table.add_row(name, escape(value))
    return table


def _entry(entry: ModelEntry) -> Table:
    return _pairs(
        (
            ("Model", entry.id),
            ("Source", entry.source),
            ("Place", entry.path),
            ("Size", size(entry.size_bytes)),
            ("Problem", entry.problem),
        )
    )


def _anatomy(one: Anatomy) -> Table:
    rope = ", ".join(f"{name} {value}" for name, value in one.rope.items())
    return _pairs(
        (
            ("Architecture", one.architecture),
            ("Structure", one.structure),
            ("Positions", one.position_encoding),
            ("RoPE", rope),
            ("Activation", one.activation),
            ("Norm", one.norm),
            ("Layers", str(one.layers)),
            ("Width", f"{one.hidden_size} (MLP {one.intermediate_size})"),
            ("Heads", f"{one.heads} of {one.head_dim}, {one.kv_heads} for keys and values"),
            ("Vocabulary", f"{one.vocabulary:,}"),
            ("Context", "no limit" if one.context_length is None else f"{one.context_length:,}"),
            ("Parameters", f"{one.parameters:,}"),
        )
    )


def _show_forecast(one: MemoryForecast) -> None:
    rows = (
        ("Weights", size(one.weights)),
        (f"KV cache at {one.context_length:,}", size(one.kv_cache)),
        ("Overhead", size(one.overhead)),
        ("Total", size(one.total)),
        (f"Free on {one.device}", size(one.free)),
        ("Fits", f"{'yes' if one.fits else 'no'}: {one.reason}"),
    )
    out.print(_pairs(rows))
    for alternative in one.alternatives:
        out.print(f"Would fit: {escape(alternative)}")


def _plan(plan: DownloadPlan) -> Table:
    table = Table("File")
    table.add_column("Size", justify="right")
    for name, count in plan.files:
        table.add_row(escape(name), size(count))
    table.add_row("To fetch", size(plan.download_bytes))
    return table
