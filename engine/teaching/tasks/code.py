"""One-line Python expressions from a description, checked by evaluating both."""

from __future__ import annotations

import random

from engine.prompting.elements import Language
from engine.teaching.tasks.item import Item, elements

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Write a Python expression.", "Write it in Python."),
    "zh": ("写一个 Python 表达式。", "用 Python 写出来。"),
}
NUMBERS = ("a", "b", "c", "n", "x", "y")
LISTS = ("items", "values", "data", "v")

#: expression pattern → English and Chinese description; {a}, {b} numbers, {v} a list, {k} digits
_PATTERNS: tuple[tuple[str, str, str], ...] = (
    ("{a} + {b}", "the sum of {a} and {b}", "{a}与{b}的和"),
    ("{a} - {b}", "{a} minus {b}", "{a}减{b}"),
    ("{a} * {b}", "the product of {a} and {b}", "{a}与{b}的积"),
    ("{a} + {k}", "{a} plus {k}", "{a}加{k}"),
    ("{a} * {k}", "{a} times {k}", "{a}乘以{k}"),
    ("{a} % {k}", "the remainder of {a} divided by {k}", "{a}除以{k}的余数"),
    ("{a} ** 2", "the square of {a}", "{a}的平方"),
    ("{a} > {k}", "{a} is greater than {k}", "{a}大于{k}"),
    ("{a} < {b}", "{a} is less than {b}", "{a}小于{b}"),
    ("{a} % 2 == 0", "{a} is even", "{a}是偶数"),
    ("abs({a})", "the absolute value of {a}", "{a}的绝对值"),
    ("max({a}, {b})", "the larger of {a} and {b}", "{a}和{b}中较大的"),
    ("min({a}, {b})", "the smaller of {a} and {b}", "{a}和{b}中较小的"),
    ("len({v})", "the length of {v}", "{v}的长度"),
    ("sum({v})", "the sum of the list {v}", "列表{v}的和"),
    ("max({v})", "the largest of {v}", "{v}中最大的"),
    ("min({v})", "the smallest of {v}", "{v}中最小的"),
    ("{v}[0]", "the first of {v}", "{v}的第一个"),
    ("{v}[-1]", "the last of {v}", "{v}的最后一个"),
    ("sorted({v})", "{v} in order", "排好序的{v}"),
    ("{v}[:{k}]", "the first {k} of {v}", "{v}的前{k}个"),
    ("({a} + {b}) * {k}", "the sum of {a} and {b}, times {k}", "{a}与{b}的和，再乘以{k}"),
    ("{a} ** 2 + {b}", "the square of {a}, plus {b}", "{a}的平方，再加{b}"),
    ("sum({v}) / len({v})", "the mean of {v}", "{v}的平均值"),
    ("len({v}) > {k}", "{v} has more than {k} items", "{v}超过{k}个"),
)


def make(rng: random.Random, language: Language) -> Item:
    """A description and the expression that says the same."""
    pattern, english, chinese = rng.choice(_PATTERNS)
    first, second = rng.sample(NUMBERS, 2)
    values = {"a": first, "b": second, "v": rng.choice(LISTS), "k": rng.randint(2, 9)}
    expression = pattern.format(**values)
    described = (english if language == "en" else chinese).format(**values)
    return Item(
        task="code",
        language=language,
        elements=elements(language, rng.choice(INSTRUCTIONS[language]), text=described),
        answer=expression,
        completion=expression,
        key=f"code {expression}",
    )
