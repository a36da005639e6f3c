"""What `lathe compare` prints: the answers when they are few, the figures, what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import err, out
from engine.errors import PromptTooLong
from engine.evaluation.external import fewer_text, knowledge_of, passages_sent
from engine.evaluation.plan import sampling_of
from engine.evaluation.spec import (
    CellResult,
    CompareResult,
    CompareSpec,
    LabelScore,
    Stage,
    VariantSummary,
    Vote,
)

MOST_SHOWN = 24
MOST_VOTES = 8
PASSAGE_CHARS = 100


def show(spec: CompareSpec, result: CompareResult) -> None:
    """The figures as a table, and what they show; answers and votes too when they are few."""
    if 0 < len(result.cells) <= MOST_SHOWN:
        for cell in result.cells:
            out.print(_answer(spec, cell))
    if 0 < len(result.votes) <= MOST_VOTES:
        for vote in result.votes:
            out.print(_vote(vote))
    out.print(figures(result.summaries))
    repeated = [one for one in result.summaries if one.stability is not None]
    if repeated:
        out.print(_stability(repeated))
    if len(spec.items) > 1:
        _verdicts(spec, result)
    if spec.withheld:
        out.print(f"[dim]{escape(withheld_text(spec))}[/]")
    show_errors(spec, result.cells)


def withheld_text(spec: CompareSpec) -> str:
    """Which items were left out, so that every column was asked the same ones."""
    n, left = len(spec.items), spec.withheld
    asked = "item was" if n == 1 else "items were"
    became = "item became an example and is" if left == 1 else "items became examples and are"
    return f"{n} {asked} asked in every column; {left} more {became} asked in none."


def figures(summaries: Iterable[VariantSummary]) -> Table:
    """The columns' figures as a table."""
    from engine.store.export.facts import percent

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Model", no_wrap=True)
    table.add_column("Technique", no_wrap=True)
    for name in ("Right", "Of", "Accuracy", "Invalid", "Failed", "Tokens"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in summaries:
        table.add_row(
            escape(_short(one.model)),
            escape(one.variant),
            str(one.correct),
            str(one.scored),
            percent(one.accuracy),
            str(one.invalid),
            str(one.failed),
            str(one.new_tokens),
        )
    return table


def _stability(summaries: Iterable[VariantSummary]) -> Table:
    """How alike the samples of an item answered, and what one sample alone would reach."""
    from engine.store.export.facts import percent

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Repeated", no_wrap=True)
    for name in ("Items", "Stable", "Answers", "One path", "Votes", "Left out"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in summaries:
        table.add_row(
            escape(one.variant),
            str(one.items),
            percent(one.stability),
            f"{one.distinct or 0.0:.1f}",
            percent(one.sample_accuracy),
            str(one.votes),
            str(one.dropped),
        )
    return table


def _short(model: str) -> str:
    """A folder by its last name; everything else as it is."""
    return Path(model).name if Path(model).is_absolute() else model


def _answer(spec: CompareSpec, cell: CellResult) -> str:
    head = f"[bold]{escape(cell.variant)}[/] · item {escape(cell.item_id)}"
    if sampling_of(spec, spec.variants[cell.key.variant]).samples > 1:
        head += f" · path {cell.key.sample + 1}"
    if len(spec.models) > 1:
        head = f"{escape(spec.models[cell.key.model].id)} · {head}"
    if cell.generation is None:
        return f"{head}\n  [red]{escape(str(cell.error))}[/]\n"
    found = cell.extractions[0] if cell.extractions else None
    mark = {True: "[green]right[/]", False: "[red]wrong[/]", None: ""}[cell.correct]
    value = escape(found.value) if found is not None and found.value is not None else "–"
    if cell.dropped:
        return f"{head}\n  [dim]not needed any more[/]\n"
    text = escape(cell.generation.text.strip()).replace("\n", "\n  ")
    lines = [
        head,
        *_passages(spec, cell),
        *_stages(cell.stages),
        f"  {text}",
        *_labels(cell.labels),
    ]
    by = f" [dim](by {cell.decided_by})[/]" if cell.decided_by else ""
    if cell.answer_stage:
        by += " [dim](read in the answer stage)[/]"
    return "\n".join(lines) + f"\n  → {value} {mark}{by}\n"


def _passages(spec: CompareSpec, cell: CellResult) -> Iterable[str]:
    """The passages that were in the prompt, each with its place in its document."""
    variant = spec.variants[cell.key.variant]
    knowledge = knowledge_of(spec, variant)
    sent = passages_sent(cell)
    for number in sent:
        text = " ".join(knowledge.passages[number].text.split())
        shown = text if len(text) <= PASSAGE_CHARS else f"{text[:PASSAGE_CHARS]}…"
        yield f"  [dim]{escape(knowledge.source(number))}: {escape(shown)}[/]"
    if (fewer := fewer_text(spec, cell)) is not None:
        yield f"  [dim]{escape(fewer)}[/]"


def _stages(stages: Iterable[Stage]) -> Iterable[str]:
    """Statements with their answers, and the answer without any."""
    for stage in stages:
        text = stage.generation.text.strip() if stage.generation is not None else ""
        times = f" ×{stage.count}" if stage.count > 1 else ""
        if stage.kind == "knowledge":
            yield f"  [dim]{stage.index + 1}. {escape(text)}{times}[/]"
        elif stage.kind in ("with", "without"):
            name = "without knowledge" if stage.kind == "without" else f"with {stage.index + 1}"
            yield f"  [dim]{name}: {escape(stage.value or '–')}[/]"


def _labels(labels: Iterable[LabelScore]) -> Iterable[str]:
    """Candidates with their raw and calibrated shares."""
    for one in labels:
        share = one.summed
        after = f", calibrated {share.calibrated:.0%}" if share.calibrated is not None else ""
        yield f"  [dim]{escape(one.label)}: {share.raw:.0%}{after}[/]"


def _vote(vote: Vote) -> str:
    """A vote in one line."""
    counts = ", ".join(
        f"{escape(answer)} ×{count} ({vote.weights[answer]:.2f})"
        for answer, count in vote.counts.items()
    )
    invalid = f", {vote.invalid} without an answer" if vote.invalid else ""
    early = f", stopped after {vote.samples} of {vote.planned}" if vote.stopped_early else ""
    return (
        f"[bold]{escape(vote.label)}[/] · item {escape(vote.item_id)}: {counts or '–'}{invalid}"
        f" → {escape(vote.winner or '–')} ({vote.agreement:.0%} agree{early})"
    )


def statistics(spec: CompareSpec, result: CompareResult) -> dict[str, object]:
    """Intervals, pairs with p-values, and the items that exactly one column got right."""
    from engine.evaluation.statistics.comparison import compare_variants
    from engine.jobs.spec import to_plain

    found: dict[str, object] = to_plain(compare_variants(spec, result.cells, result.votes))
    return found


def _verdicts(spec: CompareSpec, result: CompareResult) -> None:
    """What the figures show, in words; nothing when nothing can be right or wrong."""
    from engine.evaluation.statistics.comparison import compare_variants

    if not any(one.scored for one in result.summaries):
        return
    found = compare_variants(spec, result.cells, result.votes)
    for pair in found.pairs:
        out.print(escape(pair.sentence))
    for text in found.notes if found.pairs else ():
        out.print(f"[dim]{escape(text)}[/]")


def lost_columns(cells: Iterable[CellResult]) -> dict[tuple[int, int], list[CellResult]]:
    """The cells of the columns (model, variant) in which every one failed."""
    columns: dict[tuple[int, int], list[CellResult]] = {}
    for cell in cells:
        columns.setdefault((cell.key.model, cell.key.variant), []).append(cell)
    return {
        place: own for place, own in columns.items() if all(one.error is not None for one in own)
    }


def show_errors(spec: CompareSpec, cells: Sequence[CellResult]) -> None:
    """A column that failed as a whole in one line; elsewhere each distinct error once."""
    lost = lost_columns(cells)
    for (model, _), own in lost.items():
        error, count = own[0].error, len(own)
        assert error is not None
        name = own[0].variant
        if len(spec.models) > 1:
            name = f"{_short(spec.models[model].id)} · {name}"
        how = "its one answer" if count == 1 else f"all {count} answers"
        more = " Show fewer with --shots." if error.code == PromptTooLong.code else ""
        err.print(f"[red]{escape(name)}: {how} failed.[/] {escape(str(error))}{more}")
    counted: dict[tuple[str, str], int] = {}
    for cell in cells:
        if cell.error is not None and (cell.key.model, cell.key.variant) not in lost:
            place = (cell.variant, str(cell.error))
            counted[place] = counted.get(place, 0) + 1
    for (variant, text), count in counted.items():
        times = "1 cell" if count == 1 else f"{count} cells"
        err.print(f"[red]{escape(variant)}[/]: {escape(text)} ({times})")
