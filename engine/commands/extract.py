"""`lathe extract`: read the answers of any log by our rules, without running a model."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import out, stop
from engine.commands.log_lines import Line, field_text, log_lines
from engine.errors import BadSpec, EngineError
from engine.evaluation.spec import Extraction

ALL: Final = "all"
MOST_SHOWN: Final = 12
WIDEST: Final = 60


def extract(
    file: Annotated[Path, typer.Argument(help="A .jsonl log; .json, .csv and .tsv work too.")],
    rule: Annotated[
        list[str], typer.Option(help="A rule, regex:PATTERN, or all; repeat for several.")
    ],
    field: Annotated[
        str, typer.Option(help="Field with the model's text; dots lead inside: resps.0.0.")
    ] = "output",
    expected: Annotated[
        str | None, typer.Option(help="Field with the right answer: adds accuracy.")
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Only the figures per rule, not every row.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Extract answers from a log: values, spans, accuracy and invalid rate per rule.

    Example: lathe extract --rule last-answer log.jsonl --expected target
    """
    try:
        rules = _rules(rule)
        figures = {name: _Figures() for name in rules}
        lines = _read(file, field, expected, rules, figures)
        if as_json:
            _write_json(file, rules, figures, lines, summary)
        else:
            _show(rules, figures, lines, summary)
    except EngineError as error:
        stop(error)


@dataclass
class _Figures:
    """Running counts of one rule."""

    n: int = 0
    invalid: int = 0
    scored: int = 0
    correct: int = 0

    def add(self, found: Extraction) -> None:
        self.n += 1
        self.invalid += found.value is None
        self.scored += found.correct is not None
        self.correct += found.correct is True

    def plain(self) -> dict[str, object]:
        from engine.evaluation.statistics.wilson import wilson

        plain: dict[str, object] = {
            "n": self.n,
            "invalid": self.invalid,
            "invalid_rate": self.invalid / self.n if self.n else None,
        }
        if self.scored:
            interval = wilson(self.correct, self.scored)
            plain.update(
                scored=self.scored,
                correct=self.correct,
                accuracy=self.correct / self.scored,
                wilson={"low": interval.low, "high": interval.high, "confidence": 0.95},
            )
        return plain


@dataclass(frozen=True)
class _Read:
    """One line and what each rule found in it."""

    line: Line
    text: str
    found: tuple[Extraction, ...]


def _rules(named: list[str]) -> tuple[str, ...]:
    """The rules asked for, each once; `all` stands for every rule that reads any text."""
    from engine.evaluation.extractors.registry import TEXT_RULES, extractor

    rules: list[str] = []
    for name in named:
        rules += TEXT_RULES if name == ALL else (name,)
    for name in rules:
        extractor(name).find("")  # an unknown rule or a broken pattern is told before any output
    return tuple(dict.fromkeys(rules))


def _read(
    path: Path,
    field: str,
    expected: str | None,
    rules: tuple[str, ...],
    figures: dict[str, _Figures],
) -> Iterator[_Read]:
    """Line after line; nothing is kept but the counts."""
    from engine.evaluation.scoring import extract as extracted

    for line in log_lines(path):
        text = field_text(line, field, path.name)
        truth = field_text(line, expected, path.name) if expected is not None else None
        found = []
        for rule in rules:
            try:
                one = extracted(rule, text, truth)
            except BadSpec as error:
                raise BadSpec(f"Line {line.number}: {error.message}", error.hint) from error
            figures[rule].add(one)
            found.append(one)
        yield _Read(line, text, tuple(found))


def _write_json(
    path: Path,
    rules: tuple[str, ...],
    figures: dict[str, _Figures],
    lines: Iterator[_Read],
    summary: bool,
) -> None:
    """One JSON document, written row by row so that a log of any size needs no memory."""
    write = sys.stdout.write
    head = {"file": path.name, "rules": rules}
    if summary:
        for _ in lines:
            pass
        write(_json({**head, "summary": _plain(figures)}) + "\n")
        return
    first = next(lines, None)  # a file that cannot be read ends before anything is written
    write(_json(head)[:-1] + ',\n"rows":[')
    separator = "\n"
    while first is not None:
        write(separator + _json(_row(first)))
        separator = ",\n"
        first = next(lines, None)
    write('\n],\n"needs_a_run":' + _json(_not_applied()))
    write(',\n"summary":' + _json(_plain(figures)) + "}\n")
    sys.stdout.flush()


def _row(one: _Read) -> dict[str, object]:
    """A row; flat for one rule, by rule for several."""
    head: dict[str, object] = {"line": one.line.number}
    if "id" in one.line.values:
        head["id"] = one.line.values["id"]
    if len(one.found) == 1:
        return {**head, "rule": one.found[0].rule, **_found(one.found[0], one.text)}
    return {**head, "found": {found.rule: _found(found, one.text) for found in one.found}}


def _found(found: Extraction, text: str) -> dict[str, object]:
    valid = found.value is not None
    return {
        "value": found.value,
        "span": [found.start, found.end] if valid else None,
        "text": text[found.start : found.end] if valid else None,
        "correct": found.correct,
    }


def _plain(figures: dict[str, _Figures]) -> dict[str, object]:
    return {rule: one.plain() for rule, one in figures.items()}


def _not_applied() -> dict[str, str]:
    from engine.evaluation.extractors.needs_run import NEEDS_RUN, reason_to_run

    return {name: reason_to_run(name) for name in NEEDS_RUN}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _show(
    rules: tuple[str, ...], figures: dict[str, _Figures], lines: Iterator[_Read], summary: bool
) -> None:
    """The first rows when one rule is asked for, then the figures per rule."""
    for number, one in enumerate(lines):
        if not summary and len(rules) == 1 and number < MOST_SHOWN:
            _show_row(one)
    count = figures[rules[0]].n
    if not summary and len(rules) == 1 and count > MOST_SHOWN:
        out.print(
            f"[dim]Only the first {MOST_SHOWN} of {count} rows are shown; --json prints all.[/]"
        )
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Rule", no_wrap=True)
    for title in ("Answers", "Invalid", "Right", "Of", "Accuracy", "95 % CI"):
        table.add_column(title, justify="right", no_wrap=True)
    for rule in rules:
        table.add_row(escape(rule), *_cells(figures[rule]))
    out.print(table)
    if len(rules) > 1:
        for name, reason in _not_applied().items():
            out.print(f"[dim]{name}: {escape(reason)}[/]")


def _cells(one: _Figures) -> tuple[str, ...]:
    from engine.evaluation.statistics.wilson import wilson

    counts = (str(one.n), str(one.invalid))
    if not one.scored:
        return (*counts, "–", "–", "–", "–")
    interval = wilson(one.correct, one.scored)
    return (
        *counts,
        str(one.correct),
        str(one.scored),
        f"{100 * one.correct / one.scored:.1f} %",
        f"{100 * interval.low:.1f} to {100 * interval.high:.1f}",
    )


def _show_row(one: _Read) -> None:
    found = one.found[0]
    if found.value is None:
        out.print(f"{one.line.number}: [dim]nothing found[/]")
        return
    mark = {True: " [green]right[/]", False: " [red]wrong[/]", None: ""}[found.correct]
    value = escape(found.value[:WIDEST])
    out.print(f"{one.line.number}: {value}  [dim]{found.start}–{found.end}[/]{mark}")
