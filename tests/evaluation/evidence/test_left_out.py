"""Answers that nobody gave are not made up: they are left out, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import BadSpec
from engine.evaluation.evidence.attribute_spec import AttributeSpec
from engine.evaluation.evidence.cross_spec import CrossSpec
from engine.evaluation.evidence.order_spec import OrderSpec
from engine.evaluation.evidence.spec import GivenAnswer, LeftOut
from engine.evaluation.spec import Variant
from engine.jobs.spec import decode, encode


@pytest.fixture
def mixed(asked):
    return replace(
        asked,
        variants=(
            *asked.variants,
            Variant("label-likelihood"),
            Variant("generated-knowledge"),
            Variant("self-consistency"),
        ),
    )


def test_only_plain_answers_are_asked_for_and_the_others_are_named(mixed, run):
    spec = CrossSpec(compare=mixed)
    result = run(spec)
    assert result.columns == (0, 1)
    assert {one.answer for one in result.means} == {0, 1}
    assert spec.left_out(*spec.meant()) == (
        LeftOut(2, "likelihood", (0, 1)),
        LeftOut(3, "knowledge", (0, 1)),
        LeftOut(4, "votes", (0, 1)),
    )


def test_a_failed_answer_takes_its_question_away_and_a_given_one_stays(mixed, run):
    given = tuple(GivenAnswer(2, item, "4", (52,)) for item in (0, 1))
    spec = CrossSpec(compare=mixed, given=given, failed=((0, 1),))
    assert decode(encode(spec)) == spec
    result = run(spec)
    assert result.columns == (0, 1, 2)
    assert [one.item for one in result.items] == [0]
    assert spec.left_out(0, 2) == (LeftOut(0, "failed", (1,)),)


def test_what_has_no_answer_is_refused_in_words(mixed):
    two = replace(mixed, variants=mixed.variants[1:3])
    with pytest.raises(BadSpec, match="“label-likelihood” does not answer by plain decoding"):
        CrossSpec(compare=two).check()
    with pytest.raises(BadSpec, match="“zero-shot” failed"):
        AttributeSpec(compare=mixed, variant=1, answer="given", failed=((1, 0), (1, 1))).check()
    AttributeSpec(compare=mixed, variant=2).check()  # the right answer is known


def test_a_vote_on_few_shot_prompts_can_be_swept_and_on_zero_shot_cannot(mixed):
    built = replace(mixed, variants=(Variant("self-consistency", base="few-shot-cot"),))
    spec = OrderSpec(compare=built)
    spec.check()
    assert spec.shown() == 3
    with pytest.raises(BadSpec, match="fewer than two examples"):
        OrderSpec(
            compare=replace(mixed, variants=(Variant("self-consistency", base="zero-shot-cot"),))
        ).check()
