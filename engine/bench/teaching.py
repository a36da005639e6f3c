"""``lathe bench teaching``: the table of the teaching models, measured anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from engine.paths import RESOURCES

DEFAULT_MODELS = ("teach-rope", "teach-alibi")


def run(
    n: int = 400,
    models: tuple[str, ...] = DEFAULT_MODELS,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Measure every row of the table.

    Args:
        n: Held-out items per row and language.
        models: Folders of ``resources/models``.
        progress: Called with one line per finished row.

    Returns:
        ``rows`` (model, language, name, n, accuracy between 0 and 1), ``pairs`` (hard-single
        against hard-vote: better, worse, exact McNemar ``p_value``) and ``seconds``.
    """
    from engine.teaching.table import Pair, Row, measure

    rows: list[Row] = []
    pairs: list[Pair] = []
    started = time.monotonic()
    for name in models:
        own_rows, own_pairs = measure(
            name, RESOURCES / "models" / name, n, progress or (lambda line: None)
        )
        rows += own_rows
        pairs += own_pairs
    return {
        "rows": [asdict(row) for row in rows],
        "pairs": [asdict(pair) for pair in pairs],
        "seconds": round(time.monotonic() - started, 1),
    }
