"""Loading from folders: the same numbers as transformers alone, and every failure explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import transformers

from engine.api import Resources
from engine.errors import BadSpec, DoesNotFit, JobCancelled, ModelLoadError, UnsupportedModel
from engine.models.catalog import list_models
from engine.models.layers import decoder_layers, encoder_layers
from engine.models.loading import load
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from tests.support.tiny_models import ARCHITECTURES, CHAT_TEMPLATE, save_tiny, tiny_model


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder with a model folder per architecture."""
    root = tmp_path_factory.mktemp("shelf")
    for architecture in ARCHITECTURES:
        save_tiny(architecture, root / architecture)
    return root


@pytest.fixture
def resources(shelf: Path, tmp_path: Path) -> Resources:
    return Resources(Paths.below(tmp_path), model_folders=(shelf,))


def auto_class(architecture: str) -> type:
    if architecture == "bert":
        return transformers.AutoModelForMaskedLM
    if architecture in {"t5", "bart"}:
        return transformers.AutoModelForSeq2SeqLM
    return transformers.AutoModelForCausalLM


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_loaded_model_computes_what_transformers_computes(
    architecture: str, shelf: Path, resources: Resources
) -> None:
    loaded = load(ModelRef(architecture), resources)
    direct = auto_class(architecture).from_pretrained(shelf / architecture)
    ids = loaded.tokenizer("Hello 你好", return_tensors="pt").input_ids
    extra = {"decoder_input_ids": ids[:, :4]} if architecture in {"t5", "bart"} else {}
    with torch.no_grad():
        ours = loaded.model(input_ids=ids, **extra).logits
        theirs = direct(input_ids=ids, **extra).logits
    assert loaded.dtype == torch.float32
    assert not loaded.model.training
    assert torch.equal(ours, theirs)
    assert loaded.info.measured_bytes == loaded.measured_bytes
    assert loaded.info.parameters == direct.num_parameters()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_layers_are_those_that_run(architecture: str) -> None:
    model, tokenizer = tiny_model(architecture)
    ran: list[int] = []
    layers = decoder_layers(model)
    for index, layer in enumerate(layers):
        layer.register_forward_pre_hook(lambda *_, index=index: ran.append(index))
    ids = tokenizer("Hi", return_tensors="pt").input_ids
    extra = {"decoder_input_ids": ids} if architecture in {"t5", "bart"} else {}
    model(input_ids=ids, **extra)
    assert ran == [0, 1]
    assert len(encoder_layers(model)) == (2 if architecture in {"t5", "bart"} else 0)


@pytest.mark.parametrize("quantization", ["nf4", "fp4", "int8"])
def test_quantised_models_load_and_generate_on_the_cpu(
    quantization: str, resources: Resources
) -> None:
    plain = load(ModelRef("llama"), resources)
    options = LoadOptions(quantization=quantization)  # type: ignore[arg-type]
    packed = load(ModelRef("llama", options=options), resources)
    assert packed.info.measured_bytes < 0.55 * plain.info.measured_bytes
    assert packed.info.forecast_bytes == pytest.approx(packed.info.measured_bytes, rel=0.01)
    ids = packed.tokenizer("Hello", return_tensors="pt").input_ids
    with torch.no_grad():
        exact, near = plain.model(ids).logits, packed.model(ids).logits
    likeness = torch.nn.functional.cosine_similarity(exact.flatten(), near.flatten(), dim=0)
    assert likeness > 0.85
    assert not torch.equal(exact, near)
    assert packed.model.generate(ids, max_new_tokens=4).shape[1] > ids.shape[1]


@pytest.mark.parametrize("architecture", ["llama", "bloom", "t5"])
def test_the_forecast_of_the_weights_is_what_is_measured(
    architecture: str, resources: Resources
) -> None:
    info = load(ModelRef(architecture), resources).info
    assert info.forecast_bytes == pytest.approx(info.measured_bytes, rel=0.01)
    half = load(ModelRef(architecture, options=LoadOptions(dtype="bfloat16")), resources).info
    assert half.measured_bytes == pytest.approx(info.measured_bytes / 2, rel=0.02)
    assert half.dtype_reason.startswith("chosen")


def test_attention_is_chosen_and_the_reason_given(resources: Resources) -> None:
    rope = load(ModelRef("llama"), resources)
    alibi = load(ModelRef("bloom"), resources)
    assert rope.info.attention == rope.model.config._attn_implementation == "sdpa"
    assert alibi.info.attention == alibi.model.config._attn_implementation == "eager"
    assert "Bloom" in alibi.info.attention_reason
    with pytest.raises(UnsupportedModel, match="Bloom"):
        load(ModelRef("bloom", options=LoadOptions(attention="sdpa")), resources)
    with pytest.raises(UnsupportedModel, match="CUDA"):
        load(ModelRef("llama", options=LoadOptions(attention="flash_attention_2")), resources)


def test_a_chat_template_is_noticed(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "talker", chat_template=CHAT_TEMPLATE)
    assert load(ModelRef(str(place)), resources).info.has_chat_template
    assert not load(ModelRef("llama"), resources).info.has_chat_template


def pickled(folder: Path) -> Path:
    """A model folder whose weights are a pickle file."""
    save_tiny("llama", folder)
    model, _ = tiny_model("llama")
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    return folder


def test_pickle_weights_are_refused_unless_allowed(tmp_path: Path, resources: Resources) -> None:
    place = pickled(tmp_path / "pickled")
    with pytest.raises(ModelLoadError, match="pickle") as refusal:
        load(ModelRef(str(place)), resources)
    assert "allow pickle" in refusal.value.hint
    loaded = load(ModelRef(str(place), options=LoadOptions(allow_pickle=True)), resources)
    model, _ = tiny_model("llama")
    assert torch.equal(loaded.model.lm_head.weight, model.lm_head.weight)


def test_safetensors_win_where_both_lie_side_by_side(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "both")
    (place / "pytorch_model.bin").write_bytes(b"not even a pickle")
    options = LoadOptions(allow_pickle=True)
    assert load(ModelRef(str(place), options=options), resources).info.parameters > 0


def cut(file: Path, keep: float) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * keep)])


@pytest.mark.parametrize("keep", [0.0, 0.00001, 0.5, 0.999])
def test_cut_weights_are_named(keep: float, tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "cut")
    cut(place / "model.safetensors", keep)
    with pytest.raises(ModelLoadError, match=r"model\.safetensors"):
        load(ModelRef(str(place)), resources)


def change_config(place: Path, **changes: object) -> None:
    file = place / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_unknown_and_foreign_architectures_are_named(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "strange")
    change_config(place, model_type="lathe_unheard_of", architectures=["UnheardOfForCausalLM"])
    with pytest.raises(UnsupportedModel, match="lathe_unheard_of"):
        load(ModelRef(str(place)), resources)
    change_config(place, model_type="vit", architectures=["ViTForImageClassification"])
    with pytest.raises(UnsupportedModel, match="no language model"):
        load(ModelRef(str(place)), resources)


def test_code_of_a_model_runs_only_with_consent(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "coded")
    witness = tmp_path / "it-ran"
    (place / "own.py").write_text(
        f"from transformers import LlamaConfig, LlamaForCausalLM\n"
        f"open({str(witness)!r}, 'w').close()\n"
        f"class OwnConfig(LlamaConfig):\n    model_type = 'own_kind'\n"
        f"class OwnModel(LlamaForCausalLM):\n    config_class = OwnConfig\n"
    )
    own = {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"}
    change_config(place, model_type="own_kind", auto_map=own)
    with pytest.raises(UnsupportedModel, match="program code"):
        load(ModelRef(str(place)), resources)
    assert not witness.exists()
    loaded = load(ModelRef(str(place), options=LoadOptions(trust_remote_code=True)), resources)
    assert witness.exists()
    assert type(loaded.model).__name__ == "OwnModel"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\x00\x01"])
def test_a_damaged_config_is_named(text: str, tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "damaged")
    (place / "config.json").write_text(text)
    with pytest.raises(ModelLoadError, match=r"config\.json") as damage:
        load(ModelRef(str(place)), resources)
    assert damage.value.hint


def test_a_config_of_impossible_sizes_is_no_crash(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "odd")
    change_config(place, hidden_size="wide")
    with pytest.raises(ModelLoadError):
        load(ModelRef(str(place)), resources)


@pytest.mark.parametrize("name", ["", "nowhere", "/no/such/folder", "ann/absent"])
def test_a_missing_model_is_said_to_be_missing(name: str, resources: Resources) -> None:
    with pytest.raises(ModelLoadError) as missing:
        load(ModelRef(name), resources)
    assert not name or name in missing.value.message
    assert missing.value.hint


def test_an_empty_folder_and_one_without_weights(tmp_path: Path, resources: Resources) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelLoadError, match=r"config\.json"):
        load(ModelRef(str(tmp_path / "empty")), resources)
    place = save_tiny("llama", tmp_path / "hollow")
    (place / "model.safetensors").unlink()
    with pytest.raises(ModelLoadError, match="no weight files"):
        load(ModelRef(str(place)), resources)


def test_a_damaged_tokenizer_is_named(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "mute")
    (place / "tokenizer.json").write_text("{")
    with pytest.raises(ModelLoadError, match="tokenizer"):
        load(ModelRef(str(place)), resources)


def test_weights_of_another_model_are_refused(tmp_path: Path, resources: Resources) -> None:
    place = save_tiny("llama", tmp_path / "mixed")
    change_config(place, intermediate_size=96)
    with pytest.raises(ModelLoadError, match="weights"):
        load(ModelRef(str(place)), resources)


def test_missing_tensors_are_not_invented(tmp_path: Path, resources: Resources) -> None:
    from safetensors.torch import load_file, save_file

    place = save_tiny("llama", tmp_path / "gappy")
    tensors = load_file(place / "model.safetensors")
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, place / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelLoadError, match="lack 1 of") as gap:
        load(ModelRef(str(place)), resources)
    assert "up_proj" in gap.value.detail


def test_sharded_weights_load_and_a_missing_shard_is_named(
    tmp_path: Path, resources: Resources
) -> None:
    place = save_tiny("llama", tmp_path / "sharded")
    model, _ = tiny_model("llama")
    (place / "model.safetensors").unlink()
    model.save_pretrained(place, max_shard_size="200KB")
    loaded = load(ModelRef(str(place)), resources)
    assert torch.equal(loaded.model.lm_head.weight, model.lm_head.weight)
    shard = sorted(place.glob("model-*.safetensors"))[1]
    shard.unlink()
    with pytest.raises(ModelLoadError, match=shard.name):
        load(ModelRef(str(place)), resources)


def test_an_absent_device_is_refused(resources: Resources) -> None:
    with pytest.raises(BadSpec, match="cuda:7"):
        load(ModelRef("llama", options=LoadOptions(device="cuda:7")), resources)


def test_a_load_that_cannot_fit_names_what_would(resources: Resources) -> None:
    endless = ModelRef("llama", options=LoadOptions(context_length=10**12))
    with pytest.raises(DoesNotFit, match="needs") as refusal:
        load(endless, resources)
    assert "context of" in refusal.value.hint


def test_stopping_takes_effect_between_weights(resources: Resources) -> None:
    calls = 0

    def stop_in_the_middle() -> None:
        nonlocal calls
        calls += 1
        if calls > 6:
            raise JobCancelled

    seen: list[float | None] = []
    with pytest.raises(JobCancelled):
        load(
            ModelRef("llama"),
            resources,
            stop_in_the_middle,
            lambda fraction, text: seen.append(fraction),
        )
    last = seen[-1]
    assert last is not None
    assert 0.1 <= last < 0.6
    assert load(ModelRef("llama"), resources).info.parameters > 0


def test_the_sha_is_that_of_the_weight_file(shelf: Path, resources: Resources) -> None:
    import hashlib

    loaded = load(ModelRef("llama"), resources)
    content = (shelf / "llama" / "model.safetensors").read_bytes()
    assert loaded.weights_sha() == hashlib.sha256(content).hexdigest()


def test_the_catalog_lists_the_shelf(shelf: Path, resources: Resources) -> None:
    entries = {Path(e.path).name: e for e in list_models(resources) if e.source == "folder"}
    assert set(ARCHITECTURES) <= set(entries)
    llama = entries["llama"]
    assert llama.architecture == "LlamaForCausalLM"
    assert llama.size_bytes == (shelf / "llama" / "model.safetensors").stat().st_size
    assert llama.parameters == tiny_model("llama")[0].num_parameters()
    assert llama.problem == ""


def test_the_catalog_lists_unusable_models_with_their_problem(
    tmp_path: Path, resources: Resources
) -> None:
    own = resources.paths.data / "models"
    pickled(own / "pickled")
    broken = save_tiny("llama", own / "broken")
    (broken / "config.json").write_text("{")
    problems = {Path(e.path).name: e.problem for e in list_models(resources)}
    assert "pickle" in problems["pickled"]
    assert "damaged" in problems["broken"]
