"""What the page asks of the engine, and which events it believes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import BadSpec
from engine.evaluation.evidence.attribute_spec import AttributeSpec
from engine.evaluation.evidence.cross_spec import CrossSpec
from engine.evaluation.evidence.order_spec import Arrangement, OrderSpec
from engine.evaluation.evidence.spec import Figure, GivenAnswer
from engine.evaluation.evidence.states_spec import StatesSpec
from engine.evaluation.spec import CellKey, CompareSpec, Variant, Vote
from engine.jobs.events import Cancelled, Partial
from tests.workbench.compare.fake_jobs import FakeJobs, cell, records
from workbench.viewmodels.why import FIRST_QUESTIONS, WhyModel
from workbench.viewmodels.why_case import WhyCase, case_of


@pytest.fixture
def jobs():
    return FakeJobs()


@pytest.fixture
def model(qapp, jobs):
    return WhyModel(jobs)


def test_each_topic_asks_its_own_job(model, asked):
    given = {0: (GivenAnswer(0, 0, "4", (5,)),)}
    model.set_case(WhyCase(asked, given))
    parts, swap, order, states = (
        model.spec(topic) for topic in ("parts", "swap", "order", "states")
    )
    assert isinstance(parts, AttributeSpec)
    assert isinstance(swap, CrossSpec)
    assert isinstance(order, OrderSpec)
    assert isinstance(states, StatesSpec)
    for spec in (parts, swap, order, states):
        assert spec.given == given[0]
        assert spec.items == (0, 1)
    kinds = [ref.options.quantization for ref in states.compare.models]
    assert kinds == ["none", "nf4", "int8"]
    model.choose(replace(model.choice, item=1, column=1))
    assert model.spec("parts").items == (1,)
    assert model.spec("parts").variant == 1


def test_a_large_set_is_begun_with_its_first_questions(model, asked):
    many = replace(asked, items=tuple(replace(asked.items[0], id=str(n)) for n in range(100)))
    model.set_case(WhyCase(many))
    assert model.spec("parts").items == tuple(range(FIRST_QUESTIONS))
    model.choose(replace(model.choice, most=100))
    assert len(model.spec("parts").items) == 100


def test_a_case_begins_with_a_column_that_shows_examples(model, asked):
    model.set_case(WhyCase(replace(asked, variants=asked.variants[::-1])))
    assert model.choice.column == 1


def test_arrangements_arrive_live_and_those_of_another_case_do_not(model, jobs, asked):
    model.set_case(WhyCase(asked))
    assert model.run("order")
    job = jobs.last
    one = Arrangement((0, 1), Figure(-1.0, -1.0, -1.0, 1), 1.0, (-1.0,))
    job.send(Partial(job_id=job.id, value=one))
    assert model.arrangements == (one,)
    assert not model.run("parts"), "one job at a time"
    model.set_case(WhyCase(asked))
    assert job.cancelled
    assert model.running is None
    job.send(Partial(job_id=job.id, value=one))
    job.send(Cancelled(job_id=job.id))
    assert model.arrangements == ()
    assert model.run("order")


def test_what_cannot_be_asked_is_refused(model, asked):
    model.set_case(WhyCase(replace(asked, variants=asked.variants[1:])))
    told = []
    model.refused.connect(told.append)
    assert not model.run("order")
    assert "fewer than two examples" in told[0].message
    assert model.running is None


def test_a_path_that_won_stands_for_a_vote_and_a_failed_answer_is_kept_in_mind(model, asked):
    spec = replace(asked, variants=(Variant("self-consistency", samples=3), Variant("zero-shot")))
    cells = [cell(spec, CellKey(sample=n), records(text)) for n, text in enumerate("544")]
    lost = cell(spec, CellKey(variant=1), ())
    cells.append(replace(lost, generation=None, error=BadSpec("It failed.", "").report()))
    vote = Vote(0, 0, 0, "self-consistency", "a", "exact", winner="4", planned=3, samples=3,
                paths={"4": (1, 2), "5": (0,)})  # fmt: skip
    case = case_of(spec, cells, votes=(vote,))
    (answer,) = case.given[0]
    assert (answer.text, answer.path, answer.paths) == ("4", 2, 3)
    assert case.failed == {0: ((1, 0),)}
    model.set_case(case)
    assert model.spec("swap").failed == ((1, 0),)
    assert case_of(spec, cells[:3]).given == {}, "nobody has voted"


def test_a_stored_comparison_keeps_its_first_answers_and_loses_its_consents(asked):
    risky = replace(asked.models[0].options, trust_remote_code=True, allow_pickle=True)
    spec: CompareSpec = replace(
        asked, models=(replace(asked.models[0], options=risky),), only=(CellKey(),)
    )
    cells = [
        cell(spec, CellKey(), records("4")),
        cell(spec, CellKey(sample=1), records("5")),
        cell(spec, CellKey(variant=1), ()),
    ]
    case = case_of(spec, cells, "r1")
    assert [one.text for one in case.given[0]] == ["4"]
    assert case.compare.only == ()
    options = case.compare.models[0].options
    assert not options.trust_remote_code
    assert not options.allow_pickle
