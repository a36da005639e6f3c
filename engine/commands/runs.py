"""`lathe runs`: what was run, and resuming what ended early."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import note, out, print_json, stop
from engine.errors import BadSpec, EngineError, StoreError

if TYPE_CHECKING:
    from engine.store.details import RunDetails
    from engine.store.project import Project
    from engine.store.runs import RunInfo
    from engine.store.search import Hit

app = typer.Typer(help="Stored runs: list, show, resume, export, search.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
ProjectPath = Annotated[
    Path | None, typer.Option("--project", help="The project file; else the window's own.")
]
RunId = Annotated[str, typer.Argument(help="A run's id, its beginning, or “last”.")]
LAST = "last"


@app.command(name="list")
def list_runs(
    project: ProjectPath = None,
    most: Annotated[int, typer.Option(help="At most so many, the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """Every run, newest first."""
    with _opened(project) as opened:
        runs = opened.runs(most=most)
    if as_json:
        print_json({"runs": runs})
        return
    if not runs:
        out.print("There is no run yet; make one with: lathe compare --project FILE …")
        return
    out.print(_table(runs))


@app.command()
def show(run: RunId, project: ProjectPath = None, as_json: Json = False) -> None:
    """What a run asked, its figures, and where they come from."""
    from engine.jobs.spec import to_plain
    from engine.store.details import details_of

    with _opened(project) as opened:
        details = details_of(opened, _resolved(opened, run))
    if as_json:
        print_json({**to_plain(details), "kind": details.info.kind})
        return
    _show(details)


@app.command()
def resume(
    run: RunId,
    project: ProjectPath = None,
    as_json: Json = False,
    report: Annotated[
        list[Path] | None,
        typer.Option("--out", help="Write .html, .md, .json, .jsonl or .csv."),
    ] = None,
) -> None:
    """Ask the cells that a run still lacks; what it has is kept."""
    from engine.commands.compare import Destination, run_spec
    from engine.evaluation.spec import CompareSpec

    with _opened(project) as opened:
        run_id = _resolved(opened, run)
        info, spec = opened.run(run_id), opened.load_spec(run_id)
        if not isinstance(spec, CompareSpec):
            raise BadSpec(f"The run “{run_id}” is no comparison.", "Choose a comparison.")
        place = opened.path
    if info.status == "finished" and not info.failed:
        note(f"The run {run_id} is complete; it is only shown.")
    destination = Destination(as_json, tuple(report or ()), place)
    run_spec(replace(spec, continues=run_id), destination)


@app.command()
def export(
    run: RunId,
    to: Annotated[
        list[Path], typer.Argument(help="Files; the suffix names the format.", metavar="FILE…")
    ],
    project: ProjectPath = None,
) -> None:
    """Write a run as a report or as data."""
    from engine.store.details import result_of
    from engine.store.export.registry import export as write
    from engine.store.export.registry import format_for

    with _opened(project) as opened:
        for path in to:
            format_for(path)
        spec, result = result_of(opened, _resolved(opened, run))
    try:
        for path in to:
            write(path, spec, result)
            note(f"Written: {path}")
    except EngineError as error:
        stop(error)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="All of them must stand in one text.")],
    project: ProjectPath = None,
    as_json: Json = False,
) -> None:
    """Find runs by their titles, notes, prompts, questions and answers."""
    with _opened(project) as opened:
        found = opened.search(" ".join(words))
        rows = {one.run_id: opened.run(one.run_id) for one in found}
    if as_json:
        print_json({"found": found})
        return
    if not found:
        out.print("Nothing found.")
    for one in found:
        info = rows[one.run_id]
        out.print(f"[bold]{info.id}[/]  {_when(info)}  {escape(info.name or info.title)}")
        for hit in one.hits:
            place = f"{hit.place}: " if hit.place else ""
            out.print(f"  [dim]{hit.kind}[/] {escape(place)}{_marked(hit)}")
        if one.count > len(one.hits):
            out.print(f"  [dim]and {one.count - len(one.hits)} more[/]")


@contextmanager
def _opened(path: Path | None) -> Iterator[Project]:
    """The project; every foreseen error ends the command."""
    from engine.paths import Paths
    from engine.store.project import DEFAULT_NAME, Project

    place = path if path is not None else Paths.default().data / DEFAULT_NAME
    try:
        if path is not None and not path.exists():
            raise StoreError(f"There is no project “{path}”.", "Name a file that Lathe wrote.")
        with Project.open(place) as project:
            yield project
    except EngineError as error:
        stop(error)


def _resolved(project: Project, name: str) -> str:
    """The id that a beginning of it, or “last”, means.

    Raises:
        StoreError: No run, or several, begin so.
    """
    runs = project.runs()
    if name == LAST and runs:
        return runs[0].id
    fitting = [run.id for run in runs if run.id.startswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise StoreError(
            f"{len(fitting)} runs begin with “{name}”.", "Write more letters of the id."
        )
    raise StoreError(f"The project has no run “{name}”.", "Choose one from: lathe runs list")


def _table(runs: tuple[RunInfo, ...]) -> Table:
    table = Table("Run", "Started", "Title", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Cells", justify="right")
    table.add_column("Status")
    for run in runs:
        cells = f"{run.cells} of {run.planned}" if run.planned else str(run.cells or "–")
        failed = f", {run.failed} failed" if run.failed else ""
        title = escape(run.name or run.title)
        table.add_row(run.id, _when(run), title, cells, f"{run.status}{failed}")
    return table


def _show(details: RunDetails) -> None:
    from engine.commands.compare import figures
    from engine.evaluation.spec import CompareSpec
    from engine.store.export.facts import environment_facts, sampling_facts

    info, spec = details.info, details.spec
    out.print(f"[bold]{escape(info.name or info.title)}[/]")
    out.print(f"{info.id} · {_when(info)} · {info.status} · {info.seconds:.0f} s")
    if info.tags:
        out.print(escape(" ".join(f"#{tag}" for tag in info.tags)))
    if info.note:
        out.print(escape(info.note))
    if details.evidence is not None:
        from engine.commands.why import show as show_evidence

        show_evidence(details.evidence)
    if not isinstance(spec, CompareSpec):
        return
    out.print(figures(details.summaries))
    for pair in details.comparison.pairs if details.comparison is not None else ():
        out.print(escape(pair.sentence))
    facts = [("Items", str(len(spec.items))), *sampling_facts(spec)]
    for one in details.environments:
        facts += environment_facts(one)
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in facts:
        table.add_row(f"[dim]{escape(name)}[/]", escape(value))
    out.print(table)
    for text, count in details.errors:
        cells = "1 cell" if count == 1 else f"{count} cells"
        out.print(f"[red]{cells}:[/] {escape(text)}")
    if info.resumable:
        note(f"Resume it with: lathe runs resume {info.id}")


def _when(run: RunInfo) -> str:
    return datetime.fromtimestamp(run.started).strftime("%Y-%m-%d %H:%M")


def _marked(hit: Hit) -> str:
    """The snippet with what was found in bold."""
    text, at = "", 0
    for start, end in hit.marks:
        text += escape(hit.snippet[at:start]) + f"[bold]{escape(hit.snippet[start:end])}[/]"
        at = end
    return text + escape(hit.snippet[at:])
