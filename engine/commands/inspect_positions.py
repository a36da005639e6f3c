"""What `lathe inspect rope` and `lathe inspect alibi` share: asking, and telling what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import STOPPED, note, out, print_json, print_table, stop, watch
from engine.commands.table_files import Columns, as_plain, write_tables
from engine.errors import EngineError, JobCancelled
from engine.inspection.inside_spec import InsideSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.render import Message, Segment
from engine.text_file import read_text_file

if TYPE_CHECKING:
    from engine.inspection.capture import Capture, LayerCapture
    from engine.inspection.positions.counterfactual_spec import CounterfactualResult

ROWS = 24
SAMPLE = "Tom has 3 apples and buys 4 more. How many apples does Tom have now?"

Text = Annotated[
    str,
    typer.Option(
        help="What the model reads, or @FILE for a file's; without it, a sample question."
    ),
]
Chat = Annotated[bool, typer.Option("--chat", help="Put the text into the model's chat template.")]
Layer = Annotated[int, typer.Option(min=0, help="Counted from 0.")]
Head = Annotated[int, typer.Option(min=0, help="Counted from 0.")]
NewTokens = Annotated[int, typer.Option(help="Tokens to go on with, before and after.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="A .json, .npz or .csv file, or a folder for all.")
]


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """The command, its errors told in one sentence and one next step."""

    @wraps(command)
    def run(**values: object) -> None:
        try:
            command(**values)
        except EngineError as error:
            stop(error)

    return run


def read_by(model: str, text: str, chat: bool) -> InsideSpec:
    """What the model is to read; the sample is a question, so it goes into the chat template.

    Raises:
        BadSpec: The file that the text names after ``@`` cannot be read.
    """
    ref = ModelRef(model)
    if text.startswith("@") and len(text) > 1:
        text = read_text_file(Path(text[1:]))
    if text and not chat:
        return InsideSpec(model=ref, text=text)
    said = Segment("input", text or SAMPLE)
    return InsideSpec(model=ref, messages=(Message("user", (said,)),))


def ask(*specs: Spec) -> list[object]:
    """Run jobs one after the other in one engine."""
    from engine.api import Engine

    engine = Engine()
    try:
        return [watch(engine, spec) for spec in specs]
    except JobCancelled:
        note("Stopped.")
        raise typer.Exit(STOPPED) from None
    finally:
        engine.close()


def only_layer(found: Capture) -> LayerCapture:
    """The decoder's (or only) self-attention of a capture of one layer."""
    return next((one for one in found.layers if one.role != "cross"), found.layers[0])


def change_facts(result: CounterfactualResult) -> dict[str, object]:
    """A counterfactual's figures as plain values."""
    return {
        "kl_nats": result.change.kl,
        "loss_before": result.nll_before,
        "loss_after": result.nll_after,
        "text_before": result.text_before,
        "text_after": result.text_after,
        "next_tokens": [
            {"token": one.text, "before": one.before, "after": one.after}
            for one in result.change.tokens
        ],
    }


def show_change(result: CounterfactualResult) -> None:
    """Print what a counterfactual did to the model's words."""
    table = sheet("Next token", "before", "after")
    for one in result.change.tokens[:8]:
        table.add_row(escape(repr(one.text)), f"{one.before:.3f}", f"{one.after:.3f}")
    print_table(table)
    out.print(f"KL {result.change.kl:.4f} nats at the last token.")
    if result.nll_before is not None and result.nll_after is not None:
        out.print(
            f"Loss of the text: {result.nll_before:.3f} before, {result.nll_after:.3f} after, "
            f"nats per token over {len(result.loss_before)} tokens."
        )
    if result.text_before or result.text_after:
        out.print(f"Before: {escape(result.text_before)!r}")
        out.print(f"After:  {escape(result.text_after)!r}")


def show_table(columns: Columns, headings: Mapping[str, str], digits: int = 4) -> None:
    """Print the columns that have a heading, thinned evenly to `ROWS` rows."""
    names = [name for name in columns if name in headings]
    table = sheet(*(headings[name] for name in names))
    count = len(columns[names[0]])
    plain = as_plain(columns)
    shown = sorted({round(n * (count - 1) / max(1, ROWS - 1)) for n in range(min(ROWS, count))})
    for row in range(count) if count <= ROWS else shown:
        table.add_row(*(_cell(plain[name][row], digits) for name in names))
    print_table(table)
    if count > ROWS:
        out.print(f"{ROWS} of {count} rows; --out writes all.")


def finish(
    facts: dict[str, object],
    tables: dict[str, Columns],
    arrays: Columns,
    place: Path | None,
    as_json: bool,
) -> None:
    """Write the files that were asked for, and print JSON where it was."""
    if place is not None:
        for file in write_tables(place, tables, arrays, facts):
            note(f"Wrote {file}.")
    if as_json:
        print_json({**facts, **{name: as_plain(columns) for name, columns in tables.items()}})


def sheet(*names: str) -> Table:
    """An empty table in the dress of the other commands."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _cell(value: object, digits: int) -> str:
    if value is None:
        return "∞"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)
