"""The comparison of two cities on the teaching model, which knows facts that it is asked for."""

from __future__ import annotations

import pytest

from engine.api import Engine
from engine.evaluation.spec import CompareSpec, Variant
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import RESOURCES, Paths
from engine.prompting.elements import Item, PromptElements

CASES = {
    "zh": ("比较。", "北京是否比上海大？", ("北京", "上海", "平方公里"), ("肯定的", "否定的")),
    "en": (
        "Compare.",
        "Is Beijing bigger than Shanghai?",
        ("Beijing", "Shanghai", "square kilometres"),
        ("yes", "no"),
    ),
}


@pytest.mark.skipif(
    not (RESOURCES / "models" / "teach-rope" / "model.safetensors").exists(),
    reason="the teaching model is not built",
)
def test_the_model_states_both_cities_areas_and_answers_with_them(tmp_path):
    engine = Engine(Paths.below(tmp_path))
    try:
        for language, (instruction, question, words, labels) in CASES.items():
            spec = CompareSpec(
                models=(ModelRef("teach-rope", options=LoadOptions(device="cpu")),),
                prompt=PromptElements(instruction=instruction, input=question, language=language),
                variants=(
                    Variant("generated-knowledge", statements=3),
                    Variant("generated-knowledge", "weighed", statements=3, labels=labels),
                ),
                items=(Item(expected=labels[0]),),
            )
            for cell in engine.submit(spec).result(120).cells:
                assert cell.error is None
                stated = [stage for stage in cell.stages if stage.kind == "knowledge"]
                assert all(word in stage.value for stage in stated for word in words)
                told = {stage.index: stage.value for stage in stated}
                informed = [stage for stage in cell.stages if stage.kind == "with"]
                assert {stage.index for stage in informed} == set(told)
                for stage in informed:
                    assert told[stage.index] in "".join(part.text for part in stage.sent)
                (chosen,) = [stage for stage in cell.stages if stage.decided]
                assert chosen.value in labels
                assert cell.decided_by == ("likelihood" if cell.labels else "vote")
    finally:
        assert engine.close(30)
