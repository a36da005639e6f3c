"""Two threads that build models: the default number format is nobody's but torch's."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch
from transformers import LlamaForCausalLM

from engine.api import Resources
from engine.models.blueprint import Blueprint, blueprint_of
from engine.models.catalog import find
from engine.models.loaded import LoadedModel
from engine.models.loading import load
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from tests.support.tiny_models import save_tiny, tiny_model, tiny_tokenizer

OPTIONS = LoadOptions(device="cpu", dtype="bfloat16")


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    model, _ = tiny_model("llama")
    model.to(torch.bfloat16).save_pretrained(tmp_path / "llama")
    tiny_tokenizer().save_pretrained(tmp_path / "llama")
    save_tiny("gpt2", tmp_path / "gpt2")
    return Resources(Paths.below(tmp_path / "home"), model_folders=(tmp_path,))


def test_a_skeleton_never_changes_the_default_format(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.dtype] = []
    real = LlamaForCausalLM.__init__

    def noticed(self: LlamaForCausalLM, *args: object, **options: object) -> None:
        seen.append(torch.get_default_dtype())
        real(self, *args, **options)

    monkeypatch.setattr(LlamaForCausalLM, "__init__", noticed)
    blueprint = blueprint_of(find(ModelRef("llama"), resources))
    assert seen == [torch.float32]
    assert blueprint.config.dtype == torch.bfloat16


def test_describing_while_loading_spoils_neither(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, describing = threading.Event(), threading.Event()
    real = LlamaForCausalLM.__init__
    overlapped: list[bool] = []

    def slow(self: LlamaForCausalLM, *args: object, **options: object) -> None:
        if threading.current_thread() is threading.main_thread():
            loading.set()
            overlapped.append(describing.wait(0.5))
        real(self, *args, **options)

    from transformers import GPT2LMHeadModel

    other = GPT2LMHeadModel.__init__

    def announced(self: GPT2LMHeadModel, *args: object, **options: object) -> None:
        describing.set()
        other(self, *args, **options)

    ref = ModelRef("llama", options=OPTIONS)
    blueprint_of(find(ref, resources))
    monkeypatch.setattr(LlamaForCausalLM, "__init__", slow)
    monkeypatch.setattr(GPT2LMHeadModel, "__init__", announced)
    found: list[Blueprint] = []

    def describe() -> None:
        assert loading.wait(30)
        found.append(blueprint_of(find(ModelRef("gpt2"), resources)))

    window = threading.Thread(target=describe)
    window.start()
    loaded: LoadedModel = load(ref, resources)
    window.join(30)
    assert overlapped == [False]
    assert describing.is_set()
    assert torch.get_default_dtype() == torch.float32
    assert loaded.dtype == torch.bfloat16
    assert found[0].anatomy.layers == 2
