"""Writing past the window: what stays in sight, how little is held, what the tokens are."""

from __future__ import annotations

import copy
from functools import lru_cache

import pytest
import torch

from engine.context.documents.streaming import takes_sinks, write_on
from engine.decoding.interrupt import no_check
from engine.errors import JobCancelled
from tests.support.tiny_models import tiny_model

WINDOW, KEPT, PROMPT, MOST = 24, 7, 15, 40


@lru_cache
def model_of(family):
    model, tokenizer = tiny_model(family)
    model.generation_config.eos_token_id = None
    model.config.eos_token_id = None
    tokenizer.eos_token = None
    with torch.no_grad():
        draw = torch.Generator().manual_seed(3)
        for weight in model.parameters():  # large enough for attention that is not even
            if weight.ndim > 1:
                weight.copy_(torch.randn(weight.shape, generator=draw) * 0.15)
    return model, tokenizer


IDS = torch.randint(4, 250, (PROMPT,), generator=torch.Generator().manual_seed(1)).tolist()


def written(family, window=WINDOW, kept=KEPT, most=MOST):
    model, tokenizer = model_of(family)
    heard = []
    made = write_on(model, tokenizer, IDS, kept, window, most, no_check, heard.append)
    assert heard == made.tokens
    return made


class PlacesInCache:
    """A decoder walked by hand in float64: per layer a list of keys that are not turned, each
    turned anew at every step by its place in the list, as StreamingLLM has it (§3.2)."""

    def __init__(self, family, kept, recent):
        model = model_of(family)[0]
        self.theta = model.model.rotary_emb.inv_freq.double()
        self.model = copy.deepcopy(model).double()
        self.kept, self.recent = kept, recent
        self.layers = [([], []) for _ in self.model.model.layers]

    def turned(self, vectors, places):
        """``[heads, tokens, width]`` at places ``[tokens]``."""
        angles = places.double()[:, None] * self.theta
        cos, sin = angles.cos(), angles.sin()
        first, second = vectors.chunk(2, -1)
        return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

    @torch.no_grad()
    def read(self, token):
        config, body = self.model.config, self.model.model
        width = config.hidden_size // config.num_attention_heads
        group = config.num_attention_heads // config.num_key_value_heads
        x = body.embed_tokens(torch.tensor([token]))
        for block, (keys, values) in zip(body.layers, self.layers, strict=True):
            attention, normed = block.self_attn, block.input_layernorm(x)
            keys.append(attention.k_proj(normed).view(-1, width))
            values.append(attention.v_proj(normed).view(-1, width))
            if len(keys) > self.kept + self.recent:
                del keys[self.kept], values[self.kept]
            places = torch.arange(len(keys))
            key = self.turned(torch.stack(keys, 1), places).repeat_interleave(group, 0)
            value = torch.stack(values, 1).repeat_interleave(group, 0)
            query = attention.q_proj(normed).view(-1, 1, width)
            query = self.turned(query, places[-1:])
            weights = (query @ key.transpose(-1, -2) / width**0.5).softmax(-1)
            x = x + attention.o_proj((weights @ value).transpose(0, 1).reshape(1, -1))
            x = x + block.mlp(block.post_attention_layernorm(x))
        return self.model.lm_head(body.norm(x))[0]


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_the_text_is_that_of_positions_counted_in_the_cache(family):
    made = written(family)
    truth = PlacesInCache(family, KEPT, WINDOW - KEPT)
    for token in IDS:
        logits = truth.read(token)
    for token in made.tokens:
        logprobs = logits.log_softmax(-1)
        assert float(logprobs.max()) - float(logprobs[token.id]) < 1e-4  # the likeliest
        assert token.logprob == pytest.approx(float(logprobs[token.id]), abs=1e-4)
        logits = truth.read(token.id)
    assert len(made.tokens) == MOST
    assert all(len(keys) == WINDOW for keys, _ in truth.layers)


@pytest.mark.parametrize("family", ["llama", "qwen2", "bloom"])
def test_what_is_held_does_not_grow_with_the_text(family):
    assert written(family).held <= WINDOW
    assert written(family, most=4 * MOST).held <= WINDOW
    assert written(family, window=200).held == PROMPT + MOST - 1  # here everything is kept


def test_within_the_window_it_is_plain_greedy_decoding():
    model, _ = model_of("llama")
    made = written("llama", window=PROMPT + MOST)
    ids = list(IDS)
    for token in made.tokens:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids])).logits[0, -1]
        assert int(logits.argmax()) == token.id
        ids.append(token.id)
    assert [one.id for one in written("llama").tokens] != [one.id for one in made.tokens]


def test_a_model_without_rotary_positions_reads_beginning_and_end_anew():
    model, _ = model_of("bloom")
    assert not takes_sinks(model)
    assert takes_sinks(model_of("llama")[0])
    made = written("bloom")
    view = list(IDS)
    for token in made.tokens:
        if len(view) > WINDOW:
            view = view[:KEPT] + view[-((WINDOW - KEPT) // 2) :]
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([view])).logits[0, -1]
        assert float(logits.max() - logits[token.id]) < 1e-4
        view.append(token.id)


def test_it_stops_at_a_token():
    model, tokenizer = model_of("llama")
    told = []

    def check():
        if len(told) == 5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        write_on(model, tokenizer, IDS, KEPT, WINDOW, MOST, check, told.append)
    before = model.config._attn_implementation
    assert before == "sdpa"  # the model's own attention is back
    assert len(told) == 5
