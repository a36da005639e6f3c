"""A comparison as Markdown: the figures, each question with its answers, the environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.evaluation.external import fewer_text
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec
from engine.store.export.facts import (
    environment_facts,
    environments,
    knowledge_facts,
    passages_of,
    percent,
    sample_text,
    sampling_facts,
    statistics_of,
    verdict,
    vote_text,
)


def render(spec: CompareSpec, result: CompareResult) -> str:
    """The report as Markdown text."""
    blocks = [f"# {_inline(spec.title())}", _summaries(result)]
    shown = statistics_of(spec, result)
    if shown:
        blocks += ["## What it shows", _table(("Figure", "Value"), shown)]
    for index, item in enumerate(spec.items):
        cells = [cell for cell in result.cells if cell.key.item == index]
        if cells:
            expected = f" – expected {_code(item.expected)}" if item.expected is not None else ""
            blocks.append(f"## Item {_inline(item.id)}{expected}")
            votes = [vote for vote in result.votes if vote.item == index]
            if votes:
                lines = [f"- {_inline(vote.label)}: {_inline(vote_text(vote))}" for vote in votes]
                blocks += ["Votes:", "\n".join(lines)]
            blocks += [_answer(spec, cell) for cell in cells]
    blocks.append("## How it was measured")
    facts = (*sampling_facts(spec), *knowledge_facts(spec))
    blocks.append(_table(("Setting", "Value"), facts))
    for one in environments(result):
        blocks.append(_table(("Environment", "Value"), environment_facts(one, result)))
    return "\n\n".join(blocks) + "\n"


def _summaries(result: CompareResult) -> str:
    head = ("Model", "Technique", "Right", "Scored", "Accuracy", "Invalid", "Failed", "New tokens")
    rows = [
        (
            summary.model,
            summary.variant,
            str(summary.correct),
            str(summary.scored),
            percent(summary.accuracy),
            str(summary.invalid),
            str(summary.failed),
            str(summary.new_tokens),
        )
        for summary in result.summaries
    ]
    return _table(head, rows)


def _answer(spec: CompareSpec, cell: CellResult) -> str:
    name = f"{spec.models[cell.key.model].id} · {cell.variant}"
    sample = sample_text(spec, cell)
    lines = [f"### {_inline(name + sample)}"]
    if cell.error is not None:
        lines.append(f"**Error.** {_inline(str(cell.error))}")
    if cell.sent:
        lines += ["Sent:", fenced("".join(part.text for part in cell.sent))]
    passages = passages_of(spec, cell)
    if passages:
        lines.append("Passages in it:")
    for source, text in passages:
        lines += [f"- {_inline(source)}", fenced(text)]
    fewer = fewer_text(spec, cell)
    if fewer is not None:
        lines.append(fewer)
    for stage in cell.stages:
        if stage.generation is not None:
            lines += [f"Stage {stage.kind} {stage.index + 1}:", fenced(stage.generation.text)]
    if cell.labels:
        rows = [(one.label, f"{one.logprob:.3f}", percent(one.summed.raw)) for one in cell.labels]
        lines.append(_table(("Label", "Log-probability", "Share"), rows))
    if cell.generation is not None:
        lines += ["Answer:", fenced(cell.generation.text)]
        lines += [
            f"- {_inline(found.rule)}: "
            f"{_code(found.value) if found.value is not None else 'no answer found'}"
            f" ({verdict(found.correct)})"
            for found in cell.extractions
        ]
    return "\n\n".join(lines)


def fenced(text: str) -> str:
    """A code block whose fence no line of the text can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _code(text: str) -> str:
    """Inline code that may hold backticks."""
    flat = " ".join(text.split()) or " "
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    ticks = "`" * (longest + 1)
    edge = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{edge}{flat}{edge}{ticks}"


def _inline(text: str) -> str:
    """Text whose marks are shown, not obeyed."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(map(_inline, row))} |" for row in rows]
    return "\n".join(lines)
