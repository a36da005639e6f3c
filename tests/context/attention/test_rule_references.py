"""Every rule against attention written out pair by pair, on Llama and Qwen2 (grouped queries)."""

from __future__ import annotations

from functools import lru_cache

import pytest
import torch
from transformers import DynamicCache

from engine.context.attention.block_sparse import BlockSparse
from engine.context.attention.interface import attending
from engine.context.attention.leaky_rerope import LeakyReRope
from engine.context.attention.log_n import LogN
from engine.context.attention.rerope import ReRope
from engine.context.attention.self_extend import SelfExtend
from engine.context.attention.sinks import Sinks
from engine.context.attention.sliding import Sliding
from tests.support.tiny_models import tiny_model as built

TOKENS = 48
TRAINED = 24
RULES = {
    "self-extend": SelfExtend(window=10, group=3),
    "rerope": ReRope(window=9),
    "leaky-rerope": LeakyReRope(window=8, slope=2.5),
    "sinks": Sinks(sinks=4, recent=12),
    "sliding": Sliding(window=11),
    "block-sparse": BlockSparse(block=4, first=1, local=2, stride=3),
    "log-n": LogN(TRAINED),
}
FAMILIES = ("llama", "qwen2")


@lru_cache
def model_of(family):
    model, _ = built(family)
    with torch.no_grad():
        draw = torch.Generator().manual_seed(3)
        for weight in model.parameters():  # large enough for attention that is not even
            if weight.ndim > 1:
                weight.copy_(torch.randn(weight.shape, generator=draw) * 0.15)
    return model


@lru_cache
def ids_of(rows=1):
    return torch.randint(4, 250, (rows, TOKENS), generator=torch.Generator().manual_seed(1))


def pair(name, i, j):
    """(position of the query, position of the key, factor on the score), or None = not seen."""
    match name:
        case "self-extend":
            return (i, j, 1) if i - j < 10 else (i // 3 + 10 - 10 // 3, j // 3, 1)
        case "rerope":
            return (i, j, 1) if i - j < 9 else (9, 0, 1)
        case "leaky-rerope":
            return (i, j, 1) if i - j < 8 else (8 + (i - j - 8) / 2.5, 0, 1)
        case "sinks":  # numbered by their place among the first 4 and the last 12
            cache = [k for k in range(i + 1) if k < 4 or i - k < 12]
            return (len(cache) - 1, cache.index(j), 1) if j in cache else None
        case "sliding":
            return (i, j, 1) if i - j < 11 else None
        case "block-sparse":
            mine, theirs = i // 4, j // 4
            seen = theirs == 0 or mine - theirs < 2 or theirs % 3 == 0
            return (i, j, 1) if seen else None
        case "log-n":
            n = torch.tensor(i + 1.0).log() / torch.tensor(float(TRAINED)).log()
            return i, j, max(1.0, float(n))
    raise AssertionError(name)


def turned(vector, position, theta):
    first, second = vector.chunk(2)
    cos, sin = (position * theta).cos(), (position * theta).sin()
    return torch.cat([first * cos - second * sin, second * cos + first * sin])


def mixed(query, key, value, theta, name):
    """Attention of one head, pair by pair: ``[tokens, head_dim]`` each, not turned yet."""
    out = []
    for i in range(len(query)):
        scores, seen = [], []
        for j in range(i + 1):
            at = pair(name, i, j)
            if at is None:
                continue
            q, k = turned(query[i], at[0], theta), turned(key[j], at[1], theta)
            scores.append(at[2] * (q @ k) / len(q) ** 0.5)
            seen.append(j)
        out.append(torch.stack(scores).softmax(0) @ value[seen])
    return torch.stack(out)


@lru_cache
def reference(family, name):
    """Logits ``[tokens, vocabulary]`` of the model walked by hand in float64."""
    import copy

    model = copy.deepcopy(model_of(family)).double()
    config, body = model.config, model.model
    width = config.hidden_size // config.num_attention_heads
    theta = model_of(family).model.rotary_emb.inv_freq.double()
    group = config.num_attention_heads // config.num_key_value_heads
    x = body.embed_tokens(ids_of()[0])
    for block in body.layers:
        attention, normed = block.self_attn, block.input_layernorm(x)
        query, key, value = (
            part(normed).view(TOKENS, -1, width).transpose(0, 1)
            for part in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        heads = [
            mixed(query[head], key[head // group], value[head // group], theta, name)
            for head in range(len(query))
        ]
        x = x + attention.o_proj(torch.cat(heads, -1))
        x = x + block.mlp(block.post_attention_layernorm(x))
    return model.lm_head(body.norm(x)).detach()


@torch.no_grad()
def stepwise(model, ids, chunks):
    """Logits of all tokens, read in chunks over a cache."""
    cache, found, start = DynamicCache(), [], 0
    for size in chunks:
        out = model(input_ids=ids[:, start : start + size], past_key_values=cache, use_cache=True)
        found.append(out.logits)
        start += size
    assert start == ids.shape[1]
    return torch.cat(found, 1)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("family", FAMILIES)
def test_prefill_chunks_and_decoding_are_the_reference(family, name):
    model, truth = model_of(family), reference(family, name)
    plain = stepwise(model, ids_of(), [TOKENS])[0]
    with attending(model, (RULES[name],)):
        whole = stepwise(model, ids_of(), [TOKENS])[0]
        parts = stepwise(model, ids_of(), [21, 15, *[1] * 12])[0]
    assert (whole.double() - truth).abs().max() < 2e-4
    assert (parts.double() - truth).abs().max() < 2e-4
    assert (plain.double() - truth).abs().max() > 0.05  # the rule does change something
    assert torch.equal(stepwise(model, ids_of(), [TOKENS])[0], plain)  # and is gone afterwards


@pytest.mark.parametrize(
    "rule",
    [
        SelfExtend(window=10, group=1),
        LeakyReRope(window=8, slope=1.0),
        ReRope(window=TOKENS),
        Sinks(sinks=4, recent=TOKENS),
        Sliding(window=TOKENS),
        LogN(TOKENS),
    ],
    ids=lambda rule: rule.name,
)
def test_identities_are_the_plain_model(rule):
    model = model_of("llama")
    plain = stepwise(model, ids_of(), [TOKENS])
    with attending(model, (rule,)):
        found = stepwise(model, ids_of(), [TOKENS])
    assert (found - plain).abs().max() < 2e-5


@pytest.mark.parametrize("name", RULES)
@torch.no_grad()
def test_padded_rows_are_as_if_alone(name):
    """Positions count from a row's first token, wherever padding has put it."""
    model = model_of("llama")
    ids = ids_of(2).clone()
    mask = torch.ones_like(ids)
    ids[1, :15], mask[1, :15] = 0, 0
    with attending(model, (RULES[name],)):
        places = (mask.cumsum(1) - 1).clamp(min=0)
        both = model(input_ids=ids, attention_mask=mask, position_ids=places).logits
        alone = [
            model(input_ids=row[keep.bool()][None]).logits[0]
            for row, keep in zip(ids, mask, strict=True)
        ]
    assert (both[0] - alone[0]).abs().max() < 2e-5
    assert (both[1, 15:] - alone[1]).abs().max() < 2e-5


def test_interleaved_pairs_turn_too():
    """GLM turns neighbours, and only half of the width."""
    model = model_of("glm")
    with attending(model, (SelfExtend(window=10, group=3),)):
        whole = stepwise(model, ids_of(), [TOKENS])
        parts = stepwise(model, ids_of(), [30, *[1] * 18])
    with attending(model, (SelfExtend(window=10, group=1),)):
        same = stepwise(model, ids_of(), [TOKENS])
    plain = stepwise(model, ids_of(), [TOKENS])
    assert (whole - parts).abs().max() < 2e-5
    assert (same - plain).abs().max() < 2e-5
    assert (whole - plain).abs().max() > 0.01
