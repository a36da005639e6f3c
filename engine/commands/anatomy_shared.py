"""What the verbs of `lathe inspect anatomy` share: a table of mixed lines, shown and written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import note, print_table
from engine.commands.table_files import write_tables

if TYPE_CHECKING:
    from engine.commands.table_files import Columns

Lines = list[list[object]]


def write(
    place: Path | None, name: str, head: Sequence[str], lines: Lines, arrays: Columns | None = None
) -> None:
    """Write a table (and its arrays) to the file that was asked for, if any."""
    if place is None:
        return
    columns = {
        title: np.array(column)
        for title, column in zip(head, zip(*lines, strict=True), strict=True)
    }
    for file in write_tables(place, {name: columns}, arrays or {}, {}):
        note(f"Wrote {file}.")


def show(head: Sequence[str], lines: Lines) -> None:
    """Print a table; its first column names the line."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(head):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for line in lines:
        table.add_row(*(escape(str(value)) for value in line))
    print_table(table)
