"""A measured window: a module run in a process of its own, which prints its figures as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys

LONGEST_S = 900


def figures_of_window(module: str, *arguments: str) -> dict[str, object]:
    """What ``python -m module arguments`` printed last.

    Raises:
        RuntimeError: It ended with an error; its own words are kept.
    """
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the measured window ended with {done.returncode}:\n{done.stderr}")
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures
