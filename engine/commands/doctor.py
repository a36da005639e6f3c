"""`lathe doctor`: what this computer offers, and why each choice was made."""

from __future__ import annotations

from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from engine.commands.console import FAILURE, err, out, print_json


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Look at Python, Qt, torch, device, memory, fonts and folders."""
    with err.status("Looking …"):
        import engine.doctor

        report = engine.doctor.run()
    if as_json:
        print_json(report)
    else:
        _show(cast(list[dict[str, object]], report["entries"]))
    raise typer.Exit(0 if report["ok"] else FAILURE)


def _show(entries: list[dict[str, object]]) -> None:
    table = Table()
    for title in ("", "What", "Found", "Why"):
        table.add_column(title, overflow="fold")  # a folder is shown whole: people delete by it
    for entry in entries:
        mark = "[green]ok[/]" if entry["ok"] else "[red]✗[/]"
        table.add_row(mark, *(escape(str(entry[name])) for name in ("name", "value", "reason")))
    out.print(table)
    for entry in entries:
        if entry["hint"]:
            out.print(f"[bold]{escape(str(entry['name']))}[/]: {escape(str(entry['hint']))}")
