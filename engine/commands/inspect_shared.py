"""What the verbs of `lathe inspect` share: their options, asking, tables and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from engine.commands.compare_options import ModelOptions
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
from engine.commands.table_files import Columns, as_plain, check_place, write_tables
from engine.errors import BadSpec, EngineError, JobCancelled, PromptError
from engine.inspection.ablation_spec import Method, Scope
from engine.inspection.text_spec import ModelTextSpec, TextSpec
from engine.jobs.spec import Spec
from engine.prompting.render import Message, Segment
from engine.text_file import read_text_file

ROWS = 24
SAMPLE = "Tom has 3 apples and buys 4 more. How many apples does Tom have now?"


def _known(place: Path | None) -> Path | None:
    """Refuse a place before the work, or its result would be lost."""
    if place is not None:
        try:
            check_place(place)
        except BadSpec as error:
            raise typer.BadParameter(f"{error.message} {error.hint}") from None
    return place


Model = Annotated[str, typer.Option(help="Folder or name of a model.")]
Text = Annotated[
    str | None,
    typer.Option(
        help="What the model reads, or @FILE for a file's; without it, a sample question."
    ),
]
Chat = Annotated[bool, typer.Option("--chat", help="Put the text into the model's chat template.")]
Layer = Annotated[int, typer.Option(min=0, help="Counted from 0.")]
Head = Annotated[int, typer.Option(min=0, help="Counted from 0.")]
How = Annotated[Method, typer.Option(help="zero, or the part's mean over this text's tokens.")]
Where = Annotated[Scope, typer.Option(help="At the last token alone, or at all of them.")]
Top = Annotated[int, typer.Option(help="How many tokens to name.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")]
DType = Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")]
Quantized = Annotated[str, typer.Option("--quantization", help="none, nf4, fp4 or int8.")]
NewTokens = Annotated[int, typer.Option(help="Tokens to go on with, before and after.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="A .json, .npz or .csv file, or a folder for all.", callback=_known),
]

Read = TypeVar("Read", bound=TextSpec)
ReadByOne = TypeVar("ReadByOne", bound=ModelTextSpec)


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """The command, its errors told in one sentence and one next step."""

    @wraps(command)
    def run(**values: object) -> None:
        try:
            command(**values)
        except EngineError as error:
            stop(error)

    return run


def asked(
    spec: ReadByOne,
    model: str,
    text: str | None,
    chat: bool,
    *,
    device: str = "auto",
    dtype: str = "auto",
    quantization: str = "none",
) -> ReadByOne:
    """The question, put to a model about a text.

    Args:
        spec: The question.
        model: As it was named; ``owner/name@revision`` names a revision.
        text, chat: As for `reading`.
        device, dtype, quantization: How to load the model.

    Raises:
        PromptError, BadSpec: As `reading` does, and for a way to load that there is not.
    """
    loaded = ModelOptions((model,), device=device, dtype=dtype, quantization=quantization)
    return replace(reading(spec, text, chat), model=loaded.refs()[0])


def reading(spec: Read, text: str | None, chat: bool) -> Read:
    """The question about a text; the sample is a question, so it goes into the chat template.

    Args:
        spec: The question.
        text: As it was given; None = the sample.
        chat: Whether to put it into the model's chat template.

    Raises:
        PromptError: The text that was given is empty.
        BadSpec: The file that the text names after ``@`` cannot be read.
    """
    given = given_text(text)
    if given is not None and not chat:
        return replace(spec, text=given)
    said = Segment("input", SAMPLE if given is None else given)
    return replace(spec, messages=(Message("user", (said,)),))


def given_text(text: str | None) -> str | None:
    """What was given, a file's text in the place of ``@FILE``; None when nothing was.

    Raises:
        PromptError: It is empty: no sample may stand in for what a person wrote.
        BadSpec: The file cannot be read.
    """
    if text is None:
        return None
    named = text.startswith("@") and len(text) > 1
    found = read_text_file(Path(text[1:])) if named else text
    if not found:
        raise PromptError(
            f"The file {text[1:]} is empty." if named else "The text is empty.",
            "Give at least one character, or leave --text out to read a sample question.",
        )
    return found


def ask(*specs: Spec) -> list[object]:
    """Run jobs one after the other in one engine."""
    try:
        with opened() as engine:
            return [watch(engine, spec) for spec in specs]
    except JobCancelled:
        note("Stopped.")
        raise typer.Exit(STOPPED) from None


def note_length(tokens: int, trained: int | None) -> None:
    """Say when a text is longer than the model was made for."""
    if trained is not None and tokens > trained:
        note(
            f"The text has {tokens:,} tokens; the model was trained on {trained:,}, so what it "
            "does behind them was never trained."
        )


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
