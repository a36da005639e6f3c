"""Every report format, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadSpec
from engine.evaluation.spec import CompareResult, CompareSpec
from engine.store.atomic import write_text
from engine.store.export import csv, html, json, jsonl, markdown, promptfoo

Render = Callable[[CompareSpec, CompareResult], str]


@dataclass(frozen=True, slots=True)
class Format:
    """A report format.

    Attributes:
        name: Shown in file dialogs.
        suffix: With its dot; of two that fit a name, the longer one counts.
        render: Makes the text.
        encoding: Of the file; spreadsheets need the mark to read Chinese.
    """

    name: str
    suffix: str
    render: Render
    encoding: str = "utf-8"


FORMATS: dict[str, Format] = {
    one.suffix: one
    for one in (
        Format("Markdown", ".md", markdown.render),
        Format("HTML", ".html", html.render),
        Format("promptfoo", ".promptfoo.json", promptfoo.render),
        Format("JSON", ".json", json.render),
        Format("JSON lines", ".jsonl", jsonl.render),
        Format("CSV", ".csv", csv.render, "utf-8-sig"),
    )
}


def format_for(path: Path) -> Format:
    """The format of a file name.

    Raises:
        BadSpec: No format has that suffix.
    """
    name = path.name.lower()
    fitting = [one for suffix, one in FORMATS.items() if name.endswith(suffix)]
    if not fitting:
        raise BadSpec(
            f"“{path.name}” names no report format.",
            f"End the file name in one of: {', '.join(FORMATS)}.",
        )
    return max(fitting, key=lambda one: len(one.suffix))


def export(path: Path, spec: CompareSpec, result: CompareResult) -> None:
    """Write a report, wholly or not at all.

    Raises:
        BadSpec: No format has that suffix.
        StoreError: The file cannot be written.
    """
    chosen = format_for(path)
    write_text(path, chosen.render(spec, result), chosen.encoding)
