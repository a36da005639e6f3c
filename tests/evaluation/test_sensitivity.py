"""The same answers under every rule."""

from __future__ import annotations

import pytest

from engine.errors import BadSpec, JobCancelled
from engine.evaluation.extractors.needs_run import NEEDS_RUN
from engine.evaluation.extractors.registry import extractor
from engine.evaluation.scoring import extract
from engine.evaluation.sensitivity import TEXT_RULES, sensitivity

OUTPUTS = (
    "3 + 4 = 7. The answer is 7.",
    "#### $1,800.00",
    "The answer is 5. Q: next? The answer is 6.",
    "I cannot say.",
    "It costs 12 ..",
)
TRUTHS = ("7", "1800", "5", "3", None)


def test_each_rule_is_scored_as_it_would_be_alone():
    table = sensitivity(OUTPUTS, TRUTHS)
    assert [one.rule for one in table.rules] == list(TEXT_RULES)
    for score in table.rules:
        alone = [extract(score.rule, o, t) for o, t in zip(OUTPUTS, TRUTHS, strict=True)]
        assert list(score.found) == alone
        assert score.invalid == sum(one.value is None for one in alone)
        assert (score.scored, score.correct) == (4, sum(one.correct is True for one in alone))
    by_name = {one.rule: one for one in table.rules}
    assert by_name["first-answer"].accuracy == 0.5
    assert by_name["last-answer"].accuracy == 0.25
    assert by_name["last-number"].accuracy == 0.5
    assert by_name["last-answer"].invalid_rate == 3 / 5
    assert table.spread == max(s.accuracy for s in table.rules) - min(
        s.accuracy for s in table.rules
    )


def test_rules_agree_when_they_read_the_same_number_or_nothing():
    table = sensitivity(OUTPUTS, TRUTHS, ("last-answer", "last-number", "first-answer"))
    same = {(one.first, one.second): one.same for one in table.agreements}
    assert same == {
        ("last-answer", "last-number"): 3,  # 7, 6, and nothing in the fourth
        ("last-answer", "first-answer"): 4,  # all but the third
        ("last-number", "first-answer"): 2,
    }
    assert table.agreements[0].share == 3 / 5


def test_a_pattern_that_is_broken_or_endless_spoils_only_itself():
    table = sensitivity(("a" * 60 + "b",), ("b",), ("regex:(", "regex:(?:a|aa)+$", "exact"))
    broken, endless, exact = table.rules
    assert "cannot be read" in broken.error.message
    assert "took longer" in endless.error.message
    assert broken.accuracy is broken.invalid_rate is None
    assert exact.scored == 1
    assert table.agreements == ()


def test_nothing_known_nothing_scored():
    table = sensitivity(("x", "y"), (None, None), ("exact",))
    assert table.rules[0].accuracy is None
    assert table.rules[0].interval is None
    assert table.spread is None
    assert sensitivity((), ()).rules[0].n == 0


def test_it_can_be_stopped_and_refuses_what_does_not_fit():
    def stop():
        raise JobCancelled

    with pytest.raises(JobCancelled):
        sensitivity(OUTPUTS, TRUTHS, check=stop)
    with pytest.raises(ValueError, match="one expected answer"):
        sensitivity(("x",), ())
    with pytest.raises(BadSpec, match="no-such"):
        sensitivity(("x",), (None,), ("no-such",))


@pytest.mark.parametrize("name", NEEDS_RUN)
def test_ways_that_need_a_run_are_known_by_name_and_say_why(name):
    with pytest.raises(BadSpec) as caught:
        extractor(name)
    assert "finished text" in caught.value.message
    assert name in caught.value.hint
