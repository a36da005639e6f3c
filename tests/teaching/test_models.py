"""The shipped models: they load as they are, are small, and show what they are for."""

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.paths import RESOURCES
from engine.teaching.architectures import MODELS, WINDOW
from engine.teaching.evaluate import replies
from engine.teaching.measures import prompt
from engine.teaching.scoring import is_right
from engine.teaching.tasks import generate


@pytest.fixture(scope="module", params=MODELS)
def shipped(request):
    folder = RESOURCES / "models" / request.param
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    return request.param, folder, model.eval(), AutoTokenizer.from_pretrained(folder)


def right(model, tokenizer, items, technique, longest):
    said = replies(model, tokenizer, [prompt(i, technique) for i in items], longest=longest)
    return sum(is_right(i, text) for i, text in zip(items, said, strict=True)) / len(items)


def test_a_folder_is_complete_and_small(shipped):
    name, folder, model, tokenizer = shipped
    assert (folder / "model.safetensors").stat().st_size <= 12_000_000
    assert model.config.model_type == {"teach-rope": "llama", "teach-alibi": "bloom"}[name]
    assert model.dtype == torch.float32
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert tokenizer.model_max_length == WINDOW
    assert len(tokenizer) == model.config.vocab_size
    card = (folder / "README.md").read_text(encoding="utf-8")
    for heading in ("## Use", "## Training", "## Figures", "## Licence"):
        assert heading in card


@pytest.mark.parametrize("text", ["3 + 5 = 8. 8 * 2 = 16.", "北京是否比上海大？ 🎉 naïve\n\n x"])
def test_the_shipped_tokenizer_loses_nothing(shipped, text):
    tokenizer = shipped[3]
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False).input_ids) == text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_beat_the_direct_answer(shipped, language):
    _, _, model, tokenizer = shipped
    items = generate("arithmetic", language, 20, 11)
    direct = right(model, tokenizer, items, "zero-shot", 16)
    steps = right(model, tokenizer, items, "zero-shot-cot", 128)
    assert steps >= direct + 0.3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_examples_reveal_the_rule(shipped, language):
    _, _, model, tokenizer = shipped
    shown = generate("rule", language, 20, 11, shots=4)
    hidden = generate("rule", language, 20, 11, shots=0)
    assert right(model, tokenizer, shown, "zero-shot", 12) >= 0.8
    assert right(model, tokenizer, hidden, "zero-shot", 12) <= 0.4
