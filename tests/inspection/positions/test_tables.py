"""Sinusoids, learned tables and T5 buckets against the models that have them."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import BadSpec
from engine.inspection.capture import BucketBias
from engine.inspection.positions.buckets import bucket_curve
from engine.inspection.positions.learned import similarity
from engine.inspection.positions.sinusoidal import sinusoidal
from engine.inspection.positions.table import table_of


def test_sinusoids_of_the_paper() -> None:
    table = sinusoidal(np.arange(50.0), 12)
    for position in (0, 1, 49):
        for pair in range(6):
            angle = position / 10_000 ** (2 * pair / 12)
            assert table[position, 2 * pair] == pytest.approx(np.sin(angle), abs=1e-12)
            assert table[position, 2 * pair + 1] == pytest.approx(np.cos(angle), abs=1e-12)


@pytest.mark.parametrize("dim", [16, 15])
def test_sinusoids_of_marian(dim) -> None:
    from transformers.models.marian.modeling_marian import MarianSinusoidalPositionalEmbedding

    theirs = MarianSinusoidalPositionalEmbedding(40, dim).create_weight().numpy()
    np.testing.assert_allclose(sinusoidal(np.arange(40.0), dim, "blocks"), theirs, atol=1e-6)


def test_sinusoids_depend_on_distance_alone_and_tables_show_it() -> None:
    found = similarity(sinusoidal(np.arange(64.0), 32).astype(np.float32))
    for steps in (0, 1, 10):
        assert np.ptp(np.diagonal(found.cosines, steps)) < 1e-5
        assert found.by_distance[steps] == pytest.approx(found.cosines[0, steps], abs=1e-5)
    np.testing.assert_allclose(found.norms, 4, rtol=1e-6)


def test_rows_before_position_zero_are_left_out_and_long_tables_thinned() -> None:
    table = np.random.default_rng(0).normal(size=(202, 8)).astype(np.float32)
    found = similarity(table, offset=2, most=11)
    assert found.positions[0] == 0
    assert found.positions[-1] == 199
    assert found.cosines.shape == (11, 11)
    first, last = table[2], table[201]
    cosine = first @ last / np.linalg.norm(first) / np.linalg.norm(last)
    assert found.cosines[0, -1] == pytest.approx(cosine, abs=1e-6)


def _tiny(kind: str):
    import transformers as tf

    common = {"vocab_size": 60, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    narrow = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1}
    ends = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16}
    match kind:
        case "opt":
            return tf.OPTForCausalLM(
                tf.OPTConfig(
                    **common,
                    hidden_size=16,
                    word_embed_proj_dim=16,
                    ffn_dim=16,
                    num_hidden_layers=1,
                    num_attention_heads=2,
                    max_position_embeddings=20,
                )
            )
        case "roberta":
            return tf.RobertaForMaskedLM(
                tf.RobertaConfig(
                    **common,
                    hidden_size=16,
                    intermediate_size=16,
                    num_hidden_layers=1,
                    num_attention_heads=2,
                    max_position_embeddings=22,
                )
            )
        case "bart":
            return tf.BartForConditionalGeneration(
                tf.BartConfig(
                    **common, **narrow, **ends, decoder_ffn_dim=16, max_position_embeddings=20
                )
            )
        case "marian":
            return tf.MarianMTModel(
                tf.MarianConfig(
                    **common,
                    **narrow,
                    **ends,
                    decoder_ffn_dim=16,
                    max_position_embeddings=20,
                    decoder_start_token_id=1,
                )
            )
        case "gpt2":
            config = tf.GPT2Config(vocab_size=60, n_positions=20, n_embd=16, n_layer=1, n_head=2)
            return tf.GPT2LMHeadModel(config)
    raise AssertionError(kind)


@pytest.mark.parametrize(("kind", "offset"), [("opt", 2), ("bart", 2), ("roberta", 2), ("gpt2", 0)])
def test_position_zero_is_the_row_that_the_model_reads(kind, offset) -> None:
    """The row of position 0 is the one whose change moves what a one-token text comes to."""
    import torch

    model = _tiny(kind).eval()
    table = table_of(model)
    assert table.kind == "learned"
    assert table.offset == offset
    assert table.positions == 20
    stored = model.get_submodule(table.module).weight
    ids = torch.tensor([[7]])
    with torch.no_grad():
        before = model(input_ids=ids).logits
        stored[[row for row in range(len(stored)) if row != offset]] += 1.0
        assert torch.equal(model(input_ids=ids).logits, before)
        stored[offset] += torch.arange(16.0)
        assert not torch.allclose(model(input_ids=ids).logits, before, atol=1e-4)


def test_sinusoids_in_a_model_are_recognised() -> None:
    table = table_of(_tiny("marian"))
    assert (table.kind, table.layout, table.offset) == ("sinusoidal", "blocks", 0)
    assert table.deviation < 1e-6


def test_a_model_without_a_table_says_so() -> None:
    from tests.support.tiny_models import tiny_model

    with pytest.raises(BadSpec, match="adds no position table"):
        table_of(tiny_model("llama")[0])


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("count", "reach"), [(32, 128), (16, 40), (64, 256)])
def test_buckets_are_those_of_t5(bidirectional, count, reach) -> None:
    import torch
    from transformers.models.t5.modeling_t5 import T5Attention

    random = np.random.default_rng(0)
    table = random.normal(size=(3, count)).astype(np.float32)
    curve = bucket_curve(BucketBias(table, bidirectional, reach), reach=2 * reach)
    theirs = T5Attention._relative_position_bucket(
        torch.from_numpy(curve.distances), bidirectional, count, reach
    ).numpy()
    assert np.array_equal(curve.bucket, theirs)
    assert np.array_equal(curve.bias, table[:, theirs])
    for edge in curve.edges:
        at = int(np.searchsorted(curve.distances, edge))
        assert theirs[at] != theirs[at - 1]
