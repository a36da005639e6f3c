"""A wrong label among few-shot examples is singled out on the teaching models."""

from __future__ import annotations

import pytest

from engine.evaluation.evidence.attribute_spec import AttributeSpec
from engine.evaluation.evidence.demonstration import SEPARATORS, SHOTS, WRONG, contradicted
from engine.evaluation.evidence.parts import PartId
from engine.evaluation.tasks import task_spec
from engine.models.reference import LoadOptions, ModelRef


@pytest.mark.parametrize("language", ["en", "zh"])
def test_exactly_one_example_contradicts_the_rule(language):
    spoiled = contradicted(language, 30)
    sound = task_spec("rule", language=language, n=30, shots=SHOTS, techniques=("few-shot",))
    for item, before in zip(spoiled.items, sound.items, strict=True):
        name = f"example_{WRONG + 1}_output"
        changed = {key for key, text in item.variables.items() if text != before.variables[key]}
        assert changed == {name}
        assert item.expected == before.expected
        fields = item.variables[f"example_{WRONG + 1}_input"].split(SEPARATORS[language])
        said = item.variables[name].strip("()[]!")
        assert said in fields
        assert said != before.variables[name].strip("()[]!")


@pytest.mark.parametrize(
    ("model", "language", "items"), [("teach-rope", "en", 10), ("teach-alibi", "zh", 16)]
)
def test_the_wrong_example_does_the_most_harm(model, language, items, run):
    """Removing it raises the right answer's probability most, averaged over the set."""
    ref = ModelRef(model, options=LoadOptions(dtype="float32"))
    result = run(
        AttributeSpec(
            compare=contradicted(language, items, models=(ref,)), methods=("leave-one-out",)
        )
    )
    worst = result.most_harmful()
    assert worst is not None
    assert worst.part == PartId("example", WRONG)
    assert worst.effect is not None
    assert worst.effect.high < 0
    others = [
        one.effect.mean
        for one in result.averages
        if one.part.element == "example" and one.part != worst.part and one.effect is not None
    ]
    assert len(others) == SHOTS - 1
    assert worst.effect.mean < min(others) - 0.3


def test_the_same_example_told_right_does_no_harm(run):
    ref = ModelRef("teach-rope", options=LoadOptions(dtype="float32"))
    sound = task_spec("rule", n=6, shots=SHOTS, techniques=("few-shot",), models=(ref,))
    result = run(AttributeSpec(compare=sound, methods=("leave-one-out",)))
    (last,) = [one for one in result.averages if one.part == PartId("example", WRONG)]
    assert last.effect is not None
    assert last.effect.mean > -0.1
