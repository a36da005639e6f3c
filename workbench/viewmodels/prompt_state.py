"""A prompt as the person edits it: one frozen value, so that every edit can be undone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final, Literal, cast

from engine.errors import ErrorReport, PromptError
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.render import ExamplesAs
from engine.prompting.template import variables_of

TextField = Literal["system", "instruction", "context", "input", "output_indicator", "expected"]

TEXT_FIELDS: Final[tuple[TextField, ...]] = (
    "system",
    "instruction",
    "context",
    "input",
    "output_indicator",
    "expected",
)
TEMPLATED_FIELDS: Final[tuple[TextField, ...]] = (
    "system",
    "instruction",
    "context",
    "input",
    "output_indicator",
)
_NAME = re.compile(r"[^\W\d]\w*", re.UNICODE)


@dataclass(frozen=True)
class PromptProblem:
    """Why a prompt cannot be sent, and where to mend it.

    Attributes:
        report: The sentence and the next step.
        place: A text field, ``"examples"``, or ``"variable:<name>"``.
    """

    report: ErrorReport
    place: str


@dataclass(frozen=True)
class PromptState:
    """Everything on the left side of the comparison.

    Attributes:
        task: Id of the preset the prompt came from; empty = the person's own.
        values: Variable name → text, also for names that the text no longer uses.
        extraction: Names of the extraction rules, primary first.
        examples_as: How the task lays its examples out.
    """

    task: str = ""
    language: Language = "en"
    system: str = ""
    instruction: str = ""
    context: str = ""
    examples: tuple[Example, ...] = ()
    input: str = ""
    output_indicator: str = ""
    expected: str = ""
    values: dict[str, str] = field(default_factory=dict)
    extraction: tuple[str, ...] = ("last-answer",)
    examples_as: ExamplesAs = "text"

    def text(self, name: TextField) -> str:
        """One text element by its field name."""
        return cast(str, getattr(self, name))

    def with_text(self, name: TextField, text: str) -> PromptState:
        """A copy with one text element changed."""
        changed: dict[str, str] = {name: text}
        return replace(self, **changed)  # type: ignore[arg-type]

    def elements(self) -> PromptElements:
        """The prompt as the engine takes it."""
        return PromptElements(
            instruction=self.instruction,
            context=self.context,
            examples=self.examples,
            input=self.input,
            output_indicator=self.output_indicator,
            system=self.system,
            language=self.language,
        )

    def item(self) -> Item:
        """The one question: the values of the variables in use and the expected answer."""
        used = {name: self.values[name] for name in self.variables() if self.values.get(name)}
        return Item(id="0", variables=used, expected=self.expected.strip() or None)

    def variables(self) -> tuple[str, ...]:
        """Names of the variables in use, in order of appearance; broken templates count none."""
        texts = [self.text(name) for name in TEMPLATED_FIELDS]
        texts += [part for shot in self.examples for part in (shot.input, shot.reasoning)]
        texts += [shot.output for shot in self.examples]
        names: dict[str, None] = {}
        for text in texts:
            try:
                found = variables_of(text)
            except PromptError:
                continue
            for match in _NAME.finditer(text) if found else ():
                if match.group() in found:
                    names.setdefault(match.group())
        return tuple(names)

    def problem(self) -> PromptProblem | None:
        """The first reason why this prompt cannot be sent, or None."""
        for name in TEMPLATED_FIELDS:
            try:
                variables_of(self.text(name))
            except PromptError as error:
                return PromptProblem(_plain(error), name)
        for shot in self.examples:
            try:
                variables_of(f"{shot.input}{shot.reasoning}{shot.output}")
            except PromptError as error:
                return PromptProblem(_plain(error), "examples")
        for name in self.variables():
            if not self.values.get(name):
                missing = ErrorReport(
                    PromptError.code,
                    f"The prompt uses {{{{{name}}}}}, which has no value.",
                    "Give the variable a value, or take it out of the text.",
                )
                return PromptProblem(missing, f"variable:{name}")
        body = (self.instruction, self.context, self.input, self.output_indicator)
        if not any(text.strip() for text in body):
            empty = ErrorReport(
                PromptError.code,
                "The prompt is empty.",
                "Write an instruction or an input, then run again.",
            )
            return PromptProblem(empty, "instruction")
        return None

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        return {
            "task": self.task,
            "language": self.language,
            **{name: self.text(name) for name in TEXT_FIELDS},
            "examples": [[e.input, e.reasoning, e.output] for e in self.examples],
            "values": dict(self.values),
            "extraction": list(self.extraction),
            "examples_as": self.examples_as,
        }

    @classmethod
    def from_plain(cls, data: object) -> PromptState:
        """Rebuild from `to_plain`; whatever cannot be read falls back to its default."""
        if not isinstance(data, dict):
            return cls()
        texts = {name: str(data.get(name, "") or "") for name in TEXT_FIELDS}
        rows = data.get("examples")
        values = data.get("values")
        rules = data.get("extraction")
        examples = tuple(
            Example(input=str(row[0]), reasoning=str(row[1]), output=str(row[2]))
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, list | tuple) and len(row) == 3
        )
        return cls(
            task=str(data.get("task", "") or ""),
            language="zh" if data.get("language") == "zh" else "en",
            examples=examples,
            values={str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {},
            extraction=tuple(str(rule) for rule in rules)
            if isinstance(rules, list) and rules
            else ("last-answer",),
            examples_as="turns" if data.get("examples_as") == "turns" else "text",
            **texts,
        )


def _plain(error: PromptError) -> ErrorReport:
    """The report without a traceback: the sentence says it all."""
    return ErrorReport(error.code, error.message, error.hint, error.detail)
