"""`lathe`: the same engine without a window. Importing this imports neither torch nor Qt."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from engine.commands import (
    bench,
    compare,
    doctor,
    extend,
    extract,
    inspect,
    models,
    prune,
    prune_structured,
    runs,
    stats,
    why,
    window,
)

app = typer.Typer(
    name="lathe",
    help="A workbench for local language models. Without a command, the window opens.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(compare.compare)
app.command()(stats.stats)
app.command()(extract.extract)
app.command()(doctor.doctor)
app.command()(bench.bench)
app.add_typer(extend.app, name="extend")
app.add_typer(inspect.app, name="inspect")
app.add_typer(models.app, name="models")
prune.app.command("structured")(prune_structured.structured)
app.add_typer(prune.app, name="prune")
app.add_typer(runs.app, name="runs")
app.add_typer(why.app, name="why")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(program_version())
        raise typer.Exit


def program_version() -> str:
    """The installed version, or that of the source tree."""
    try:
        return version("lathe-workbench")
    except PackageNotFoundError:
        return "0+source"


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
    screenshot: Annotated[
        str | None,
        typer.Option(
            metavar="PAGE",
            help="Render a page after its demo run: --screenshot compare out.png.",
            rich_help_panel="Window",
        ),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Of the picture: 1440x900.", rich_help_panel="Window")
    ] = None,
    page: Annotated[
        str | None, typer.Option(help="Page to open first.", rich_help_panel="Window")
    ] = None,
    theme: Annotated[
        str | None, typer.Option(help="light, dark or system.", rich_help_panel="Window")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or zh_CN.", rich_help_panel="Window")] = None,
    scale: Annotated[
        float | None, typer.Option(help="Text size, 0.8 to 2.0.", rich_help_panel="Window")
    ] = None,
    safe_mode: Annotated[
        bool,
        typer.Option(
            "--safe-mode",
            help="Default settings, nothing restored or kept.",
            rich_help_panel="Window",
        ),
    ] = False,
    self_test: Annotated[
        bool,
        typer.Option(
            "--self-test",
            help="Open the window, check that it painted, and end.",
            rich_help_panel="Window",
        ),
    ] = False,
) -> None:
    """Open the window when no command is named."""
    if context.invoked_subcommand is None:
        window.open_window(sys.argv[1:])
    elif context.invoked_subcommand != "app":
        from engine.commands.log_file import keep_log
        from engine.paths import Paths

        keep_log(Paths.default().logs)


@app.command(
    name="app", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def open_app(context: typer.Context) -> None:
    """Open the window."""
    window.open_window(context.args)


def main() -> None:
    """The console script. Window options, with their file name, go to the window as they are."""
    arguments = sys.argv[1:]
    if window.wants_window(arguments):
        window.open_window(arguments)
    app()


if __name__ == "__main__":
    main()
