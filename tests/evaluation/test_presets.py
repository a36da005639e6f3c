"""The task presets: complete, readable back, and true on the teaching models that ship."""

from __future__ import annotations

import pytest

from engine.api import Engine
from engine.errors import BadSpec
from engine.evaluation.make_presets import RECIPES, shows, trial, written
from engine.evaluation.plan import messages_for, planned_cells
from engine.evaluation.presets import BASE_TASKS, FIRST, PRESETS, preset
from engine.evaluation.spec import CompareSpec, Variant
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import RESOURCES
from engine.prompting.file import format_prompt, parse

LANGUAGES = ("en", "zh")
CASES = [(name, language) for name in PRESETS for language in LANGUAGES]
MODELS = ("teach-rope", "teach-alibi")


def test_the_seven_base_tasks_and_the_first_story_are_there():
    assert set(PRESETS) >= {FIRST, *BASE_TASKS}
    assert len(BASE_TASKS) == 7
    with pytest.raises(BadSpec, match="preset"):
        preset("poetry", "en")


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_preset_can_be_asked_as_it_stands(name, language):
    found = preset(name, language)
    assert found.elements.language == language
    assert found.name == RECIPES[name].names[language]
    (item,) = found.items
    assert item.expected
    variants = tuple(
        Variant(technique, examples_as=found.examples_as) for technique in RECIPES[name].right
    )
    spec = CompareSpec(
        prompt=found.elements, items=found.items, variants=variants, extraction=found.extraction
    )
    for key in planned_cells(spec):
        said = messages_for(spec, key)[-1].content
        assert found.elements.input in said
        assert item.expected not in (found.elements.instruction, found.elements.input)
    assert parse(format_prompt(found)) == found


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_preset_never_shows_its_own_question_as_an_example(name, language):
    found = preset(name, language)
    assert found.elements.input not in [example.input for example in found.elements.examples]
    assert written(name, language, 5) == written(name, language, 5)


@pytest.mark.parametrize("model", MODELS)
def test_presets_show_on_the_teaching_models_what_they_promise(model):
    """The story is wrong directly and right with steps; the base tasks are answered right."""
    assert (RESOURCES / "models" / model / "model.safetensors").is_file()
    engine = Engine()
    ref = ModelRef(model, options=LoadOptions(device="cpu", dtype="float32"))
    broken = []
    try:
        for name, language in CASES:
            prompts = (preset(name, language),)
            result = engine.submit(trial(prompts, RECIPES[name], ref)).result(120)
            if set(shows(result, prompts, RECIPES[name])) != {0}:
                broken.append((name, language, [cell.generation.text for cell in result.cells]))
    finally:
        engine.close()
    assert broken == []


def test_a_candidate_counts_only_when_every_column_does_what_it_should():
    from dataclasses import replace

    from engine.decoding.records import Candidate, Generation, TokenRecord
    from engine.evaluation.scoring import extract
    from engine.evaluation.spec import CellKey, CellResult, CompareResult

    recipe = replace(RECIPES[FIRST], right=("zero-shot-cot",), wrong=("zero-shot",))
    prompts = tuple(written(FIRST, "en", seed) for seed in range(3))
    truths = [prompt.items[0].expected for prompt in prompts]

    def cell(number, technique, answer, lead):
        text = f"The answer is {answer}."
        top = (Candidate(1, text, -0.1), Candidate(2, "x", -0.1 - lead))
        token = TokenRecord(1, text, -0.1, 0.3, top)
        answered = Generation(text, (token,), "stop-token", 3, 0, 1.0, 2.0, 1)
        found = (extract("last-answer", text),)
        return CellResult(
            CellKey(), f"{number} {technique}", "0", None, generation=answered, extractions=found
        )

    cells = (
        cell(0, "zero-shot-cot", truths[0], 2.0),
        cell(0, "zero-shot", "-1", 0.5),
        cell(1, "zero-shot-cot", truths[1], 2.0),
        cell(1, "zero-shot", truths[1], 2.0),
        cell(2, "zero-shot-cot", "-1", 2.0),
        cell(2, "zero-shot", "-1", 2.0),
    )
    found = shows(CompareResult("", cells, (), 0.0), prompts, recipe)
    assert found == {0: pytest.approx(0.5)}
