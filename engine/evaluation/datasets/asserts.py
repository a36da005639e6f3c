"""Checks of an answer as promptfoo writes them: ``contains: x``, ``is-json``, ``not-equals: y``.

A set of checks travels as one text in an item's `expected`, one check per line, so that stored
runs can be scored again by it. Checks that would run someone's code (javascript, python, webhook)
or ask a judge are never executed; readers list them (`unsupported_of`).

Source: promptfoo, "Deterministic metrics for LLM output" (documentation of its assertions).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from engine.errors import BadSpec
from engine.evaluation.extractors.pattern import MOST_CHARACTERS, TIME_LIMIT_S

NOT: Final = "not-"
MANY: Final = frozenset({"contains-any", "contains-all", "icontains-any", "icontains-all"})
BARE: Final = frozenset({"is-json"})


@dataclass(frozen=True)
class Assert:
    """One check.

    Attributes:
        type: A name of `CHECKS`.
        values: What it looks for; several for the checks of `MANY`, none for those of `BARE`.
        negated: It passes when the check fails.
        weight: Its share in the score of the set.
    """

    type: str
    values: tuple[str, ...] = ()
    negated: bool = False
    weight: float = 1.0

    def passes(self, output: str) -> bool:
        """Whether the answer fulfils it.

        Raises:
            BadSpec: Its pattern cannot be read or takes too long.
        """
        return CHECKS[self.type](output.strip(), self.values) != self.negated


@dataclass(frozen=True)
class AssertSet:
    """The checks of one item.

    Attributes:
        asserts: All of them.
        threshold: Weighted share that must pass; None = all must.
    """

    asserts: tuple[Assert, ...]
    threshold: float | None = None

    def passes(self, output: str) -> bool:
        """Whether the answer is right.

        Raises:
            BadSpec: There is no check; a pattern cannot be read or takes too long.
        """
        if not self.asserts:
            raise _unreadable("")
        results = [(one.passes(output), one.weight) for one in self.asserts]
        if self.threshold is None:
            return all(passed for passed, _ in results)
        whole = sum(weight for _, weight in results)
        reached = sum(weight for passed, weight in results if passed)
        return whole > 0 and reached / whole >= self.threshold - 1e-9


def fulfils(output: str, expected: str) -> bool:
    """Whether an answer passes the checks that an item's `expected` holds.

    Raises:
        BadSpec: The checks cannot be read or applied.
    """
    return parse(expected).passes(output)


def written(checks: AssertSet) -> str:
    """The set as one text, for people where it can be: one ``type: value`` per line."""
    lines = [_line(one) for one in checks.asserts]
    if checks.threshold is None and all(line is not None for line in lines):
        return "\n".join(cast("list[str]", lines))
    plain = [
        {
            "type": (NOT if one.negated else "") + one.type,
            "value": list(one.values),
            "weight": one.weight,
        }
        for one in checks.asserts
    ]
    return json.dumps({"assert": plain, "threshold": checks.threshold}, ensure_ascii=False)


def parse(text: str) -> AssertSet:
    """The set that `written` wrote.

    Raises:
        BadSpec: The text holds no checks, or one that is not supported.
    """
    if text.startswith("{"):
        try:
            plain = json.loads(text)
            asserts = [from_plain(one) for one in plain["assert"]]
            known = tuple(one for one in asserts if one is not None)
            threshold = plain.get("threshold")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _unreadable(text) from error
        if not known or len(known) < len(asserts):
            raise _unreadable(text)
        return AssertSet(known, threshold)
    found = [from_line(line) for line in text.split("\n") if line.strip()]
    kept = tuple(one for one in found if one is not None)
    if not kept or len(kept) < len(found):
        raise _unreadable(text)
    return AssertSet(kept)


def from_line(text: str) -> Assert | None:
    """A check as promptfoo's tables write it: ``type: value``, by default ``equals``.

    None when it is a check that is not supported.
    """
    head, colon, value = text.strip().partition(":")
    name = head.strip()
    kind = _bare_type(name)
    if kind in BARE and not colon:
        return Assert(kind, (), name.startswith(NOT))
    if colon and kind in CHECKS:
        values = _split(value) if kind in MANY else (value.strip(),)
        return Assert(kind, values, name.startswith(NOT))
    if (colon and _names_a_check(name)) or text.strip() in UNSUPPORTED:
        return None
    return Assert("equals", (text.strip(),))


def from_plain(value: Mapping[str, object]) -> Assert | None:
    """A check as promptfoo's YAML and JSON write it; None when it is not supported."""
    name = str(value.get("type", "equals"))
    kind = _bare_type(name)
    wanted = value.get("value")
    if kind not in CHECKS or (kind in BARE and wanted not in (None, [], "")):
        return None
    if isinstance(wanted, str) and wanted.startswith("file://"):
        return None
    weight = value.get("weight", 1.0)
    if not isinstance(weight, int | float):
        weight = 1.0
    return Assert(kind, _values(kind, wanted), name.startswith(NOT), float(weight))


def unsupported_of(plain: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Names of the checks among these that are listed and not executed."""
    return tuple(str(one.get("type", "equals")) for one in plain if from_plain(one) is None)


def _values(kind: str, wanted: object) -> tuple[str, ...]:
    if kind in BARE:
        return ()
    if isinstance(wanted, list):
        return tuple(_text(one) for one in wanted)
    if kind in MANY:
        return _split(_text(wanted))
    return (_text(wanted),)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _split(text: str) -> tuple[str, ...]:
    """Values divided by commas; a value in quotes may hold one."""
    import csv

    row = next(csv.reader([text.strip()], skipinitialspace=True), [])
    return tuple(part.strip() for part in row if part.strip())


def _line(one: Assert) -> str | None:
    """A check as one line, or None when a line cannot hold it."""
    name = (NOT if one.negated else "") + one.type
    value = ", ".join(one.values)
    line = name if one.type in BARE else f"{name}: {value}"
    return line if "\n" not in line and from_line(line) == one else None


def _bare_type(name: str) -> str:
    return name.removeprefix(NOT)


def _names_a_check(name: str) -> bool:
    """Whether the word before a colon is one of promptfoo's checks that are not supported."""
    kind = _bare_type(name).partition("(")[0].strip()
    return kind in UNSUPPORTED


def _unreadable(text: str) -> BadSpec:
    return BadSpec(
        f"The checks “{text.strip()[:60]}” cannot be read.",
        "Write one check per line, such as contains: 18.",
    )


def _matches(output: str, pattern: str) -> bool:
    import regex

    try:
        found = regex.search(
            pattern, output[:MOST_CHARACTERS], timeout=TIME_LIMIT_S, concurrent=True
        )
    except regex.error as error:
        raise BadSpec(
            f"The check's pattern “{pattern}” cannot be read: {error}.",
            "Correct the regular expression.",
        ) from error
    except TimeoutError as error:
        raise BadSpec(
            f"The check's pattern “{pattern}” took longer than {TIME_LIMIT_S} s.",
            "Avoid nested repetitions such as (a+)+.",
        ) from error
    return found is not None


def _is_json(output: str) -> bool:
    try:
        json.loads(output)
    except (ValueError, RecursionError):
        return False
    return True


def _equals(output: str, wanted: str) -> bool:
    """The same text, or the same JSON value where an object was asked for."""
    if output == wanted.strip():
        return True
    if wanted.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return bool(json.loads(output) == json.loads(wanted))
    except (ValueError, RecursionError):
        return False


def _folded(output: str, values: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return output.casefold(), tuple(value.casefold() for value in values)


def _contains_any(output: str, values: tuple[str, ...]) -> bool:
    return any(value in output for value in values)


def _contains_all(output: str, values: tuple[str, ...]) -> bool:
    return all(value in output for value in values)


CHECKS: Final[dict[str, Callable[[str, tuple[str, ...]], bool]]] = {
    "equals": lambda output, values: _equals(output, values[0]),
    "contains": lambda output, values: values[0] in output,
    "icontains": lambda output, values: _contains_any(*_folded(output, values)),
    "contains-any": _contains_any,
    "contains-all": _contains_all,
    "icontains-any": lambda output, values: _contains_any(*_folded(output, values)),
    "icontains-all": lambda output, values: _contains_all(*_folded(output, values)),
    "starts-with": lambda output, values: output.startswith(values[0]),
    "regex": lambda output, values: _matches(output, values[0]),
    "is-json": lambda output, _values: _is_json(output),
}
UNSUPPORTED: Final = frozenset(
    {
        "javascript", "fn", "eval", "python", "ruby", "webhook", "similar", "llm-rubric", "g-eval",
        "factuality", "model-graded-closedqa", "model-graded-factuality", "answer-relevance",
        "context-recall", "context-relevance", "context-faithfulness", "conversation-relevance",
        "classifier", "moderation", "guardrails", "select-best", "max-score", "pi", "cost",
        "latency", "perplexity", "perplexity-score", "levenshtein", "rouge-n", "bleu", "gleu",
        "meteor", "f-score", "contains-json", "contains-sql", "contains-html", "contains-xml",
        "is-sql", "is-html", "is-xml", "is-refusal", "is-valid-function-call",
        "is-valid-openai-function-call", "is-valid-openai-tools-call", "finish-reason", "grade",
        "trace-span-count", "trace-span-duration", "trace-error-spans", "word-count", "file",
        "assert-set", "human", "search-rubric", "tool-call-f1", "skill-used",
    }
)  # fmt: skip
"""Checks that are known and not executed: they run code, ask a model, or measure otherwise."""
