"""`lathe bench`: the program's own measurements, each from one run on this computer."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from engine.bench.run import BENCHES, run_bench
from engine.commands.console import note, out, print_json, stop
from engine.errors import EngineError, describe


def bench(
    name: Annotated[str, typer.Argument(help="One of: " + ", ".join(BENCHES) + ".")],
    n: Annotated[int | None, typer.Option(min=1, help="How many items.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="A model; repeat for several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Measure, and print the figures."""
    try:
        figures = run_bench(name, n=n, models=tuple(model or ()), progress=note)
    except EngineError as error:
        stop(error)
    except (ImportError, OSError, RuntimeError) as error:
        stop(describe(error))
    if as_json:
        print_json(figures)
        return
    _show(figures)


def _show(figures: dict[str, object]) -> None:
    rows = figures.get("rows")
    if isinstance(rows, list) and rows and isinstance(rows[0], dict):
        table = Table(*map(str, rows[0]))
        for row in rows:
            table.add_row(*(escape(_shown(value)) for value in row.values()))
        out.print(table)
    plain = Table("Figure", "Value")
    for key, value in figures.items():
        if key != "rows":
            plain.add_row(escape(key), escape(_shown(value)))
    if plain.row_count:
        out.print(plain)


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
