"""Checks of imported sets against what promptfoo's documentation says of each."""

from __future__ import annotations

import pytest

from engine.errors import BadSpec
from engine.evaluation.datasets.asserts import (
    Assert,
    AssertSet,
    from_line,
    from_plain,
    fulfils,
    parse,
    unsupported_of,
    written,
)


@pytest.mark.parametrize(
    ("line", "right", "wrong"),
    [
        ("equals: Oslo", " Oslo\n", "Oslo!"),
        ("Oslo", "Oslo", "oslo"),
        ("contains: 18", "it is 18.", "it is 81"),
        ("icontains: OSLO", "in oslo", "in Bergen"),
        ("contains-any: a1, b2", "xx b2", "xx c3"),
        ("contains-all: a1, b2", "b2 a1", "a1"),
        ('icontains-any: "x, y", z', "X, Y", "x y"),
        ("starts-with: Yes", "Yes, sir", "Oh Yes"),
        (r"regex: \d{2}:\d{2}", "at 12:30", "at noon"),
        ("is-json", '{"a": [1]}', "{'a': 1}"),
        ("not-contains: sorry", "gladly", "sorry, no"),
        ("not-is-json", "plain", "[]"),
        ('equals: {"a": 1}', '{ "a":1 }', '{"a": 2}'),
        ("contains: a: b", "say a: b", "say a b"),
    ],
)
def test_each_check(line, right, wrong):
    assert fulfils(right, line)
    assert not fulfils(wrong, line)


@pytest.mark.parametrize(
    "line", ["javascript: true", "python: 1", "similar(0.8): x", "llm-rubric: y"]
)
def test_code_and_judges_are_never_run(line):
    assert from_line(line) is None


def test_a_bare_text_with_a_colon_is_a_text():
    assert from_line("ratio: 3 to 4") == Assert("equals", ("ratio: 3 to 4",))


def test_what_is_not_supported_is_named():
    plain = [
        {"type": "contains", "value": "x"},
        {"type": "javascript", "value": "process.exit()"},
        {"type": "is-json", "value": {"type": "object"}},
        {"type": "contains", "value": "file://secret.txt"},
    ]
    assert unsupported_of(plain) == ("javascript", "is-json", "contains")


@pytest.mark.parametrize(
    "checks",
    [
        AssertSet((Assert("contains", ("a",)), Assert("is-json"))),
        AssertSet((Assert("contains", ("two\nlines",)),)),
        AssertSet((Assert("contains-any", ("with, comma", "b")),)),
        AssertSet((Assert("equals", ("a",)), Assert("equals", ("b",))), 0.5),
        AssertSet((Assert("regex", ("^x$",), True, 2.0),)),
        AssertSet((Assert("equals", ("contains: tricky",)),)),
        AssertSet((Assert("equals", ("  padded ",)),)),
    ],
)
def test_a_set_travels_as_text(checks):
    assert parse(written(checks)) == checks


def test_a_threshold_is_a_weighted_share():
    three = from_plain({"type": "contains", "value": "a", "weight": 3})
    one = from_plain({"type": "contains", "value": "b"})
    assert three is not None
    assert one is not None
    assert AssertSet((three, one), 0.75).passes("a")
    assert not AssertSet((three, one), 0.8).passes("a")
    assert not AssertSet((three, one), 0.5).passes("b")


def test_an_endless_pattern_is_stopped():
    with pytest.raises(BadSpec, match="took longer"):
        fulfils("a" * 60 + "!", r"regex: (?:a|aa)+$")


def test_unreadable_checks_say_what_to_write():
    with pytest.raises(BadSpec, match="cannot be read"):
        parse("{not json")
    with pytest.raises(BadSpec, match="cannot be read"):
        parse("javascript: 1")


@pytest.mark.parametrize(
    "text",
    [
        '{"assert": []}',
        '{"assert": [{"type": "contains", "value": "a"}, {"type": "javascript", "value": "1"}]}',
        '{"assert": [{"type": "none-such", "value": "a"}]}',
    ],
)
def test_checks_that_are_missing_or_unknown_pass_nothing(text):
    with pytest.raises(BadSpec, match="cannot be read"):
        fulfils("a", text)
    with pytest.raises(BadSpec, match="cannot be read"):
        AssertSet(()).passes("a")
