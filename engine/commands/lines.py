"""“Copy as command”: words that the command line reads back to the same values. No torch here."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable, Sequence

from engine.models.reference import ModelRef
from engine.text_source import TextSource

TEXT = "text:"
"""Before a text that is given as it is, where a file could be named too."""
COLUMN = "#"
"""Between a data set and the column of it that is read."""


def line(words: Iterable[str], *, windows: bool = os.name == "nt") -> str:
    """Words as one line, quoted for a POSIX shell, or for ``cmd.exe`` on Windows."""
    given = list(words)
    return subprocess.list2cmdline(given) if windows else shlex.join(given)


def model_words(
    model: ModelRef, options: Sequence[str] = ("device", "dtype", "quantization")
) -> list[str]:
    """``--model`` with its revision, and how it is loaded where that was chosen.

    Args:
        model: The model.
        options: Those that the command takes.
    """
    words = ["--model", f"{model.id}@{model.revision}" if model.revision else model.id]
    defaults = ModelRef().options
    for name in options:
        value = getattr(model.options, name)
        if value != getattr(defaults, name):
            words += [f"--{name}", value]
    return words


def text_word(source: TextSource) -> str:
    """A file (and its `COLUMN`), the teaching corpus, or the text itself behind `TEXT`."""
    if not source.path:
        return f"{TEXT}{source.text}"
    return f"{source.path}{COLUMN}{source.column}" if source.column else source.path


def number(value: float) -> str:
    """A number that is read back exactly; whole ones without a point."""
    return repr(int(value)) if value == int(value) else repr(float(value))
