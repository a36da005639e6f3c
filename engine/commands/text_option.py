"""A text as an option: a file, a column of a data set, the lessons, the words themselves."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TextIO

import typer

from engine.commands.lines import COLUMN, TEXT
from engine.text_source import DATA_SETS, TextSource

Text = Annotated[
    str,
    typer.Option(
        help="A text file, a data set (.jsonl, .json, .csv, .tsv; FILE#COLUMN reads one column), "
        "teaching, text:WORDS, or -."
    ),
]


def source(text: str) -> TextSource:
    """A file, ``FILE#COLUMN``, the teaching corpus, ``text:…``, or ``-`` for standard input."""
    if text == "-":
        return TextSource("", _standard_input(sys.stdin))
    if text.startswith(TEXT):
        return TextSource("", text.removeprefix(TEXT))
    for at, letter in enumerate(text):
        if letter == COLUMN and Path(text[:at]).suffix.lower() in DATA_SETS:
            return TextSource(text[:at], column=text[at + 1 :])
    return TextSource(text)


@lru_cache(maxsize=1)
def _standard_input(stream: TextIO) -> str:
    """Read once: two options may both name it."""
    return stream.read()
