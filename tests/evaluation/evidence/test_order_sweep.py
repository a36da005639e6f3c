"""Orders and choices of examples, against brute force with prompts written by hand."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from engine.errors import BadSpec, JobCancelled
from engine.evaluation.evidence.arrangements import arrangements, possible
from engine.evaluation.evidence.order_spec import Arrangement, OrderSpec
from engine.jobs.events import Partial
from engine.jobs.spec import decode, encode
from tests.evaluation.evidence.conftest import said_by

SHOWN = ("Q: one\nA: 1\n", "Q: two\nA: 2\n", "Q: six\nA: 6\n")
QUESTIONS = (("four", " 4"), ("nine", " 9!"))


def brute(order, truth):
    """(mean log p per question, whether the answer is the likeliest throughout)."""
    figures = []
    for question, answer in QUESTIONS:
        shown = "".join(SHOWN[number] for number in order)
        logprobs = truth(f"Say it.\n{shown}Q: {question}\nA:", answer)
        figures.append(said_by(logprobs, answer).mean())
    return figures


@pytest.mark.parametrize(
    ("sweep", "orders"),
    [
        ("order", list(permutations(range(3)))),
        ("subset", list(combinations(range(3), 2))),
        ("leave-one-out", [(0, 1, 2), (1, 2), (0, 2), (0, 1)]),
    ],
)
def test_each_arrangement_reads_as_written_by_hand(asked, run, truth, sweep, orders):
    result = run(OrderSpec(compare=asked, sweep=sweep))
    assert [one.order for one in result.arrangements] == orders
    assert [one for one in run.partials if isinstance(one, Arrangement)] == list(
        result.arrangements
    )
    means = []
    for one in result.arrangements:
        wanted = brute(one.order, truth)
        np.testing.assert_allclose(one.per_item, wanted, atol=1e-4)
        assert one.logprob.mean == pytest.approx(np.mean(wanted), abs=1e-4)
        means.append(np.mean(wanted))
    assert result.best.order == orders[int(np.argmax(means))]
    assert result.worst.order == orders[int(np.argmin(means))]
    assert result.middle == pytest.approx(np.median(means), abs=1e-4)
    assert result.possible == len(orders)


def test_an_answer_that_greedy_decoding_gives_counts_as_likeliest(asked, run):
    from engine.evaluation.evidence.cross_spec import CrossSpec
    from engine.evaluation.evidence.spec import GivenAnswer

    said = run(CrossSpec(compare=asked, items=(0,))).items[0].cell(0, 0).tokens
    own = GivenAnswer(0, 0, "", tuple(token.id for token in said))
    result = run(OrderSpec(compare=asked, items=(0,), answer="given", given=(own,)))
    assert result.arrangements[0].likeliest == 1.0


def test_many_orders_are_sampled_without_repeats():
    found = arrangements("order", 6, 2, 30, seed=3)
    assert len(set(found)) == 30
    assert found[0] == tuple(range(6))
    assert all(sorted(order) == list(range(6)) for order in found)
    assert found == arrangements("order", 6, 2, 30, seed=3)
    assert found != arrangements("order", 6, 2, 30, seed=4)
    assert possible("order", 6, 2) == 720
    subsets = arrangements("subset", 8, 3, 20, seed=0)
    assert len(set(subsets)) == 20
    assert possible("subset", 8, 3) == 56
    assert all(tuple(sorted(set(one))) == one and len(one) == 3 for one in subsets)


def test_a_sweep_can_be_stopped_and_keeps_what_it_had(asked, run, monkeypatch):
    monkeypatch.setattr("engine.evaluation.evidence.order.ROWS_TOGETHER", 2)
    seen = []

    def hear(event):
        if isinstance(event, Partial):
            seen.append(event.value)
            job.cancel()

    job = run.engine.submit(OrderSpec(compare=asked), hear)
    with pytest.raises(JobCancelled):
        job.result(60)
    assert 1 <= len(seen) < 6


def test_specs_of_sweeps_survive_json_and_refuse_nonsense(asked):
    spec = OrderSpec(compare=asked, sweep="subset", size=3, most=9, seed=4)
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec, match="fewer than two examples"):
        OrderSpec(compare=asked, variant=1).check()
    with pytest.raises(BadSpec, match="subsets of 4"):
        OrderSpec(compare=asked, sweep="subset", size=4).check()
