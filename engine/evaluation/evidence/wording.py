"""How the right answer would be said: the form that the comparison's first rule reads."""

from __future__ import annotations

from typing import Final

from engine.evaluation.evidence.spec import EvidenceSpec
from engine.evaluation.plan import prompt_of
from engine.prompting.elements import Language

PLACE: Final = "{answer}"
STATED: Final[dict[Language, str]] = {"en": "The answer is {answer}.", "zh": "答案是{answer}。"}
FORMS: Final[dict[str, dict[Language, str]]] = {
    "last-answer": STATED,
    "first-answer": STATED,
    "gsm8k-strict": {"en": "#### {answer}", "zh": "#### {answer}"},
}
"""Extraction rule → form; a rule that is not here reads the bare answer."""


def expected_text(spec: EvidenceSpec, variant: int, item: int) -> str | None:
    """The right answer as a reply, or None when nobody knows it.

    A worked solution (GSM8K) ends with ``#### `` and the answer; only the answer is meant.
    """
    expected = spec.compare.items[item].expected
    if expected is None:
        return None
    language = prompt_of(spec.compare, spec.compare.variants[variant]).language
    rule = spec.compare.extraction[0] if spec.compare.extraction else ""
    form = spec.form or FORMS.get(rule, {}).get(language, PLACE)
    return form.replace(PLACE, expected.rsplit("#### ", 1)[-1])
