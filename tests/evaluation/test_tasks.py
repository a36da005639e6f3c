"""Built-in task sets as comparisons."""

from __future__ import annotations

import pytest

from engine.errors import BadSpec, PromptError
from engine.evaluation.plan import messages_for, planned_cells
from engine.evaluation.scoring import extract
from engine.evaluation.tasks import exercises, task_spec
from engine.jobs.spec import decode, encode
from engine.prompting.render import render
from engine.prompting.template import fill, literal
from engine.teaching.tasks import generate, task_names

CASES = [(task, language) for task in task_names() for language in ("en", "zh")]


@pytest.mark.parametrize(("task", "language"), CASES)
def test_zero_shot_says_what_the_exercise_says_and_its_own_reply_is_right(task, language):
    spec = task_spec(task, language=language, n=4, seed=3, techniques=("zero-shot",))
    options = {"rule": {"shots": 3}, "conversation": {"turns": 3}}.get(task, {})
    originals = generate(task, language, 4, 3, **options)
    for key, original in zip(planned_cells(spec), originals, strict=True):
        item = spec.items[key.item]
        said = messages_for(spec, key)[0].content
        question = render(original.elements, {})[0].content
        own = original.elements.instruction, original.elements.output_indicator
        if all(own) or not any(own):
            assert said.endswith(original.elements.input)
        for part in (original.elements.context, original.elements.input):
            assert part in said
        assert original.elements.input in question
        assert extract(spec.extraction[0], original.completion, item.expected).correct
    assert decode(encode(spec)) == spec


@pytest.mark.parametrize("task", task_names())
def test_examples_share_one_prefix_for_all_items(task):
    spec = task_spec(task, n=3, seed=1, techniques=("few-shot",), shots=2)
    said = ["\0".join(m.content for m in messages_for(spec, key)) for key in planned_cells(spec)]
    assert len(set(said)) == 3
    if task not in ("rule", "conversation", "extraction"):
        first = messages_for(spec, planned_cells(spec)[0])[0]
        head = "".join(s.text for s in first.segments if s.element != "input")
        assert all(text.startswith(head) for text in said)


def test_the_rule_of_each_item_is_shown_by_its_own_examples():
    spec = task_spec("rule", n=5, seed=2, techniques=("few-shot",), shots=4)
    for key, original in zip(
        planned_cells(spec), generate("rule", "en", 5, 2, shots=4), strict=True
    ):
        said = messages_for(spec, key)[0].content
        for example in original.elements.examples:
            assert f"{example.input}\nA: {example.output}" in said


def test_the_same_arguments_give_the_same_spec_and_another_seed_another():
    assert task_spec("arithmetic", n=3, seed=1) == task_spec("arithmetic", n=3, seed=1)
    assert task_spec("arithmetic", n=3, seed=1).items != task_spec("arithmetic", n=3, seed=2).items


def test_unknown_tasks_and_options_are_refused():
    with pytest.raises(BadSpec, match="arithmetic"):
        task_spec("astrology")
    with pytest.raises(BadSpec, match="options"):
        exercises("arithmetic", "en", 1, 0, {"colour": 3})


def test_few_shot_steps_need_a_task_with_steps():
    spec = task_spec("key", n=1, techniques=("few-shot-cot",))
    with pytest.raises(PromptError, match="steps"):
        messages_for(spec, planned_cells(spec)[0])


@pytest.mark.parametrize("text", ["{{x}}", "a {% b", "{# c", "plain", "{{ '{{' }}", "{{{{"])
def test_literal_text_survives_the_template(text):
    assert fill(literal(text), {}) == text


@pytest.mark.parametrize(
    ("task", "steps"), [("arithmetic", True), ("reasoning", True), ("key", False)]
)
def test_left_alone_a_task_brings_the_techniques_it_can_show(task, steps):
    spec = task_spec(task, n=1)
    names = [variant.technique for variant in spec.variants]
    assert names == ["zero-shot", "few-shot", *["few-shot-cot"] * steps, "zero-shot-cot"]
    for key in planned_cells(spec):
        assert messages_for(spec, key)
