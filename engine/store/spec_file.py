"""A command line that repeats a comparison; what no line can say is written to a file it names."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from engine.evaluation.command import command_line, needs_file
from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import encode
from engine.store.atomic import write_text


def command_for(spec: CompareSpec, folder: Path) -> tuple[str, Path | None]:
    """The line, and the file that it names (written below `folder`), or None.

    Raises:
        StoreError: The file cannot be written.
    """
    if not needs_file(spec):
        return command_line(spec), None
    text = encode(spec)
    path = folder / f"compare-{sha256(text.encode()).hexdigest()[:12]}.json"
    write_text(path, text)
    return command_line(spec, spec_file=str(path)), path
