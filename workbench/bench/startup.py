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

MODULE = "workbench.bench.first_paint"


def run(n: int = 7, progress: Callable[[str], None] | None = None) -> dict[str, object]:
    """Measure `n` pairs after one that only warms the file cache.

    Returns:
        ``ratio`` (medians, Lathe / bare), ``bare_ms``, ``lathe_ms`` (medians), ``pairs``,
        ``torch_imported``, and ``heavy_imports`` before the first paint.
    """
    bare: list[float] = []
    full: list[float] = []
    heavy: set[str] = set()
    for pair in range(n + 1):
        if progress is not None:
            progress(f"pair {pair} of {n}" if pair else "warming up")
        one, _ = _first_paint("bare")
        other, imported = _first_paint("lathe")
        heavy.update(imported)
        if pair:
            bare.append(one)
            full.append(other)
    return {
        "ratio": round(statistics.median(full) / statistics.median(bare), 3),
        "bare_ms": round(statistics.median(bare) * 1000, 1),
        "lathe_ms": round(statistics.median(full) * 1000, 1),
        "pairs": n,
        "torch_imported": "torch" in heavy,
        "heavy_imports": sorted(heavy),
    }


def _first_paint(which: str) -> tuple[float, list[str]]:
    """Seconds from starting a process to its first paint, and what it had imported by then."""
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
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
    return float(said["painted_at"]) - began, list(said["imported"])
