"""Another rule on answers that were voted on, there and back; runs and readings out of turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.decoding.records import Generation
from engine.errors import ErrorReport
from engine.evaluation.plan import sampling_of
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellKey, CellResult, CompareResult, CompareSpec, Vote
from engine.evaluation.statistics.outcomes import columns
from engine.evaluation.summary import votes_of
from engine.jobs.events import Event, Finished, Partial
from engine.prompting.elements import Item
from workbench.services.background import Background
from workbench.viewmodels.evaluate import EvaluateModel

OWN, OTHER = "last-answer", "gsm8k-strict"


@dataclass(frozen=True)
class Submitted:
    id: str = "job"


@dataclass
class Jobs:
    """Takes runs, and lets the test answer them."""

    taken: list[CompareSpec] = field(default_factory=list)
    tell: Callable[[Event], None] | None = None

    def submit(self, spec: CompareSpec, tell: Callable[[Event], None]) -> Submitted:
        self.taken.append(spec)
        self.tell = tell
        return Submitted()

    def cancel(self, _job: str) -> None:
        raise AssertionError("nobody stops it")


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def model(qapp, jobs: Jobs, tmp_path: Path) -> Iterator[EvaluateModel]:
    background = Background()
    made = EvaluateModel(jobs, background, tmp_path)
    yield made
    background.shutdown()


@pytest.fixture
def planned(model: EvaluateModel, until) -> EvaluateModel:
    """A model that will ask two items five times each and let the answers vote."""
    chips = tuple(
        replace(one, checked=one.uid == "self-consistency") for one in model.setup.compare.variants
    )
    compare = replace(model.setup.compare, variants=chips)
    model.set_setup(replace(model.setup, items=2, rules=(OWN, OTHER), compare=compare))
    until(lambda: model.plan is not None)
    spec = model.plan.spec
    items = tuple(Item(str(n), one.variables, "7") for n, one in enumerate(spec.items))
    (variant,) = spec.variants
    five = replace(variant, sampling=replace(sampling_of(spec, variant), samples=5))
    spec = replace(spec, items=items, variants=(five,))
    model.plan = replace(model.plan, spec=spec)
    return model


def answers(spec: CompareSpec) -> tuple[CellResult, ...]:
    """Item 0: 7 wins with two of five by one rule, and loses by the other; item 1: the reverse."""
    said = (7, 7, 1, 2, 3), (5, 5, 5, 7, 7)
    cells = []
    for item in range(2):
        for sample, (first, second) in enumerate(zip(said[item], said[1 - item], strict=True)):
            text = f"The answer is {first}. #### {second}"
            cells.append(
                CellResult(
                    key=CellKey(0, 0, item, sample),
                    variant=spec.variants[0].label,
                    item_id=str(item),
                    expected="7",
                    generation=Generation(text, (), "stop-token", 1, 0, 1.0, 1.0, 1),
                    extractions=(extract(OWN, text, "7"),),
                )
            )
    return tuple(cells)


def finish(model: EvaluateModel, jobs: Jobs) -> tuple[tuple[CellResult, ...], tuple[Vote, ...]]:
    spec = jobs.taken[-1]
    cells = answers(spec)
    votes = votes_of(spec, cells)
    for value in (*cells, *votes):
        jobs.tell(Partial(job_id="job", value=value))
    jobs.tell(Finished(job_id="job", result=CompareResult("run", cells, (), 1.0, votes=votes)))
    return cells, votes


def verdicts(model: EvaluateModel) -> list[tuple[str | None, bool | None, float]]:
    marks = [model.table.marks(row)[0] for row in range(2)]
    return [(one.value, one.correct, one.share) for one in marks]


def test_voted_items_vote_again_by_another_rule_and_come_back(planned, jobs, until):
    model = planned
    assert model.run()
    cells, votes = finish(model, jobs)
    own = [("7", True, 0.4), ("5", False, 0.6)]
    assert verdicts(model) == own
    model.read_by(OTHER)
    assert model.rule == OWN
    until(lambda: model.rule == OTHER)
    assert verdicts(model) == [("5", False, 0.6), ("7", True, 0.4)]
    (column,) = columns(jobs.taken[-1], cells, votes, OTHER)
    marks = [model.table.marks(row)[0].correct for row in range(2)]
    assert [column.values[0], column.values[1]] == marks
    model.read_by("")
    until(lambda: model.rule == OWN)
    assert verdicts(model) == own


def test_a_rule_that_cannot_be_applied_leaves_the_answers_as_they_were(planned, jobs, until):
    model = planned
    model.run()
    finish(model, jobs)
    before = verdicts(model)
    model.read_by("regex:(")
    until(lambda: model.problem is not None)
    assert (model.rule, verdicts(model)) == (OWN, before)
    model.read_by(OTHER)
    until(lambda: model.rule == OTHER)
    assert model.problem is None


def test_a_reading_that_comes_after_the_next_run_began_is_dropped(planned, jobs, until):
    model = planned
    model.run()
    finish(model, jobs)
    model.read_by(OTHER)
    model.run()
    finish(model, jobs)
    before = verdicts(model)
    done: list[None] = []
    model._background.run(lambda: None, done.append)
    model._background.run(lambda: None, done.append)
    until(lambda: len(done) == 2)
    assert (model.rule, verdicts(model)) == (OWN, before)


def test_a_run_waits_for_the_plan_that_follows_a_problem(planned, jobs, until):
    model = planned
    model.problem = ErrorReport("data", "The file is gone.")
    model.set_setup(replace(model.setup, seed=3))
    assert model.run()
    until(lambda: len(jobs.taken) == 1)
    assert model.running
