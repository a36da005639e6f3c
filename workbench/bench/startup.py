"""How long until the window paints, as a multiple of a bare Qt window on the same machine.

Pairs of processes, one with an empty window and one with Lathe, are started in turn, so that
whatever else the machine does weighs on both. The figure is the ratio of the medians.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

MODULE = "workbench.bench.first_paint"


def run(n: int = 7, progress: Callable[[str], None] | None = None) -> dict[str, object]:
    """Measure `n` pairs after one that only warms the file cache and compiles the modules.

    Returns:
        ``ratio`` (medians, Lathe / bare) of the first paint, ``ratio_page`` until the first page
        stands in the window and takes input, the medians in milliseconds, ``pairs``,
        ``torch_imported`` and ``heavy_imports`` until then.
    """
    bare: list[float] = []
    full: list[float] = []
    page: list[float] = []
    heavy: set[str] = set()
    for pair in range(n + 1):
        if progress is not None:
            progress(f"pair {pair} of {n}" if pair else "warming up")
        empty, lathe = _first_paint("bare"), _first_paint("lathe")
        heavy.update(lathe.imported)
        if pair:
            bare.append(empty.paint_s)
            full.append(lathe.paint_s)
            page.append(lathe.page_s)
    middle = statistics.median(bare)
    return {
        "ratio": round(statistics.median(full) / middle, 3),
        "ratio_page": round(statistics.median(page) / middle, 3),
        "bare_ms": round(middle * 1000, 1),
        "lathe_ms": round(statistics.median(full) * 1000, 1),
        "page_ms": round(statistics.median(page) * 1000, 1),
        "pairs": n,
        "torch_imported": "torch" in heavy,
        "heavy_imports": sorted(heavy),
    }


@dataclass(frozen=True)
class Opening:
    """Seconds from starting a process, and the heavy packages it imported."""

    paint_s: float
    page_s: float
    imported: tuple[str, ...]


def _first_paint(which: str) -> Opening:
    """Start one process and read what it says."""
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Compiled modules are kept, as in every installation; the warm-up pair compiles them.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-m", MODULE, which],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=120,
    )
    said = json.loads(done.stdout.splitlines()[0])
    painted, page = float(said["painted_at"]) - began, float(said["page_at"]) - began
    return Opening(painted, page, tuple(said["imported"]))
