"""``.prompty`` files: YAML front matter, then messages under ``system:``, ``user:``, …

Read: the system text, earlier pairs of user and assistant as examples, the last user message as
input. Written: the same messages, and under ``lathe:`` in the head which stretch is which element,
so that our own files come back unchanged; a body that was edited since counts more than that note.

Source: the prompty specification (Prompty.yaml, MIT).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import yaml

from engine.errors import DataError
from engine.prompting.conventions import has_sections, is_mixed, with_double_braces
from engine.prompting.elements import Example, Item, PromptElements
from engine.prompting.file import PromptFile, split_front
from engine.prompting.language import language_of
from engine.prompting.render import ExamplesAs
from engine.prompting.template import variables_of

SUFFIX: Final = ".prompty"
_ROLE: Final = re.compile(r"^\s*#?\s*(system|developer|user|assistant)\s*:[ \t]*$", re.IGNORECASE)
_OWN: Final = frozenset({"name", "inputs", "template", "sample", "lathe"})
PART_GAP: Final = "\n"


@dataclass(frozen=True)
class Opened:
    """A prompt from another program's file, and what to know about it."""

    prompt: PromptFile
    warnings: tuple[str, ...] = ()


class _Note(msgspec.Struct, omit_defaults=True):
    """What a body of messages cannot say."""

    elements: PromptElements = msgspec.field(default_factory=PromptElements)
    items: list[Item] = []
    extraction: list[str] = []
    examples_as: ExamplesAs = "text"


@dataclass
class _Message:
    role: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip("\n")


def looks_like_prompty(text: str) -> bool:
    """Whether a text has messages under role markers."""
    return any(_ROLE.match(line) for line in text.split("\n"))


def parse_prompty(text: str, name: str = "prompt") -> Opened:
    """A prompty file's text as a prompt.

    Raises:
        DataError: The head cannot be read, or the template uses blocks that are not supported.
    """
    front, body = split_front(text.replace("\r\n", "\n"), name)
    inputs = front.get("inputs")
    samples = _samples(inputs, front.get("sample"))
    declared = frozenset(inputs) if isinstance(inputs, dict) else frozenset(samples)
    messages = _messages(body)
    warnings: list[str] = []
    if _format(front) in ("mustache", "handlebars") and has_sections(body):
        raise DataError(
            f"“{name}” uses blocks of {_format(front)}, which are not supported.",
            "Write its variables as {{name}}, and its loops in Jinja2.",
        )
    if any(is_mixed(message.text, declared) for message in messages):
        warnings.append(_mixed_warning(name))
    for message in messages:
        changed, singles = with_double_braces(message.text, declared)
        message.lines = changed.split("\n")
        if singles and not warnings:
            warnings.append(_single_warning(singles))
    extra = {key: value for key, value in front.items() if key not in _OWN}
    title = str(front.get("name", "") or "")
    noted = _noted(front.get("lathe"), title, extra, messages)
    if noted is not None:
        return Opened(noted, tuple(warnings))
    elements = _elements(messages)
    items = (Item(variables=samples),) if samples else ()
    layout: ExamplesAs = "turns" if elements.examples else "text"
    return Opened(
        PromptFile(elements, title, items, examples_as=layout, extra=extra), tuple(warnings)
    )


def format_prompty(prompt: PromptFile) -> str:
    """The prompty file's text; `parse_prompty` gives the prompt back unchanged."""
    elements = prompt.elements
    body = _body(_written(elements))
    sample = prompt.items[0].variables if prompt.items else {}
    names = sorted(set().union(*map(variables_of, _texts(elements))))
    note = _Note(elements, list(prompt.items), list(prompt.extraction), prompt.examples_as)
    front: dict[str, Any] = {
        "name": prompt.name,
        "model": {"api": "chat"},
        "inputs": {name: {"type": "string"} for name in names},
        "template": {"format": "jinja2", "parser": "prompty"},
        **prompt.extra,
        "sample": {name: sample[name] for name in names if name in sample},
        "lathe": msgspec.to_builtins(note),
    }
    kept = {key: value for key, value in front.items() if value not in ({}, "")}
    head = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{head}---\n{body}"


def _written(elements: PromptElements) -> list[_Message]:
    parts = (
        elements.instruction,
        elements.context,
        elements.input,
        elements.output_indicator,
    )
    messages = [_Message("system", elements.system.split("\n"))] if elements.system else []
    for example in elements.examples:
        messages.append(_Message("user", example.input.split("\n")))
        answer = "\n".join(part for part in (example.reasoning, example.output) if part)
        messages.append(_Message("assistant", answer.split("\n")))
    asked = PART_GAP.join(part for part in parts if part)
    messages.append(_Message("user", asked.split("\n")))
    return messages


def _body(messages: list[_Message]) -> str:
    return "\n".join(f"{message.role}:\n{message.text}\n" for message in messages)


def _messages(body: str) -> list[_Message]:
    messages: list[_Message] = []
    for line in body.split("\n"):
        match = _ROLE.match(line)
        if match:
            messages.append(_Message(match[1].lower().replace("developer", "system")))
        elif messages:
            messages[-1].lines.append(line)
        elif line.strip():
            messages.append(_Message("user", [line]))
    return messages


def _elements(messages: list[_Message]) -> PromptElements:
    system = "\n".join(one.text for one in messages if one.role == "system")
    turns = [one for one in messages if one.role != "system"]
    asked = ""
    if turns and turns[-1].role == "user":
        asked = turns.pop().text
    examples = tuple(
        Example(first.text, second.text)
        for first, second in zip(turns[::2], turns[1::2], strict=False)
        if (first.role, second.role) == ("user", "assistant")
    )
    if 2 * len(examples) != len(turns):  # no pairs: keep the words, in their order
        examples = ()
        asked = "\n".join(f"{one.role}: {one.text}" for one in turns) + f"\n{asked}"
    return PromptElements(
        system=system,
        examples=examples,
        input=asked,
        language=language_of((system, asked)),
    )


def _noted(
    note: object, title: str, extra: dict[str, Any], messages: list[_Message]
) -> PromptFile | None:
    """The prompt as the note in the head has it, where the body still says the same."""
    if not isinstance(note, dict):
        return None
    try:
        own = msgspec.convert(note, _Note)
    except msgspec.ValidationError:
        return None
    # A line of a text may itself look like a role: written, it reads as one.
    written = _messages(_body(_written(own.elements)))
    if _body(written).strip() != _body(messages).strip():
        return None
    standard = {"model": {"api": "chat"}}
    kept = {key: value for key, value in extra.items() if standard.get(key) != value}
    return PromptFile(
        own.elements, title, tuple(own.items), tuple(own.extraction), own.examples_as, kept
    )


def _samples(inputs: object, sample: object) -> dict[str, str]:
    """Values of the inputs: their defaults, then the file's sample."""
    found: dict[str, str] = {}
    for name, meant in (inputs if isinstance(inputs, dict) else {}).items():
        value = meant
        if isinstance(meant, dict):
            value = meant.get("sample", meant.get("default"))
        if isinstance(value, str | int | float):
            found[str(name)] = str(value)
    for name, value in (sample if isinstance(sample, dict) else {}).items():
        if isinstance(value, str | int | float):
            found[str(name)] = str(value)
    return found


def _format(front: Mapping[str, object]) -> str:
    template = front.get("template", "jinja2")
    if isinstance(template, dict):
        template = template.get("format", template.get("type", "jinja2"))
    return str(template).lower()


def _mixed_warning(name: str) -> str:
    return f"“{name}” writes variables as {{{{x}}}} and as {{x}}; look whether each is meant."


def _single_warning(names: tuple[str, ...]) -> str:
    return f"Variables in single braces were rewritten: {', '.join(names)}."


def _texts(elements: PromptElements) -> list[str]:
    texts = [
        elements.system, elements.instruction, elements.context, elements.input,
        elements.output_indicator,
    ]  # fmt: skip
    for one in elements.examples:
        texts += [one.input, one.output, one.reasoning]
    return texts
