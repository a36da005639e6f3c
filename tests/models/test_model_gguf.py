"""GGUF files: written here tensor by tensor, loaded, compared with the model they came from."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from engine.api import Resources
from engine.errors import ModelLoadError, UnsupportedModel
from engine.models.catalog import list_models
from engine.models.loading import load
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from tests.support.tiny_models import BOS, EOS, PAD, tiny_model


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """GGUF stores a LLaMA's query and key rows with the halves of each head interleaved."""
    rows, columns = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


def write_gguf(file: Path) -> Path:
    model, tokenizer = tiny_model("llama")
    config = model.config
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    words = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    words[3] = (words[4][0] + words[5][0], 3)  # a merge needs a token to merge into
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([word for word, _ in words])
    control, normal = int(gguf.TokenType.CONTROL), int(gguf.TokenType.NORMAL)
    writer.add_token_types([control if number < 3 else normal for _, number in words])
    writer.add_token_merges([f"{words[4][0]} {words[5][0]}"])
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_pad_token_id(PAD)
    names = {
        "model.embed_tokens": "token_embd",
        "model.norm": "output_norm",
        "lm_head": "output",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    for name, tensor in model.state_dict().items():
        values = tensor.numpy()
        if "q_proj" in name:
            values = interleaved(values, config.num_attention_heads)
        if "k_proj" in name:
            values = interleaved(values, config.num_key_value_heads)
        short = name.replace("model.layers.", "blk.")
        for ours, theirs in names.items():
            short = short.replace(ours, theirs)
        writer.add_tensor(short, np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("gguf")
    write_gguf(root / "tiny-F32.gguf")
    return root


@pytest.fixture
def resources(shelf: Path, tmp_path: Path) -> Resources:
    return Resources(Paths.below(tmp_path), model_folders=(shelf,))


def test_a_gguf_file_is_listed_and_computes_what_it_was_written_from(
    shelf: Path, resources: Resources
) -> None:
    file = shelf / "tiny-F32.gguf"
    [entry] = [entry for entry in list_models(resources) if entry.source == "gguf"]
    assert (entry.path, entry.architecture) == (str(file), "llama")

    loaded = load(ModelRef(entry.id), resources)
    model, tokenizer = tiny_model("llama")
    ids = tokenizer("Hello", return_tensors="pt").input_ids
    with torch.no_grad():
        assert torch.allclose(loaded.model(ids).logits, model(ids).logits, atol=1e-5)
    assert loaded.info.anatomy.kv_heads == 2
    assert loaded.info.parameters == model.num_parameters()


def test_a_folder_with_a_gguf_file_is_loaded_by_the_files_name(
    shelf: Path, resources: Resources
) -> None:
    options = LoadOptions(gguf_file="tiny-F32.gguf")
    assert load(ModelRef(str(shelf), options=options), resources).info.anatomy.layers == 2
    with pytest.raises(ModelLoadError, match=r"absent\.gguf"):
        load(ModelRef(str(shelf), options=LoadOptions(gguf_file="absent.gguf")), resources)


def test_a_gguf_file_is_not_quantised_twice(shelf: Path, resources: Resources) -> None:
    options = LoadOptions(quantization="nf4")
    with pytest.raises(UnsupportedModel, match="second time"):
        load(ModelRef(str(shelf / "tiny-F32.gguf"), options=options), resources)


@pytest.mark.parametrize("content", [b"", b"GGUF", b"no such thing", b"GGUF" + b"\xff" * 64])
def test_a_damaged_gguf_file_is_named(content: bytes, tmp_path: Path, resources: Resources) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelLoadError, match=r"broken\.gguf"):
        load(ModelRef(str(file)), resources)


def test_a_cut_gguf_file_is_an_error_of_ours(
    shelf: Path, tmp_path: Path, resources: Resources
) -> None:
    data = (shelf / "tiny-F32.gguf").read_bytes()
    file = tmp_path / "cut.gguf"
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelLoadError):
        load(ModelRef(str(file)), resources)
