"""A chosen rule that cannot be applied: the run's own decides, and the figures say so."""

from __future__ import annotations

from engine.evaluation.spec import CompareSpec
from tests.workbench.evaluate_results.conftest import run_of
from workbench.viewmodels.evaluate_figures import Task, titles, work_out


def worked_out(rule: str):
    run = run_of({"zero-shot": "1100"})
    spec: CompareSpec = run.spec
    task = Task(1, spec, run.cells, run.votes, rule, titles(spec))
    return work_out(task, lambda: None), spec


def test_the_runs_own_rule_decides_when_the_chosen_one_fails():
    found, spec = worked_out("regex:(")
    assert found.error is not None
    assert found.comparison.rule == spec.rule
    assert found.comparison.standings[0].accuracy == 0.5


def test_a_rule_that_can_be_applied_decides():
    found, _ = worked_out("gsm8k-strict")
    assert found.error is None
    assert found.comparison.rule == "gsm8k-strict"
    assert found.comparison.standings[0].accuracy == 1.0
