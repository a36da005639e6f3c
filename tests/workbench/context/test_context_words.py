"""Methods as the page says them: from their own classes, in both languages."""

from __future__ import annotations

from engine.context.method_names import METHOD_NAMES, PARTS
from workbench.services.engine_words import catalogue
from workbench.viewmodels.context_setup import OFFERED
from workbench.views.context.words import method_hint, method_name


def test_every_method_has_a_chip_a_name_and_a_hint_with_its_formula() -> None:
    assert OFFERED[: len(METHOD_NAMES)] == METHOD_NAMES
    assert method_name("rerope+log-n") == "ReRoPE + log n"
    for name in OFFERED:
        lines = method_hint(name).splitlines()
        assert lines[1] == PARTS[name.split("+")[0]].formula
        assert len(lines) == 2 * len(name.split("+"))


def test_every_summary_is_said_in_chinese() -> None:
    words = catalogue("zh_CN")
    assert words is not None
    for part in PARTS.values():
        assert words.say(part.summary) is not None, part.summary
