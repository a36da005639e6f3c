"""A short training on longer texts: its texts, its steps, and the model that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoTokenizer

from engine.api import Engine
from engine.context.tune_spec import Lora, TuneContextResult, TuneContextSpec, TuneStep
from engine.context.tuning.material import Material
from engine.context.tuning.trainer import Trainer
from engine.errors import BadSpec, JobCancelled
from engine.jobs.events import Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import RESOURCES
from engine.teaching.tasks.item import split_of
from engine.text_source import TextSource
from tests.support.tiny_models import tiny_model

CPU = LoadOptions(device="cpu", dtype="float32")
ROPE = ModelRef("teach-rope", options=CPU)
NF4 = ModelRef("teach-rope", options=LoadOptions(device="cpu", quantization="nf4"))


@pytest.fixture(scope="module")
def engine():
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(RESOURCES / "models" / "teach-rope")


def test_texts_grow_with_the_factor_and_ask_for_practised_keys(tokenizer):
    material = Material(TextSource(), tokenizer, 384, 1536, seed=3)
    for factor in (1.0, 2.0, 4.0):
        steps = [material.step(number, factor) for number in range(6)]
        lengths = [len(one.ids) for passages in steps for one in passages[:-1]]  # all but lessons
        assert 0.7 * 384 * factor < max(lengths) <= 384 * factor
        assert min(lengths) < 384
        assert material.step(2, factor) == steps[2]
    for passage in material.step(4, 4.0)[:-1]:  # all but the lessons
        text = tokenizer.decode(list(passage.ids))
        answers = [
            piece.split("<|end|>")[0] for piece in text.split("<|assistant|>")[1:]
        ]  # fmt: skip
        keys = ["".join(filter(str.isdecimal, answer)) for answer in answers]
        assert keys
        assert all(text.count(key) >= 2 for key in keys)
        assert all(split_of(f"key {key}") == "train" for key in keys)
        marked = [
            token for token, counts in zip(passage.ids, passage.scored, strict=True) if counts
        ]
        assert tokenizer.decode(marked) == "".join(f"{answer}<|end|>" for answer in answers)


def test_a_file_is_read_in_stretches(tokenizer, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("The sky is blue. " * 60, encoding="utf-8")
    material = Material(TextSource(str(file)), tokenizer, 64, 128, seed=0)
    (one,) = material.step(0, 2.0)
    assert len(one.ids) == 128
    assert all(one.scored)
    with pytest.raises(BadSpec, match="reads 4096 at once"):
        Material(TextSource(str(file)), tokenizer, 64, 4096, seed=0)


def test_steps_learn_what_is_scored_and_measure_the_plain_loss():
    from engine.context.tuning.material import Passage

    model, _ = tiny_model("llama")
    ids = tuple(torch.randint(4, 250, (40,), generator=torch.Generator().manual_seed(0)).tolist())
    passage = Passage(ids, tuple(place % 3 == 0 for place in range(40)))
    places = [place for place in range(1, 40) if passage.scored[place]]
    with torch.no_grad():
        logs = model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
    truth = -sum(float(logs[place - 1, ids[place]]) for place in places) / len(places)
    trainer = Trainer(model, 30, 1e-2, lambda: None)
    losses = [trainer.step([passage]).loss for _ in range(30)]
    assert losses[0] == pytest.approx(truth, rel=1e-5)
    assert losses[-1] < 0.5 * losses[0]
    assert not model.training


def test_a_copy_is_trained_written_and_opened_again(engine, tmp_path):
    out = tmp_path / "longer"
    spec = TuneContextSpec(model=ROPE, factor=2.0, steps=2, measured=1, out=str(out))
    told: list[object] = []

    def heard(event):
        if isinstance(event, Partial):
            told.append(event.value)

    with engine.resources.residency.lease(ROPE) as loaded:
        before = [weight.clone() for weight in loaded.model.parameters()]
        result = engine.submit(spec, heard).result(300)
        assert all(
            torch.equal(*pair) for pair in zip(before, loaded.model.parameters(), strict=True)
        )
        assert not any(weight.grad is not None for weight in loaded.model.parameters())
    assert isinstance(result, TuneContextResult)
    assert [one for one in told if isinstance(one, TuneStep)] == list(result.steps)
    assert [row.tokens for row in result.before] == [384, 768]
    assert all(row.n == 8 for row in (*result.before, *result.after))
    config = AutoConfig.from_pretrained(out)
    assert config.max_position_embeddings == 768
    assert config.rope_parameters["rope_type"] == "linear"
    assert config.rope_parameters["factor"] == 2.0
    facts = json.loads((out / "context.json").read_text(encoding="utf-8"))
    assert facts["trained"] == 384
    assert result.file_bytes == sum(file.stat().st_size for file in out.glob("*.safetensors"))
    with engine.resources.residency.lease(ModelRef(str(out), options=CPU)) as written:
        theta = written.model.model.rotary_emb.inv_freq
        with engine.resources.residency.lease(ROPE) as loaded:
            assert torch.allclose(theta, loaded.model.model.rotary_emb.inv_freq / 2)
    again = engine.submit(TuneContextSpec(model=ModelRef(str(out), options=CPU), steps=1))
    with pytest.raises(JobFailed, match="scaling of its own"):
        again.result(300)


def test_a_stopped_training_writes_no_folder(engine, tmp_path):
    out = tmp_path / "stopped"
    spec = TuneContextSpec(model=ROPE, factor=2.0, steps=50, measured=0, out=str(out))

    def heard(event):
        if isinstance(event, Partial) and isinstance(event.value, TuneStep):
            job.cancel()

    job = engine.submit(spec, heard)
    with pytest.raises(JobCancelled):
        job.result(300)
    assert list(tmp_path.glob("stopped*")) == []


def test_what_cannot_be_trained_says_so(engine, tmp_path):
    spec = TuneContextSpec(model=ROPE, method="yarn", out=str(tmp_path / "x"))
    assert decode(encode(spec)) == spec
    for change, match in (
        ({"method": "dynamic"}, "no fixed frequencies"),
        ({"method": "rerope"}, "no fixed frequencies"),
        ({"factor": 1.0}, "factor"),
        ({"steps": 0}, "out of its range"),
        ({"factor": 0.5}, "factor 0.5"),
        ({"lora": Lora(rank=0)}, "rank 0"),
        ({"lora": Lora(alpha=-1.0)}, "adds nothing"),
        ({"model": NF4, "adapter": "full"}, "only an adapter"),
        ({"model": NF4, "written": "merged"}, "cannot be added"),
    ):
        with pytest.raises(BadSpec, match=match):
            TuneContextSpec(**change).check()
    old = '{"kind":"extend-finetune","version":1,"spec":{"factor":2.0,"steps":9}}'
    assert decode(old) == TuneContextSpec(factor=2.0, steps=9)
    alibi = TuneContextSpec(model=ModelRef("teach-alibi", options=CPU), steps=1)
    with pytest.raises(JobFailed, match="ALiBi turns nothing"):
        engine.submit(alibi).result(300)
    taken = Path(tmp_path / "taken")
    taken.mkdir()
    (taken / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(JobFailed, match="is not empty"):
        engine.submit(TuneContextSpec(model=ROPE, steps=1, out=str(taken))).result(300)
    assert (taken / "mine.txt").exists()
