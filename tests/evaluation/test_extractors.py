"""Extraction rules against the published traps and conventions."""

from __future__ import annotations

import re

import pytest

from engine.errors import BadSpec
from engine.evaluation.extractors.normalise import canonical, number
from engine.evaluation.extractors.registry import EXTRACTORS, extractor
from engine.evaluation.scoring import extract, judge
from engine.evaluation.spec import Extraction


@pytest.mark.parametrize(
    "written",
    ["18", "18.", "$18", "18.00", "１８", "$ 18", "+18", " 18 ", "**18**", '"18"', "18。"],
)
def test_one_number_in_many_spellings_is_one_value(written):
    assert canonical(written) == "18"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,800", "1800"),
        ("１，８００", "1800"),
        ("$1,234.50", "1234.5"),
        ("-0.0", "0"),
        ("−7", "-7"),
    ],
)
def test_separators_signs_and_zeros(written, value):
    assert canonical(written) == value


@pytest.mark.parametrize("written", ["..", ".", "$", "-", "1.2.3", "18/3", "3rd", "0042"])
def test_fragments_codes_and_fractions_are_no_numbers(written):
    assert number(written) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30 - 8 = 22. The answer is 22.", "22"),
        ("The answer is 3.5", "3.5"),
        ("The answer is $18.00.", "18"),
        ("答案是肯定的。", "肯定的"),
        ("所以答案：１８", "18"),
        (r"The answer is $\boxed{18}$.", "18"),
        ("**The final answer is: 7**", "7"),
        ("The answer is (B).", "(b)"),
        ("The answer is New York.\nQ: next", "new york"),
    ],
)
def test_the_stated_answer_is_read(text, value):
    found = extractor("last-answer").find(text)
    assert found is not None
    assert found.value == value
    assert canonical(text[found.start : found.end]) == value


def test_the_last_character_of_an_answer_survives():
    """The published `(?<=the answer is )(.*)(?=.)` cuts it off."""
    text = "the answer is 42"
    assert re.search(r"(?<=the answer is )(.*)(?=.)", text).group() == "4"
    assert extract("last-answer", text, "42").correct


def test_a_recited_example_does_not_win_over_the_own_answer():
    text = "As above, the answer is 5. Now 2 + 4 = 6. The answer is 6."
    assert extract("last-answer", text).value == "6"
    assert extract("first-answer", text).value == "5"


def test_an_answer_that_was_cut_off_is_invalid():
    found = extract("last-answer", "30 - 8 = 22. The answer is", "22")
    assert found.value is None
    assert (found.start, found.correct) == (-1, False)


def test_last_number_ignores_fragments_that_the_flexible_rule_matches():
    """lm-eval's pattern takes “..”, so 12 is lost; ours keeps it."""
    text = "It is 12 .."
    assert [m.group() for m in re.finditer(r"(-?[$0-9.,]{2,})|(-?[0-9]+)", text)][-1] == ".."
    assert extract("gsm8k-flexible", text, "12").value is None
    assert extract("last-number", text, "12").correct


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5-3=2", "2"),
        ("10-3", "3"),
        ("it fell to -3.", "-3"),
        ("一共18个", "18"),
        ("一共１，８００元。", "1800"),
        ("costs $1,234.50, really.", "1234.5"),
        ("v2 then 7", "7"),
    ],
)
def test_last_number_reads_signs_and_scripts(text, value):
    assert extract("last-number", text).value == value


@pytest.mark.parametrize(
    ("text", "strict", "flexible"),
    [
        ("so 6*3=18\n#### 18", "18", "18"),
        ("#### 18 and then #### 19", "18", "19"),
        ("The answer is $1,800.", None, "1800"),
        ("#### -5.", "-5", "-5"),
    ],
)
def test_gsm8k_rules_follow_lm_eval(text, strict, flexible):
    assert extract("gsm8k-strict", text).value == strict
    assert extract("gsm8k-flexible", text).value == flexible


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A cat is not a dog, so (B).", "b"),
        ("The answer is B.", "b"),
        ("The answer is option C", "c"),
        ("应选Ｄ。", "d"),
        ("答案是A", "a"),
        ("(A) is wrong and (C) is right", "c"),
        ("B. Paris", "b"),
        ("A cat sat.", None),
        ("The answer is Berlin.", None),
    ],
)
def test_option_letters(text, letter):
    assert extract("option-letter", text).value == letter


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Beijing is bigger. The answer is yes.", "yes"),
        ("No, it is not.", "no"),
        ("答案是否定的。", "no"),
        ("答案是肯定的。", "yes"),
        ("是的，北京更大。", "yes"),
        ("不是。", "no"),
        ("北京是否比上海大？难说。", None),
        ("He knows nothing.", None),
    ],
)
def test_yes_and_no_in_both_languages(text, value):
    assert extract("yes-no", text).value == value


def test_yes_and_no_agree_across_languages():
    assert extract("yes-no", "答案是肯定的。", "yes").correct
    assert extract("last-answer", "The answer is yes.", "肯定的").correct
    assert not extract("last-answer", "The answer is yes.", "否定的").correct


def test_exact_keeps_punctuation_but_not_spacing_or_case():
    assert extract("exact", " Max(A,  B)\n", "max(a, b)").correct
    assert not extract("exact", "goat", "[goat]").correct
    assert not extract("exact", "teacher", "teacher!").correct
    assert extract("exact", "18.0", "18").correct
    assert extract("exact", "   ").value is None


def test_a_pattern_of_ones_own_takes_the_last_first_group():
    assert extract("regex:<a>(.*?)</a>", "<a>1</a> <a>２</a>", "2").correct


def test_an_endless_pattern_is_stopped():
    with pytest.raises(BadSpec, match="took longer"):
        extract("regex:(?:a|aa)+$", "a" * 60 + "b")


def test_a_broken_pattern_and_an_unknown_rule_are_named():
    with pytest.raises(BadSpec, match="cannot be read"):
        extract("regex:(", "text")
    with pytest.raises(BadSpec, match="last-answer"):
        extractor("no-such-rule")


@pytest.mark.parametrize(
    ("value", "expected", "verdict"),
    [
        ("18", "18.00", True),
        ("18 apples", "18", True),
        ("18", "18 apples", True),
        ("19", "18", False),
        ("22 - 3", "22", False),
        ("3 dogs", "3 cats", False),
        ("0042", "42", False),
        ("0042", "0042", True),
        ("18", "steps #### 18", True),
        ("b", "(B)", True),
        ("Paris", "paris.", True),
    ],
)
def test_verdicts(value, expected, verdict):
    assert judge(Extraction("last-answer", value), expected).correct is verdict


def test_without_a_truth_there_is_no_verdict():
    assert judge(Extraction("last-answer", None), None).correct is None


@pytest.mark.parametrize("rule", EXTRACTORS)
@pytest.mark.parametrize("text", ["", " ", "\n", "。", "The answer is . ", "答案是", "#### ", "()"])
def test_no_rule_stumbles_or_finds_an_empty_answer(rule, text):
    found = extract(rule, text, "x")
    assert found.value is None or found.value != ""
    assert found.correct is False
