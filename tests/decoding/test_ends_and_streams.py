"""How answers end, what is streamed on the way, and stopping at any moment."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from engine.decoding import loop
from engine.decoding.interrupt import interruptible
from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from engine.decoding.stats import DecodeStats
from engine.decoding.stopping import find_stop
from engine.errors import JobCancelled, PromptError, PromptTooLong
from engine.models.layers import decoder_layers
from tests.support.tiny_models import CONTEXT, tiny_model


def spell(tokenizer, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False).input_ids


def scripted(text: str, end: bool = True, architecture: str = "llama"):
    """A model that says `text` whatever the prompt: position p is always followed by its letter."""
    model, tokenizer = tiny_model(architecture)
    script = spell(tokenizer, text) + ([tokenizer.eos_token_id] if end else [])

    def say(_module, _args, kwargs, output):
        positions = kwargs["position_ids"][:, -output.logits.shape[1] :]
        for row, places in enumerate(positions.tolist()):
            for column, place in enumerate(places):
                step = place - model.prompt_length + 1
                output.logits[row, column] = 0.0
                token = script[step] if 0 <= step < len(script) else 100
                output.logits[row, column, token] = 20.0
        return output

    model.prompt_length = 3
    model.register_forward_hook(say, with_kwargs=True)
    return model, tokenizer


PROMPT = Request((50, 51, 52))


def answer_of(text: str, end: bool = True, **sampling):
    model, tokenizer = scripted(text, end)
    (answer,) = decode(model, tokenizer, [PROMPT], Sampling(**sampling))
    return answer


def test_a_stop_token_ends_the_answer_and_is_kept_as_a_token() -> None:
    answer = answer_of("hello")
    assert (answer.text, answer.finish) == ("hello", "stop-token")
    assert len(answer.tokens) == 6
    assert answer.tokens[-1].text == ""


def test_the_length_ends_the_answer() -> None:
    answer = answer_of("hello world", max_new_tokens=4)
    assert (answer.text, answer.finish, len(answer.tokens)) == ("hell", "length", 4)


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        (("wor",), "hello "),  # spans three tokens
        (("zzz", "o"), "hell"),
        (("world", "lo w"), "hel"),  # completed first
        (("",), "hello world"),
        (("h",), ""),
    ],
)
def test_a_stop_text_cuts_the_answer(stop: tuple[str, ...], text: str) -> None:
    answer = answer_of("hello world", stop=stop)
    assert answer.text == text
    assert answer.finish == ("stop-text" if stop != ("",) else "stop-token")


def test_no_step_is_wasted_after_a_stop_text() -> None:
    answer = answer_of("hello world", stop=("lo",))
    assert "".join(token.text for token in answer.tokens) == "hello"


def test_a_stop_text_of_chinese_characters() -> None:
    answer = answer_of("答案是14。问：", stop=("。问",))
    assert (answer.text, answer.finish) == ("答案是14", "stop-text")


def test_find_stop_looks_at_new_text_only() -> None:
    assert find_stop("abcabc", 1, ("c",)) == 5
    assert find_stop("abcab", 2, ("ca", "b")) == 2
    assert find_stop("abc", 1, ("x",)) is None


def test_an_unfinished_character_shows_at_the_end() -> None:
    whole = answer_of("好", max_new_tokens=3)
    assert whole.text == "好"
    assert [token.text for token in whole.tokens] == ["", "", "好"]
    cut = answer_of("好", max_new_tokens=2)
    assert cut.text == "\ufffd"


def test_the_window_ends_the_answer_where_the_model_cannot_read_on() -> None:
    model, tokenizer = tiny_model("gpt2")
    model.generation_config.eos_token_id = model.config.eos_token_id = None
    requests = [Request(tuple([60] * length)) for length in (CONTEXT, CONTEXT - 3, 5)]
    sampling = Sampling(max_new_tokens=6, temperature=1.0)
    first, second, third = decode(model, tokenizer, requests, sampling)
    # The window holds prompt and answer but for the last token, which nobody has to read.
    assert (first.finish, len(first.tokens)) == ("context", 1)
    assert (second.finish, len(second.tokens)) == ("context", 4)
    assert (third.finish, len(third.tokens)) == ("length", 6)


def test_a_prompt_longer_than_the_window_is_refused_with_both_numbers() -> None:
    model, tokenizer = tiny_model("llama")
    with pytest.raises(PromptTooLong, match="513") as caught:
        decode(model, tokenizer, [PROMPT, Request((60,) * (CONTEXT + 1))], Sampling())
    assert "512" in caught.value.message
    assert caught.value.hint


def test_a_prompt_without_tokens_is_refused() -> None:
    model, tokenizer = tiny_model("llama")
    with pytest.raises(PromptError):
        decode(model, tokenizer, [Request(())], Sampling())


def test_nothing_asked_nothing_answered() -> None:
    model, tokenizer = tiny_model("llama")
    assert decode(model, tokenizer, [], Sampling()) == []


def test_the_stream_is_the_answer() -> None:
    model, tokenizer = tiny_model("qwen2")
    requests = [
        Request(tuple(range(20, 30 + n)), item=str(n), forced=(90, 91)[: n % 3]) for n in range(7)
    ]
    streamed: dict[int, list] = {n: [] for n in range(7)}
    finished: list[int] = []

    def on_tokens(index, records) -> None:
        assert index not in finished
        streamed[index].extend(records)

    stats = DecodeStats()
    answers = decode(
        model,
        tokenizer,
        requests,
        Sampling(temperature=1.0, max_new_tokens=9),
        batch_size=3,
        on_tokens=on_tokens,
        on_finish=lambda index, answer: finished.append(index),
        stats=stats,
    )
    assert sorted(finished) == list(range(7))
    for index, answer in enumerate(answers):
        assert tuple(streamed[index]) == answer.tokens
        assert answer.text == "".join(token.text for token in answer.tokens)
        assert answer.text == tokenizer.decode(
            [token.id for token in answer.tokens],
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
        )
        assert answer.prompt_tokens == len(requests[index].prompt_ids)
        assert 0 < answer.first_token_ms <= answer.total_ms
        assert 1 <= answer.batch_size <= 3
    assert stats.new_tokens == sum(len(answer.tokens) for answer in answers)


def test_reused_tokens_are_counted_once_as_new() -> None:
    model, tokenizer = tiny_model("llama")
    shared = tuple(range(10, 110))
    requests = [Request((*shared, 120 + n, 130, 140)) for n in range(4)]
    stats = DecodeStats()
    answers = decode(model, tokenizer, requests, Sampling(max_new_tokens=2), stats=stats)
    assert [answer.reused_tokens for answer in answers] == [0, 100, 100, 100]
    assert stats.reused_tokens == 300
    assert stats.computed_tokens == 100 + 4 * 3
    assert stats.prompt_tokens == 412


class Stop:
    """A check that raises at its n-th call."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise JobCancelled


def hooks_of(model) -> int:
    return sum(len(module._forward_pre_hooks) for module in model.modules())


def test_a_prefill_stops_before_its_next_layer() -> None:
    model, tokenizer = tiny_model("llama")
    ran: list[int] = []
    for number, layer in enumerate(decoder_layers(model)):
        layer.register_forward_hook(lambda *_, number=number: ran.append(number))
    # One call for the loop, then one before each layer.
    with pytest.raises(JobCancelled):
        decode(model, tokenizer, [Request(tuple(range(9, 250)))], Sampling(), check=Stop(2))
    assert ran == [0]
    assert hooks_of(model) == 0


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gemma2"])
def test_decoding_stops_within_one_step_and_leaves_the_model_usable(architecture: str) -> None:
    model, tokenizer = tiny_model(architecture)
    requests = [Request(tuple(range(20, 60 + n))) for n in range(3)]
    before = [a.tokens for a in decode(model, tokenizer, requests, Sampling(max_new_tokens=5))]
    seen: list[int] = []
    asked_to_stop = False

    def check() -> None:
        if asked_to_stop:
            raise JobCancelled

    def on_tokens(index: int, records: object) -> None:
        nonlocal asked_to_stop
        seen.append(index)
        asked_to_stop = len(seen) >= 6

    with pytest.raises(JobCancelled):
        decode(
            model,
            tokenizer,
            requests,
            Sampling(max_new_tokens=50),
            check=check,
            on_tokens=on_tokens,
        )
    assert len(seen) == 6
    assert hooks_of(model) == 0
    after = decode(model, tokenizer, requests, Sampling(max_new_tokens=5))
    assert [a.tokens for a in after] == before


def test_the_cache_is_freed_after_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokenizer = tiny_model("llama")
    caches = []
    real = loop.Runner.prefill

    def watched(self, *args, **kwargs):
        filled = real(self, *args, **kwargs)
        caches.append(weakref.ref(filled.cache))
        return filled

    monkeypatch.setattr(loop.Runner, "prefill", watched)
    try:
        decode(model, tokenizer, [PROMPT], Sampling(), check=Stop(8))
    except JobCancelled:
        pass
    else:
        pytest.fail("it did not stop")
    gc.collect()
    assert caches
    assert all(cache() is None for cache in caches)


def test_hooks_go_when_the_model_itself_raises() -> None:
    model, _ = tiny_model("llama")

    def fail_inside() -> None:
        with interruptible(model, lambda: None):
            assert hooks_of(model) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert hooks_of(model) == 0


def test_gradients_still_flow_after_decoding() -> None:
    model, tokenizer = tiny_model("llama")
    decode(model, tokenizer, [PROMPT], Sampling(max_new_tokens=3))
    loss = model(torch.tensor([[5, 6, 7]]), labels=torch.tensor([[5, 6, 7]])).loss
    loss.backward()
    assert model.model.embed_tokens.weight.grad is not None
