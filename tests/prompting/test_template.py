"""Prompt templates: filled exactly, refused with a sentence, and never endless."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from engine.errors import PromptError
from engine.prompting.template import fill, is_plain, variables_of

VALUES = {"q": "2+2", "names": "Ann,Bo", "n": "3"}
FAIR = (
    "{{ q }}? {{ q|upper }} {{ 'a' * 3 }} {{ 'a' ~ q ~ 1 }} {{ [1, 2] + [3] }} {{ 1e7 * 0.5 }}",
    "{% for name in names.split(',') %}{{ loop.index }}/{{ loop.length }} {{ name }}\n{% endfor %}",
    "{% for i in range(n|int) if i %}{{ '%02d' % i }}"
    "{{ '%5.1f'|format(i) }}{% else %}-{% endfor %}",
    "{% set ns = namespace(t='') %}{% for a, b in [(1, 'x'), (2, 'y')] %}"
    "{% set ns.t = ns.t ~ b * a %}{% endfor %}{{ ns.t }}",
    "{% macro m(x, y=2) %}<{{ x + y }}>{% endmacro %}{{ m(1) }}{{ m(1, y=5) }}",
    "{% filter upper %}{{ q.replace('2', 'two') }}{% endfilter %}"
    "{% set b %}{{ q }}{% endset %}{{ b }}",
    "{{ names.split(',')|map('lower')|join(', ') }} {{ {'a': 1}['a'] }} {{ (1, 2)|last }}",
    "{{ 'a\nb'|indent(2) }}{{ 'abc'|center(9) }}{{ 2 ** 10 }}{{ 7 % 4 }}{{ missing|default('d') }}",
    "{% if n|int > 2 and 'A' in names %}yes{% endif %}"
    "{# note #}{{ q.center(9) }}{{ '-'.join('abc') }}",
    "{% for x in [[1, [2]], [3]] recursive %}{{ loop(x) if x is iterable else x }}{% endfor %}",
)
ENDLESS = (
    "{{ 'x' * 10**10 }}",
    "{{ 10**10 * 'x' }}",
    "{{ 10**(10**10) }}",
    "{{ [0] * 10**9 }}",
    "{{ 'x'.ljust(10**10) }}",
    "{{ 'x'|center(10**10) }}",
    "{{ 'x'|center(99999999999) }}",
    "{{ ['x']|map('center', 10**10)|join }}",
    "{{ '%10000000000d' % 1 }}",
    "{{ '%*d' % (10000000000, 1) }}",
    "{{ '%9999999999d'|format(1) }}",
    "{{ '{:>10000000000}'.format(1) }}",
    "{{ 'x'|indent(10**10) }}",
    "{{ range(10**12)|list }}",
    "{{ range(100000)|map('string')|join('x' * 100000) }}",
    "{{ ('x' * 100000).replace('x', 'y' * 100000) }}",
    "{{ ('x' * 100000)|replace('x', 'y' * 100000) }}",
    "{{ ('x' * 100000).join('x' * 100000) }}",
    "{{ [['x' * 1000000] * 1000] * 1000 }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for i in range(64) %}"
    "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for i in range(64) %}"
    "{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for i in range(64) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}"
    "{% endset %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = [ns.x, ns.x] %}"
    "{% endfor %}{{ ns.x }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
)
FAILING = (
    "{{ 'a' + 1 }}",
    "{{ 1 / 0 }}",
    "{{ 10.0 ** 400 }}",
    "{{ q.nothing() }}",
    "{{ q|join(1, 2, 3, 4) }}",
    "{{ 'a' < 1 }}",
    "{{ '%d' % 'x' }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include 'other' %}",
    "{{ q.encode('nothing') }}",
)
UNREADABLE = (
    "{{ q",
    "{% for %}",
    "{{ q|nothing }}",
    "{{ " + "(" * 5000 + " }}",
    "{{ " + "9" * 9000 + " }}",
)


@pytest.mark.parametrize("text", FAIR)
def test_a_fair_template_is_filled_as_jinja_fills_it(text):
    truth = Environment(keep_trailing_newline=True).from_string(text).render(VALUES)
    assert fill(text, VALUES) == truth


@pytest.mark.parametrize("text", ENDLESS)
def test_a_template_without_end_is_refused(text):
    with pytest.raises(PromptError) as caught:
        fill(text, VALUES)
    assert caught.value.hint
    assert not isinstance(caught.value.__cause__, MemoryError)


@pytest.mark.parametrize("text", FAILING)
def test_whatever_fails_inside_a_template_is_a_prompt_error(text):
    with pytest.raises(PromptError) as caught:
        fill(text, VALUES)
    assert caught.value.hint


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_template_is_told_while_it_is_read(text):
    with pytest.raises(PromptError):
        fill(text, VALUES)
    if "nothing" not in text:
        with pytest.raises(PromptError):
            variables_of(text)


def test_one_filling_leaves_the_steps_of_the_next_alone():
    busy = "{% for a in range(99999) %}{% endfor %}ok"
    assert [fill(busy, {}) for _ in range(3)] == ["ok"] * 3


def test_variables_are_those_that_the_text_does_not_make_itself():
    text = "{% for i in range(2) %}{{ i }}{{ a }}{% endfor %}{% set b = c ~ 'x' %}{{ [b, d] }}"
    assert variables_of(text) == {"a", "c", "d"}
    assert variables_of("{'a': 1} {q}") == frozenset()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", True),
        ("no braces {a} %}", True),
        ("{{q}} and {{ other_1 }} {{ '{{' }} {{ \"{%\" }} {{数}}", True),
        ("{{ q|upper }}", False),
        ("{{ q.x }}", False),
        ("{{ 1 }}", False),
        ("{{ 'a' * 3 }}", False),
        ("{% if q %}{% endif %}", False),
        ("{# note #}", False),
        ("{{ q", False),
        ("{{ f() }}", False),
    ],
)
def test_only_bare_names_and_quoted_text_are_plain(text, plain):
    assert is_plain(text) is plain
