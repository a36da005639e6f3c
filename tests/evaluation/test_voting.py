"""Votes against counting by hand, and early stops against every way the rest could go."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product

import pytest

from engine.decoding.records import Generation, TokenRecord
from engine.evaluation.spec import CellKey, CellResult
from engine.evaluation.voting import (
    Ballot,
    groups_of,
    ranked,
    same_as,
    settled,
    vote_of,
    weight_of,
)

RULE = "last-answer"
CELL = CellResult(CellKey(), "self-consistency", "0", "b")
WAYS = ("majority", "weighted")


def ballots(values, weights, samples=None):
    samples = range(len(values)) if samples is None else samples
    return [Ballot(s, v, w) for s, v, w in zip(samples, values, weights, strict=True)]


def winner(cast, by):
    order = ranked(groups_of(cast, RULE), by)
    return order[0].answer if order else None


def by_hand(cast, by):
    """The winner by the definition, with the tie rule spelled out."""
    counts = Counter(one.value for one in cast if one.value is not None)
    sums = {
        value: sum(one.weight for one in sorted(cast, key=lambda one: one.sample)
                   if one.value == value)
        for value in counts
    }  # fmt: skip
    first = {value: min(one.sample for one in cast if one.value == value) for value in counts}
    score = (
        (lambda value: (counts[value], sums[value]))
        if by == "majority"
        else (lambda value: (sums[value], counts[value]))
    )
    best = max((score(value) for value in counts), default=None)
    tied = [value for value in counts if score(value) == best]
    return min(tied, key=first.__getitem__, default=None)


@pytest.mark.parametrize("by", WAYS)
def test_the_winner_is_that_of_counting_by_hand(by):
    dice = random.Random(5)
    for values in product(("a", "b", "c", None), repeat=5):
        for weights in ([1.0] * 5, [0.5, 0.25, 0.25, 0.5, 0.25], [dice.random() for _ in range(5)]):
            samples = dice.sample(range(5), 5)
            cast = ballots(values, weights, samples)
            assert winner(cast, by) == by_hand(cast, by)


@pytest.mark.parametrize("by", WAYS)
def test_an_early_stop_never_changes_the_winner(by):
    """Every prefix of every sequence: once settled, every completion elects the same answer."""
    dice = random.Random(9)
    total, stops = 6, 0
    for values in product(("a", "b", None), repeat=total):
        samples = dice.sample(range(total), total)
        weights = [dice.choice((0.0, 0.3, 0.9, 1.0)) for _ in values]
        cast = ballots(values, weights, samples)
        for heard in range(total):
            if settled(groups_of(cast[:heard], RULE), by, total - heard):
                stops += 1
                assert winner(cast[:heard], by) == winner(cast, by)
                break
    assert stops > 100


def test_a_majority_vote_goes_on_exactly_while_it_is_open():
    """Unsettled means that the others could still overtake the leader or draw level with it."""
    total = 6
    for heard in range(total):
        for values in product(("a", "b", None), repeat=heard):
            cast = ballots(values, [1.0] * heard)
            counts = Counter(value for value in values if value is not None)
            most = counts.most_common(1)[0][1] if counts else 0
            leaders = [value for value in counts if counts[value] == most]
            rest = total - heard
            rival = max((counts[v] for v in counts if v != leaders[0]), default=0) if leaders else 0
            is_open = not leaders or len(leaders) > 1 or rival + rest >= most
            assert settled(groups_of(cast, RULE), "majority", rest) is not is_open


@pytest.mark.parametrize(
    "alike",
    [
        ("18", "$18", "18.00", "１８", "18.", "18 apples", "+18"),
        ("1,800", "1800", "¥1,800.0"),
        ("yes", "Yes.", "是的", "肯定的"),
        ("(A)", "a", "“A”"),
        ("New  York", "new york."),
    ],
)
def test_answers_that_mean_the_same_vote_together(alike):
    assert len({same_as(RULE, value) for value in alike}) == 1
    (group,) = groups_of(ballots(alike, [0.5] * len(alike)), RULE)
    assert group.count == len(alike)
    assert group.weight == pytest.approx(0.5 * len(alike))


@pytest.mark.parametrize(
    "apart", [("18", "81"), ("yes", "no"), ("3 to 4", "3"), ("0042", "42"), ("a", "b"), ("-5", "5")]
)
def test_answers_that_differ_do_not(apart):
    assert len({same_as(RULE, value) for value in apart}) == len(apart)


def test_the_exact_rule_counts_spellings():
    assert same_as("exact", "18") != same_as("exact", "$18")
    assert same_as("exact", "A  b") == same_as("exact", "a b")


def test_invalid_answers_never_win_and_count_against_the_agreement():
    cast = ballots((None, None, None, "b", "18"), (1.0, 1.0, 1.0, 0.2, 0.9))
    vote = vote_of(CELL, cast, rule=RULE, by="majority", planned=5)
    assert (vote.winner, vote.invalid, vote.samples) == ("18", 3, 5)
    assert vote.agreement == pytest.approx(1 / 5)
    assert vote.correct is False
    nobody = vote_of(CELL, ballots((None, None), (1, 1)), rule=RULE, by="weighted", planned=2)
    assert (nobody.winner, nobody.counts, nobody.correct) == (None, {}, False)


def test_majority_and_weights_may_disagree_and_both_are_told():
    cast = ballots(("a", "a", "b", "a"), (0.1, 0.2, 0.9, 0.1))
    vote = vote_of(CELL, cast, rule=RULE, by="weighted", planned=4)
    assert (vote.majority, vote.weighted, vote.winner, vote.correct) == ("a", "b", "b", True)
    assert vote.counts == {"b": 1, "a": 3}
    assert vote.paths == {"b": (2,), "a": (0, 1, 3)}
    assert vote.weights["a"] == pytest.approx(0.4)
    assert vote_of(CELL, cast, rule=RULE, by="majority", planned=4).winner == "a"


def test_a_path_weighs_its_length_normalised_probability():
    tokens = tuple(TokenRecord(1, "x", logprob, 0.0, ()) for logprob in (-1.0, -3.0))
    generation = Generation("xx", tokens, "length", 1, 0, 0.0, 0.0, 1)
    assert weight_of(generation) == pytest.approx(2.718281828459045**-2)
    assert weight_of(Generation("", (), "cancelled", 1, 0, 0.0, 0.0, 1)) == 0.0
