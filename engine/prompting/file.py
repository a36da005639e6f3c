"""A prompt as a file that people can read, edit and keep under version control.

YAML front matter holds name, language, items and extraction rules; the body holds one section per
element under headings (``# instruction``, ``# example`` with ``## input``, ``## steps``,
``## output``, …). A text line that looks like a heading is kept apart by a backslash. Unknown
front-matter keys survive a round trip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import yaml

from engine.errors import DataError
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.encoding import decode_text
from engine.prompting.render import ExamplesAs

SUFFIX: Final = ".prompt.md"
FORMAT: Final = 1
SECTIONS: Final = ("system", "instruction", "context", "example", "input", "output indicator")
PARTS: Final = ("input", "steps", "output")
_HEADING = re.compile(
    r"^(?P<slashes>\\*)(?P<mark>##?) (?P<name>"
    + "|".join((*SECTIONS, "steps", "output"))
    + r")\s*$"
)
_FRONT = re.compile(r"\A---[ \t]*\n(?P<front>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class PromptFile:
    """A prompt with what belongs to it.

    Attributes:
        elements: The prompt itself.
        name: Its title.
        items: Questions that fill its variables.
        extraction: Rules that read the answers; empty = the default.
        examples_as: How the examples are laid out.
        extra: Front-matter keys of other programs.
    """

    elements: PromptElements
    name: str = ""
    items: tuple[Item, ...] = ()
    extraction: tuple[str, ...] = ()
    examples_as: ExamplesAs = "text"
    extra: dict[str, Any] = field(default_factory=dict)


class _Front(msgspec.Struct, omit_defaults=True):
    """Our own front-matter keys."""

    lathe: int = FORMAT
    name: str = ""
    language: Language = "en"
    extraction: list[str] = []
    examples_as: ExamplesAs = "text"
    items: list[Item] = []


def read_prompt(path: Path) -> PromptFile:
    """Open a prompt file.

    Raises:
        DataError: It cannot be read, or is no prompt file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"The prompt “{path.name}” cannot be read: {error.strerror or error}.",
            "Choose a file that exists and that you may read.",
        ) from error
    return parse(decode_text(data, path.name), path.name)


def write_prompt(path: Path, prompt: PromptFile) -> None:
    """Save a prompt file, wholly or not at all.

    Raises:
        StoreError: The file cannot be written.
    """
    from engine.store.atomic import write_text

    write_text(path, format_prompt(prompt))


def parse(text: str, name: str = "prompt") -> PromptFile:
    """A prompt file's text as a value.

    Raises:
        DataError: The front matter or the sections cannot be read.
    """
    text = text.replace("\r\n", "\n")
    match = _FRONT.match(text)
    own, extra = _front(match["front"], name) if match else (_Front(), {})
    body = text[match.end() :] if match else text
    first_line = text[: match.end()].count("\n") + 1 if match else 1
    texts, examples = _sections(body, name, first_line)
    elements = PromptElements(
        instruction=texts.get("instruction", ""),
        context=texts.get("context", ""),
        examples=examples,
        input=texts.get("input", ""),
        output_indicator=texts.get("output indicator", ""),
        system=texts.get("system", ""),
        language=own.language,
    )
    return PromptFile(
        elements, own.name, tuple(own.items), tuple(own.extraction), own.examples_as, extra
    )


def format_prompt(prompt: PromptFile) -> str:
    """The prompt file's text; `parse` gives the prompt back unchanged."""
    elements = prompt.elements
    own = _Front(
        name=prompt.name,
        language=elements.language,
        extraction=list(prompt.extraction),
        examples_as=prompt.examples_as,
        items=list(prompt.items),
    )
    front = {"lathe": FORMAT, **cast(dict[str, Any], msgspec.to_builtins(own)), **prompt.extra}
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
    blocks = [f"---\n{head}---\n"]
    texts = {
        "system": elements.system,
        "instruction": elements.instruction,
        "context": elements.context,
        "input": elements.input,
        "output indicator": elements.output_indicator,
    }
    for section in SECTIONS:
        if section == "example":
            blocks += [_example_text(example) for example in elements.examples]
        elif texts[section]:
            blocks.append(_section_text("# " + section, texts[section]))
    return "".join(blocks)


def _section_text(heading: str, text: str) -> str:
    lines = ["\\" + line if _HEADING.match(line) else line for line in text.split("\n")]
    return f"{heading}\n" + "\n".join(lines) + "\n\n"


def _example_text(example: Example) -> str:
    parts = (
        ("input", example.input),
        ("steps", example.reasoning),
        ("output", example.output),
    )
    return "# example\n" + "".join(
        _section_text("## " + name, text) for name, text in parts if text or name != "steps"
    )


def split_front(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The head of any file with front matter, and what comes below it.

    Raises:
        DataError: The head cannot be read.
    """
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    return _settings(match["front"], name), text[match.end() :]


def _settings(text: str, name: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2})" if mark is not None else ""
        raise DataError(
            f"The head of “{name}” is no YAML{where}.",
            "Correct the lines between the two ---.",
            detail=str(error),
        ) from error
    if found is None:
        found = {}
    if not isinstance(found, dict):
        raise DataError(f"The head of “{name}” names no settings.", "Write lines as key: value.")
    return {str(key): value for key, value in found.items()}


def _front(text: str, name: str) -> tuple[_Front, dict[str, Any]]:
    """Our keys, and those of others."""
    found = _settings(text, name)
    known = {key: found[key] for key in _Front.__struct_fields__ if key in found}
    try:
        own = msgspec.convert(known, _Front, strict=False)
    except msgspec.ValidationError as error:
        raise DataError(
            f"The head of “{name}” has a wrong value: {error}.", "Correct the value it names."
        ) from error
    if own.lathe > FORMAT:
        raise DataError(
            f"“{name}” was saved by a newer version (format {own.lathe}).", "Update Lathe."
        )
    return own, {key: value for key, value in found.items() if key not in known}


def _sections(body: str, name: str, first_line: int) -> tuple[dict[str, str], tuple[Example, ...]]:
    """Texts by section, and the examples."""
    texts: dict[str, str] = {}
    examples: list[dict[str, str]] = []
    inside = False
    for line, level, heading, text in _headed(body):
        if level == 0:
            if text.strip():
                raise DataError(
                    f"Line {first_line + line} of “{name}” stands under no heading.",
                    "Begin a section with a line such as “# instruction”.",
                )
        elif level == 1:
            inside = heading == "example"
            if inside:
                examples.append({})
            elif heading in texts or heading not in SECTIONS:
                raise DataError(
                    f"Line {first_line + line} of “{name}” has an unexpected heading “{heading}”.",
                    f"Use each of these once: {', '.join(SECTIONS)} (example as often as needed).",
                )
            else:
                texts[heading] = text
        elif not inside or heading not in PARTS or heading in examples[-1]:
            raise DataError(
                f"Line {first_line + line} of “{name}” has “## {heading}” outside an example.",
                "Write “## input”, “## steps” and “## output” once each below “# example”.",
            )
        else:
            examples[-1][heading] = text
    return texts, tuple(
        Example(one.get("input", ""), one.get("output", ""), one.get("steps", ""))
        for one in examples
    )


def _headed(body: str) -> Iterator[tuple[int, int, str, str]]:
    """(line number from 0, heading level, heading, text below it); level 0 before the first."""
    start, level, heading = 0, 0, ""
    lines: list[str] = []
    for number, line in enumerate(body.split("\n")):
        match = _HEADING.match(line)
        if match is not None and not match["slashes"]:
            yield start, level, heading, _below(lines, 1)
            start, level, heading, lines = number, len(match["mark"]), match["name"], []
        else:
            lines.append(line[1:] if match is not None else line)
    yield start, level, heading, _below(lines, 2)


def _below(lines: list[str], closing: int) -> str:
    """The text of a section without the blank line that ends it (two ends at the file's end)."""
    for _ in range(closing):
        if lines and lines[-1] == "":
            lines = lines[:-1]
    return "\n".join(lines)
