"""The overlay of two answers."""

from __future__ import annotations

import random

import pytest

from engine.decoding.records import Candidate, TokenRecord
from engine.evaluation.alignment import align


def tokens(*ids):
    return [TokenRecord(i, f"t{i}", -0.1, 0.5, (Candidate(i, f"t{i}", -0.1),)) for i in ids]


def test_identical_answers_have_no_divergence():
    found = align(tokens(1, 2, 3), tokens(1, 2, 3))
    assert found.divergence is None
    assert found.similarity == 1
    assert [row.kind for row in found.rows] == ["same"] * 3


def test_the_first_divergence_carries_both_predictions():
    found = align(tokens(1, 2, 3, 9), tokens(1, 2, 4, 9))
    assert found.divergence.position == 2
    assert found.divergence.left.top[0].id == 3
    assert found.divergence.right.top[0].id == 4
    assert [row.kind for row in found.rows] == ["same", "same", "changed", "same"]


def test_a_common_beginning_is_never_given_up_for_a_longer_match():
    """A bare longest-match diff would align the shifted run and lose the first token."""
    found = align(tokens(1, 5, 6, 7, 8), tokens(1, 1, 5, 6, 7, 8))
    assert found.rows[0].kind == "same"
    assert found.divergence.position == 1
    assert found.same == 5


def test_one_answer_may_end_first():
    found = align(tokens(1, 2), tokens(1, 2, 3))
    assert found.divergence.left is None
    assert found.divergence.right.id == 3
    assert found.rows[-1].kind == "right"


def test_texts_are_compared_across_vocabularies():
    left = [TokenRecord(1, "a", 0, 0, ())]
    right = [TokenRecord(7, "a", 0, 0, ())]
    assert align(left, right).same == 0
    assert align(left, right, one_vocabulary=False).same == 1


@pytest.mark.parametrize("seed", range(20))
def test_every_token_appears_once_in_order(seed):
    rng = random.Random(seed)
    left = tokens(*(rng.randrange(4) for _ in range(rng.randrange(12))))
    right = tokens(*(rng.randrange(4) for _ in range(rng.randrange(12))))
    found = align(left, right)
    assert [r.pair.left for r in found.rows if r.pair.left is not None] == list(range(len(left)))
    assert [r.pair.right for r in found.rows if r.pair.right is not None] == list(range(len(right)))
    for row in found.rows:
        both = row.pair.left is not None and row.pair.right is not None
        if both:
            equal = left[row.pair.left].id == right[row.pair.right].id
            assert (row.kind == "same") == equal
