"""The first figures of a run are worked out without loading a library: loading holds the window."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from tests.workbench.evaluate_results.conftest import run_of
from workbench.viewmodels.evaluate_figures import Task, read_rules, titles, work_out
from engine.evaluation.extractors.registry import TEXT_RULES
import workbench.views.evaluate.page

run = run_of({"zero-shot": "110011", "few-shot": "101010"})
before = set(sys.modules)
for rule in ("", "last-number"):
    task = Task(1, run.spec, run.cells, run.votes, rule, titles(run.spec))
    found = work_out(task, int)
    assert len(found.comparison.pairs) == 1
read_rules(task, TEXT_RULES, int)
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def test_figures_of_right_and_wrong_load_no_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"engine"}
