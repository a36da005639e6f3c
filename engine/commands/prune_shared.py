"""What the verbs of `lathe prune` share: options, texts from them, losses in words."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from engine.commands.lines import COLUMN, TEXT
from engine.errors import BadSpec
from engine.pruning.prune_spec import TextSource
from engine.pruning.sources import DATA_SETS

if TYPE_CHECKING:
    from engine.pruning.prune_spec import Loss

Model = Annotated[str, typer.Option(help="A model's name or folder.")]
Text = Annotated[
    str,
    typer.Option(
        help="A text file, a data set (.jsonl, .json, .csv, .tsv; FILE#COLUMN reads one column), "
        "teaching, text:WORDS, or -."
    ),
]
Windows = Annotated[int, typer.Option(help="Windows of calibration.")]
Length = Annotated[int, typer.Option(help="Tokens per window.")]
Measured = Annotated[int, typer.Option(help="Windows measured.")]
Seed = Annotated[int, typer.Option(help="Which windows are drawn.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")]
DType = Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")]
Quantized = Annotated[str, typer.Option("--quantization", help="none, nf4, fp4 or int8.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


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


def numbers(option: str, text: str) -> tuple[float, ...]:
    """``"0.1,0.5"`` as numbers. Raises `BadSpec`."""
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise BadSpec(
            f"{option} {text} is no list of numbers.", "Write them with commas: 0.3,0.5."
        ) from None


def words(text: str) -> tuple[str, ...]:
    """``"wanda,ria"`` as words."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def loss_words(loss: Loss) -> str:
    """A loss in one line."""
    return (
        f"perplexity {loss.perplexity:.4g}, {loss.nll:.4f} ± {loss.error:.4f} nats per token "
        f"({loss.tokens:,} tokens, {loss.windows} windows)"
    )


def with_perplexity(loss: Loss) -> dict[str, object]:
    """A loss as plain values, with the perplexity and its standard error."""
    from engine.jobs.spec import to_plain

    perplexity = loss.perplexity
    return {
        **to_plain(loss),
        "perplexity": perplexity,
        "perplexity_error": perplexity * loss.error,  # to first order
    }
