"""The table of figures, as text for `docs/teaching.md` and the model cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.paths import RESOURCES
from engine.teaching.card import replace_figures
from engine.teaching.measures import EXTRA, MEASURES
from engine.teaching.table import Pair, Row, measure

MODELS_FOLDER = RESOURCES / "models"


def table(rows: Sequence[Row], pairs: Sequence[Pair]) -> str:
    """A Markdown table, one line per measure, a column per model and language."""
    columns = sorted({(row.model, row.language) for row in rows}, key=lambda c: (c[0], c[1]))
    columns.sort(key=lambda column: column[0] != "teach-rope")
    figures = {(row.name, row.model, row.language): row for row in rows}
    bounds = {one.name: f"{'≥' if one.above else '≤'} {one.bound:.0f}" for one in MEASURES}
    bounds |= {one.name: f"≥ {one.bound:.0f}" for one in EXTRA}
    names = list(dict.fromkeys(row.name for row in rows))
    head = " | ".join(f"{model} {language}" for model, language in columns)
    lines = [f"| measure | wanted | n | {head} |", "|---" * (3 + len(columns)) + "|"]
    for name in names:
        found = [figures.get((name, *column)) for column in columns]
        cells = " | ".join("" if row is None else f"{100 * row.accuracy:.1f}" for row in found)
        n = next(row.n for row in found if row is not None)
        lines.append(f"| {name} | {bounds.get(name, '')} | {n} | {cells} |")
    for pair in pairs:
        lines += ["", ""][: 1 if pair is pairs[0] else 0]
        lines.append(
            f"* {pair.model}, {pair.language}: the vote of nine is right alone {pair.better} times,"
            f" the single sample {pair.worse} times of {pair.n}; exact McNemar"
            f" p = {pair.p_value:.2g}"
        )
    return "\n".join(lines)


def report(
    models: Sequence[str],
    n: int,
    threads: int,
    document: Path | None,
    say: Callable[[str], None],
) -> int:
    """Measure the exported models, say the table, and fill it into the documents."""
    import torch

    torch.set_num_threads(threads)
    rows: list[Row] = []
    pairs: list[Pair] = []
    for name in models:
        folder = MODELS_FOLDER / name
        own_rows, own_pairs = measure(name, folder, n, say, extra=True)
        rows += own_rows
        pairs += own_pairs
        if document is not None:
            replace_figures(folder / "README.md", table(own_rows, own_pairs))
    say(table(rows, pairs))
    if document is not None:
        replace_figures(document, table(rows, pairs))
    return 0
