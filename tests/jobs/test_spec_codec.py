"""Specs survive JSON: the same spec in a window, a project file, a terminal."""

from __future__ import annotations

import json

import pytest

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.spec import Branch, CellKey, CompareSpec, Variant
from engine.jobs.registry import KINDS, spec_class
from engine.jobs.spec import Spec, decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Example, Item, PromptElements


def test_a_full_comparison_survives() -> None:
    spec = CompareSpec(
        models=(ModelRef("某个/模型", "abc", LoadOptions(quantization="nf4")),),
        prompt=PromptElements("指令", examples=(Example("问", "答", "步骤"),), language="zh"),
        variants=(Variant("few-shot", shots=2), Variant("zero-shot-cot", name="想一想")),
        items=(Item("7", {"x": "y"}, "14"),),
        sampling=Sampling(temperature=0.7, stop=("\n", "。")),
        only=(CellKey(0, 1, 0, 0),),
        branch=Branch(CellKey(), (1, 2, 3)),
    )
    assert decode(encode(spec)) == spec


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_registered_kind_survives(kind: str) -> None:
    spec: Spec = spec_class(kind)()
    assert decode(encode(spec)) == spec


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a saved job"),
        ('{"kind": "nothing", "version": 1, "spec": {}}', "no job of kind"),
        ('{"kind": "compare", "version": 99, "spec": {}}', "newer version"),
        ('{"kind": "compare", "version": 1, "spec": {"items": 3}}', "items"),
        ("[1, 2]", "not a saved job"),
    ],
)
def test_damaged_texts_are_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(BadSpec, match=words):
        decode(text)


def test_unknown_fields_of_the_same_version_are_ignored() -> None:
    wrapped = json.loads(encode(CompareSpec()))
    wrapped["spec"]["from_the_future"] = 1
    assert decode(json.dumps(wrapped)) == CompareSpec()
