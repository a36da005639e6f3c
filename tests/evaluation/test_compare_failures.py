"""Failures inside a comparison: whatever breaks becomes cells with an error and blocks no other."""

from __future__ import annotations

import json

import pytest

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.errors import DeviceOutOfMemory
from engine.evaluation import model_run
from engine.evaluation.spec import CompareSpec, Variant
from engine.jobs.events import TokenChunk
from engine.jobs.job import JobFailed
from engine.models.catalog import describe_place
from engine.models.loaded import LoadedModel
from engine.models.reference import LoadOptions, ModelRef
from engine.models.residency import Residency
from engine.paths import Paths
from engine.prompting.elements import Item, PromptElements
from tests.support.tiny_models import save_tiny

OPTIONS = LoadOptions(device="cpu", dtype="float32")
CPU_MEMORY = "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    root = tmp_path_factory.mktemp("shelf")
    for name in ("llama", "gpt2", "bert", "t5"):
        save_tiny(name, root / name)
    save_tiny("llama", root / "clumsy", chat_template="{{ messages[0].content + 1 }}")
    bare = save_tiny("bert", root / "bare")
    config = json.loads((bare / "config.json").read_text())
    (bare / "config.json").write_text(json.dumps({**config, "architectures": ["BertModel"]}))
    return root


@pytest.fixture
def engine(shelf, tmp_path):
    engine = Engine(Paths.below(tmp_path), model_folders=(shelf,))
    yield engine
    assert engine.close(10)


def asked(*names):
    return CompareSpec(
        models=tuple(ModelRef(name, options=OPTIONS) for name in names),
        prompt=PromptElements(input="{{q}}"),
        variants=(Variant("zero-shot"), Variant("zero-shot-cot")),
        items=(Item("a", {"q": "1+1?"}), Item("b", {"q": "2+2?"})),
        sampling=Sampling(max_new_tokens=4),
        extraction=("last-number",),
    )


def codes(result, model):
    return {
        cell.error.code if cell.error else "" for cell in result.cells if cell.key.model == model
    }


def test_memory_that_runs_out_while_decoding_is_the_cells_error(engine, monkeypatch):
    real, calls = model_run.decode, []

    def decode(*args, **options):
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError(CPU_MEMORY)
        return real(*args, **options)

    monkeypatch.setattr(model_run, "decode", decode)
    result = engine.submit(asked("llama", "gpt2")).result(60)
    assert codes(result, 0) == {DeviceOutOfMemory.code}
    assert codes(result, 1) == {""}
    assert all(cell.error.hint for cell in result.cells if cell.error)


def test_an_unforeseen_error_keeps_the_answers_that_are_there(engine, monkeypatch):
    real = model_run.decode

    def decode(*args, on_finish, **options):
        def finish_one(index, generation):
            on_finish(index, generation)
            raise KeyError("layer")

        return real(*args, on_finish=finish_one, **{**options, "batch_size": 1})

    monkeypatch.setattr(model_run, "decode", decode)
    result = engine.submit(asked("llama", "gpt2")).result(60)
    for model in (0, 1):
        cells = [cell for cell in result.cells if cell.key.model == model]
        assert [cell.generation is not None for cell in cells].count(True) == 1
        assert codes(result, model) == {"", "unexpected"}


def test_a_chat_template_that_stumbles_is_told_and_the_next_model_is_asked(engine):
    result = engine.submit(asked("clumsy", "llama")).result(60)
    assert codes(result, 0) == {"prompt"}
    assert "chat template" in result.cells[0].error.message
    assert codes(result, 1) == {""}


def test_a_load_that_fails_as_nobody_foresaw_leaves_the_others_alone(engine, monkeypatch):
    real = Residency.lease

    def lease(self, ref, ctx=None):
        if ref.id == "llama":
            raise MemoryError
        return real(self, ref, ctx)

    monkeypatch.setattr(Residency, "lease", lease)
    result = engine.submit(asked("llama", "gpt2")).result(60)
    assert codes(result, 0) == {DeviceOutOfMemory.code}
    assert codes(result, 1) == {""}
    with pytest.raises(JobFailed):
        engine.submit(asked("llama")).result(60)


@pytest.mark.parametrize("name", ["bert", "t5", "bare"])
def test_a_model_that_does_not_continue_a_text_is_refused(engine, name):
    result = engine.submit(asked(name, "llama")).result(60)
    assert codes(result, 0) == {"model-unsupported"}
    assert "causal" in result.cells[0].error.hint
    assert codes(result, 1) == {""}
    with pytest.raises(JobFailed) as caught:
        engine.submit(asked(name)).result(60)
    assert caught.value.error.code == "model-unsupported"


def test_the_catalog_knows_who_continues_a_text(engine, shelf):
    known = {name: describe_place(shelf / name, name, "folder").entry.generates for name in
             ("llama", "gpt2", "bert", "t5")}  # fmt: skip
    assert known == {"llama": True, "gpt2": True, "bert": False, "t5": False}
    with pytest.raises(JobFailed):
        engine.submit(asked("t5")).result(60)
    assert engine.loaded() == ()


def test_the_weights_are_hashed_once_and_before_any_token_is_timed(engine, monkeypatch):
    order = []
    real = LoadedModel.weights_sha

    def weights_sha(self, check):
        order.append("hash")
        return real(self, check)

    monkeypatch.setattr(LoadedModel, "weights_sha", weights_sha)

    def listen(event):
        if isinstance(event, TokenChunk):
            order.append("token")

    result = engine.submit(asked("llama"), listen).result(60)
    assert order[0] == "hash"
    assert order.count("hash") == 1
    for cell in result.cells:
        assert len(cell.provenance.weights_sha) == 64
        assert cell.provenance.batch_size == cell.generation.batch_size > 1
