"""Every extraction rule by name; ``regex:PATTERN`` makes one of the person's own."""

from __future__ import annotations

from engine.errors import BadSpec
from engine.evaluation.extractors.asserts import Asserts
from engine.evaluation.extractors.base import Extractor
from engine.evaluation.extractors.exact import Exact
from engine.evaluation.extractors.first_answer import FirstAnswer
from engine.evaluation.extractors.gsm8k_flexible import Gsm8kFlexible
from engine.evaluation.extractors.gsm8k_strict import Gsm8kStrict
from engine.evaluation.extractors.last_answer import LastAnswer
from engine.evaluation.extractors.last_number import LastNumber
from engine.evaluation.extractors.needs_run import NEEDS_RUN
from engine.evaluation.extractors.option_letter import OptionLetter
from engine.evaluation.extractors.yes_no import YesNo

EXTRACTORS: dict[str, type[Extractor]] = {
    rule.id: rule
    for rule in (
        LastAnswer,
        FirstAnswer,
        LastNumber,
        Gsm8kStrict,
        Gsm8kFlexible,
        OptionLetter,
        YesNo,
        Exact,
        Asserts,
    )
}
#: rules that any answer can be read by; `asserts` needs items that bring their own checks
TEXT_RULES = tuple(name for name in EXTRACTORS if name != Asserts.id)
REGEX_PREFIX = "regex:"


def extractor(name: str) -> Extractor:
    """The rule called `name`.

    Raises:
        BadSpec: There is none; the message lists what there is.
    """
    if name.startswith(REGEX_PREFIX) and len(name) > len(REGEX_PREFIX):
        from engine.evaluation.extractors.pattern import Pattern

        return Pattern(name.removeprefix(REGEX_PREFIX))
    if name in NEEDS_RUN:
        raise BadSpec(
            f"The rule “{name}” asks the model again, so it cannot read a finished text.",
            f"Run a comparison with the technique “{name}” instead.",
        )
    try:
        return EXTRACTORS[name]()
    except KeyError:
        known = ", ".join((*EXTRACTORS, REGEX_PREFIX + "PATTERN"))
        raise BadSpec(
            f"There is no extraction rule “{name}”.", f"Choose one of: {known}."
        ) from None
