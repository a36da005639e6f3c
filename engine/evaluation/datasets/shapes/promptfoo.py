"""promptfoo's tests: ``vars`` and ``assert``, in a configuration or one test per line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import ClassVar, Final, cast

from engine.evaluation.datasets.asserts import (
    Assert,
    AssertSet,
    from_plain,
    unsupported_of,
    written,
)
from engine.evaluation.datasets.dataset import ASSERTS, Shell
from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape
from engine.prompting.elements import Language, PromptElements
from engine.prompting.tables import shown

EQUALS: Final = "expected"
MOST_COMBINATIONS: Final = 1000


class Promptfoo(Shape):
    """Variables with several values stand for every combination, as promptfoo runs them."""

    id: ClassVar[str] = "promptfoo"

    def fits(self, sample: Sample) -> str:
        if sample.shell.place == "tests":
            return "a promptfoo configuration with tests"
        if sample.every("vars") and all(isinstance(one["vars"], dict) for one in sample.fields):
            return "every record has promptfoo's “vars”"
        return ""

    def rows(self, fields: dict[str, object], shell: Shell) -> Iterable[dict[str, str]]:
        usual = _default(shell)
        variables = _variables(fields, usual)
        answer = _answer(_asserts(fields, usual), fields.get("threshold"))
        rest = {key: shown(fields[key]) for key in ("description", "metadata") if fields.get(key)}
        names = list(variables)
        choices = _choices(variables)
        for values in islice(product(*choices), MOST_COMBINATIONS):
            yield {**dict(zip(names, map(shown, values), strict=True)), **answer, **rest}

    def roles(self, columns: Sequence[str]) -> Roles:
        known = (ASSERTS, EQUALS, "description", "metadata")
        own = [column for column in columns if column not in known]
        expected = next((name for name in (ASSERTS, EQUALS) if name in columns), "")
        return Roles({"input": own[0]} if len(own) == 1 else {}, expected)

    def prompt(self, columns: Sequence[str], shell: Shell, language: Language) -> PromptElements:
        """The configuration's first prompt, if it stands there as a text."""
        prompts = _mapping(shell.document).get("prompts")
        first = prompts[0] if isinstance(prompts, list) and prompts else prompts
        if isinstance(first, dict):
            first = first.get("raw")
        if isinstance(first, str) and not first.startswith("file://"):
            return PromptElements(input=first, language=language)
        return super().prompt(columns, shell, language)

    def unsupported(self, fields: dict[str, object], shell: Shell) -> Iterable[str]:
        yield from unsupported_of(_asserts(fields, _default(shell)))
        whole = prod(map(len, _choices(_variables(fields, _default(shell)))))
        if whole > MOST_COMBINATIONS:
            yield f"{whole - MOST_COMBINATIONS} of {whole} combinations"
        options = _mapping(fields.get("options"))
        yield from (key for key in ("transform", "provider", "prefix", "suffix") if key in options)
        if isinstance(_default(shell).get("options"), dict) and "transform" in _mapping(
            _default(shell)["options"]
        ):
            yield "transform"


def _default(shell: Shell) -> Mapping[str, object]:
    return _mapping(_mapping(shell.document).get("defaultTest"))


def _variables(fields: Mapping[str, object], usual: Mapping[str, object]) -> dict[str, object]:
    return {**_mapping(usual.get("vars")), **_mapping(fields.get("vars"))}


def _choices(variables: Mapping[str, object]) -> list[list[object]]:
    """The values of each variable."""
    return [value if isinstance(value, list) else [value] for value in variables.values()]


def _mapping(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _asserts(fields: Mapping[str, object], usual: Mapping[str, object]) -> list[dict[str, object]]:
    """Every check of a test, those inside sets included when the set has no share of its own."""
    found: list[dict[str, object]] = []
    for one in (*_list(usual.get("assert")), *_list(fields.get("assert"))):
        if not isinstance(one, dict):
            continue
        if one.get("type") == "assert-set" and one.get("threshold") is None:
            found += [inner for inner in _list(one.get("assert")) if isinstance(inner, dict)]
        else:
            found.append(one)
    return found


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _answer(plain: list[dict[str, object]], threshold: object) -> dict[str, str]:
    """The column of the expected answer: a plain text where one `equals` is all that is asked."""
    checks = tuple(one for one in map(from_plain, plain) if one is not None)
    return answer_column(checks, threshold if isinstance(threshold, int | float) else None)


def answer_column(checks: tuple[Assert, ...], threshold: float | None) -> dict[str, str]:
    """Checks as a column: empty without any, else as text that `asserts.parse` reads."""
    if not checks:
        return {}
    return {ASSERTS: written(AssertSet(checks, threshold))}
