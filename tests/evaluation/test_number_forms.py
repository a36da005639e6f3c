"""One number, however it is written; and what only looks like one."""

from __future__ import annotations

import pytest

from engine.evaluation.extractors.chinese_number import chinese_number
from engine.evaluation.extractors.normalise import canonical, number
from engine.evaluation.scoring import agree, extract

EIGHTEEN = (
    "18", "18.", "18.00", "１８", "１８．００", "$18", "$18.00", "US$18", r"\$18", "¥18", "￥18",
    "€18", "18€", "18元", "18美元", "18 USD", "USD 18", "18 dollars", "+18", " 18 ", "**18**",
    '"18"', "“18”", "(18)", r"\boxed{18}", r"\(18\)", r"$\boxed{18}$",
    "18%", "１８％", r"18\%", "18 %",
    "十八", "壹拾捌", "一十八", "十八元", "18。",
)  # fmt: skip


@pytest.mark.parametrize("written", EIGHTEEN)
def test_every_form_of_eighteen_agrees_and_votes_for_the_same(written):
    assert agree(written, "18")
    assert agree("18", written)
    assert canonical(written) == "18"


@pytest.mark.parametrize(
    "written", ["18 apples", "18个", "十八个", "18 km", "18km", "18kg", "$18 per day"]
)
def test_a_unit_behind_the_number_agrees(written):
    assert agree(written, "18")
    assert agree("18", written)


@pytest.mark.parametrize(
    "written",
    [
        "1.8",
        "180",
        "-18",
        "1,8",
        "18/2",
        "18-19",
        "18:00",
        "18th",
        "018",
        "18x",
        "8",
        "十",
        "八",
        "1万8",
    ],
)
def test_other_numbers_do_not_agree_with_eighteen(written):
    assert not agree(written, "18")
    assert not agree("18", written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("−7", "-7"), ("–7", "-7"), ("-$7", "-7"), ("$-7", "-7"), ("－７", "-7"), ("负七", "-7"),
        ("1,800", "1800"), ("１，８００", "1800"), ("1.5万", "15000"), ("3亿", "300000000"),
        ("一千八百", "1800"), ("一百零五", "105"), ("两万三千", "23000"), ("三点五", "3.5"),
        ("二零二四", "2024"), ("一亿零五万", "100050000"), ("0.50", "0.5"), ("-0.0", "0"),
    ],
)  # fmt: skip
def test_signs_separators_and_chinese_numerals(written, value):
    assert canonical(written) == value


ROUND = (0, 1, 7, 10, 11, 20, 99, 100, 105, 110, 250, 1000, 1001, 1010, 2340)


@pytest.mark.parametrize("value", [*ROUND, 10_000, 10_010, 30_405, 120_000, 5_060_708])
def test_numerals_are_read_back_as_they_are_written(value):
    assert chinese_number(in_chinese(value)) == value


def in_chinese(value: int) -> str:
    """The textbook's way of writing a number below ten million."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return in_chinese(high) + "万" + gap + (in_chinese(low) if low else "")
    digits, text, gap = "零一二三四五六七八九", "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + name
            gap = False
        else:
            gap = True
    return text or "零"


@pytest.mark.parametrize(
    "text", ["", "万", "千", "点五", "十八个半", "一百二", "百", "二十十", "十百", "零十", "一样"]
)
def test_what_is_no_numeral(text):
    assert chinese_number(text) is None


@pytest.mark.parametrize(
    "text", ["..", "$", "-", "+-3", "1.2.3", "3rd", "0042", "1,80", "１／２", "x"]
)
def test_what_is_no_number(text):
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "value", "span"),
    [
        ("So 3 + 4 = 7. The answer is 3 + 4 = 7.", "7", "7"),
        ("The answer is: \n18", "18", "18"),
        ("**Answer:**\n18", "18", "18"),
        ("The answer is about 18 km.", "18 km", "18 km"),
        ("the answer would be $1,800.", "1800", "$1,800"),
        ("答案选B", "b", "B"),
        ("答案是约一百零五。", "105", "一百零五"),
        ("The answer is: the answer is 5.", "5", "5"),
        ("The answer is 4\nThe answer is", "4", "4"),
    ],
)
def test_what_a_statement_comes_to_and_where_it_stands(text, value, span):
    found = extract("last-answer", text)
    assert found.value == value
    assert text[found.start : found.end] == span


@pytest.mark.parametrize("text", ["The answer is", "答案", "answers are", "The answer is:\n"])
def test_an_announcement_without_an_answer_is_invalid(text):
    assert extract("last-answer", text).value is None


def test_a_text_full_of_announcements_is_read_in_one_pass():
    """Quadratic work would take minutes here; the suite's own limit would end it."""
    assert extract("last-answer", "answer is " * 20_000 + "5").value == "5"


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("The answer is c.", "c"), ("answer: (d)", "d"), ("The answer is a cat.", None),
        ("正确答案是：Ｂ", "b"), ("The answer is **b**", "b"), ("(a) or (b)", None),
    ],
)  # fmt: skip
def test_small_letters_count_where_an_answer_is_stated(text, letter):
    assert extract("option-letter", text).value == letter


@pytest.mark.parametrize(
    ("text", "value"),
    [("答案是：对", "yes"), ("答案：错", "no"), ("正确答案是B", None), ("正确。", "yes")],
)
def test_yes_and_no_after_full_width_signs(text, value):
    assert extract("yes-no", text).value == value
