"""Taking parts out against whole forward passes with hooks written here, for every family."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from engine.errors import BadSpec, JobCancelled, PromptError
from engine.inspection.ablation import at_last, compared, everywhere
from engine.inspection.ablation_spec import AblateSpec, Method, Unit
from engine.inspection.inside_spec import InsideSpec
from engine.inspection.inside_text import text_of
from engine.inspection.reading import READING, Reading, read
from engine.jobs.spec import decode, encode
from engine.models.loaded import LoadedModel
from tests.inspection.inside_models import (
    DECODERS,
    FAMILIES,
    FURTHER,
    HEADS,
    IDS,
    MLP,
    PROJECTION,
    WIDTH,
    further,
    held,
    hooks_of,
    plain,
    text_for,
)

CLOSE = {"atol": 2e-5, "rtol": 1e-5}


def truth(
    loaded: LoadedModel, reading: Reading, name: str, head: int | None, method: Method, at: slice
) -> torch.Tensor:
    """Logits of a whole forward pass in which one module's input or output is overwritten."""
    module = loaded.model.get_submodule(name)
    columns = slice(None) if head is None else slice(head * WIDTH, (head + 1) * WIDTH)
    seen: list[torch.Tensor] = []

    def changed(values: torch.Tensor) -> torch.Tensor:
        seen.append(values)
        out = values.clone()
        mean = values[0, :, columns].mean(0)
        out[0, at, columns] = mean if method == "mean" else 0.0
        return out

    if head is None:
        handle = module.register_forward_hook(lambda _m, _i, out: changed(out))
    else:
        handle = module.register_forward_pre_hook(lambda _m, args: (changed(args[0]), *args[1:]))
    try:
        return plain(loaded, reading.text)
    finally:
        handle.remove()
        assert len(seen) == 1


def logits_of(reading: Reading, hidden: torch.Tensor) -> torch.Tensor:
    return reading.head_logits(hidden, slice(0, len(reading.text.read)))[0]


@pytest.mark.parametrize("method", ["zero", "mean"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_head_taken_out_everywhere_is_a_whole_pass_without_it(family: str, method: Method):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    expected = truth(loaded, reading, PROJECTION[family], 2, method, slice(None))
    hidden = everywhere(reading, (Unit(1, 2),), method)
    torch.testing.assert_close(logits_of(reading, hidden), expected, **CLOSE)
    assert (expected - plain(loaded, reading.text)).abs().max() > 1e-3
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_whole_mlp_taken_out_is_a_whole_pass_without_it(family: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    expected = truth(loaded, reading, MLP[family], None, "mean", slice(None))
    hidden = everywhere(reading, (Unit(1, part="mlp"),), "mean")
    torch.testing.assert_close(logits_of(reading, hidden), expected, **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_head_taken_out_at_the_shown_token_alone(family: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    at = reading.text.at
    expected = truth(loaded, reading, PROJECTION[family], 1, "zero", slice(at, at + 1))[at]
    torch.testing.assert_close(at_last(reading, (Unit(1, 1),), "zero"), expected, **CLOSE)
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize("family", DECODERS)
def test_the_last_token_needs_no_second_prefill(family: str, monkeypatch: pytest.MonkeyPatch):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    monkeypatch.setattr(reading, "forward", _only_steps(reading))
    at_last(reading, (Unit(0, 3), Unit(1, 0)), "mean")


@pytest.mark.parametrize("family", FURTHER)
def test_further_families(family: str):
    loaded = further(family)
    reading = read(loaded, text_for(loaded))
    name = reading.sites.of(Unit(1, 2)).name
    assert name.endswith(("attn.out_proj", "attention.dense", "self_attn.dense", "o_proj"))
    at = reading.text.at
    everything = truth(loaded, reading, name, 2, "zero", slice(None))
    hidden = everywhere(reading, (Unit(1, 2),), "zero")
    torch.testing.assert_close(logits_of(reading, hidden), everything, **CLOSE)
    last = truth(loaded, reading, name, 2, "zero", slice(at, at + 1))[at]
    assert reading.steps
    torch.testing.assert_close(at_last(reading, (Unit(1, 2),), "zero"), last, **CLOSE)
    assert (everything - plain(loaded, reading.text)).abs().max() > 1e-3
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize("family", DECODERS)
def test_a_token_in_the_middle_is_a_step_too(family: str, monkeypatch: pytest.MonkeyPatch):
    loaded = held(family)
    first = read(loaded, text_for(loaded))
    at = 6
    text = replace(first.text, at=at)
    reading = read(loaded, text)
    assert reading.reused
    own = plain(loaded, text)[at]
    torch.testing.assert_close(reading.recorded.logits, own, **CLOSE)
    expected = truth(loaded, reading, PROJECTION[family], 2, "mean", slice(at, at + 1))[at]
    monkeypatch.setattr(reading, "forward", _only_steps(reading))
    torch.testing.assert_close(at_last(reading, (Unit(1, 2),), "mean"), expected, **CLOSE)


def _only_steps(reading: Reading) -> object:
    class OnlySteps:
        step = staticmethod(reading.forward.step)

    return OnlySteps()


@pytest.mark.parametrize("family", ["llama", "bloom", "gpt2", "bart"])
def test_several_parts_at_once(family: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    module = loaded.model.get_submodule(PROJECTION[family])
    other = loaded.model.get_submodule(PROJECTION[family].replace(".1.", ".0.", 1))

    def without(*heads: int) -> Callable[[object, tuple[torch.Tensor, ...]], tuple[torch.Tensor]]:
        def hook(_module: object, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
            out = args[0].clone()
            for head in heads:
                out[..., head * WIDTH : (head + 1) * WIDTH] = 0
            return (out,)

        return hook

    handles = [
        module.register_forward_pre_hook(without(0, 3)),
        other.register_forward_pre_hook(without(1)),
    ]
    expected = plain(loaded, reading.text)
    for handle in handles:
        handle.remove()
    units = (Unit(1, 0), Unit(1, 3), Unit(0, 1))
    torch.testing.assert_close(
        logits_of(reading, everywhere(reading, units, "zero")), expected, **CLOSE
    )


@pytest.mark.parametrize(
    ("family", "role"), [("t5", "encoder"), ("bart", "encoder"), ("t5", "cross"), ("bart", "cross")]
)
def test_heads_of_the_encoder_and_of_cross_attention(family: str, role: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    names = {
        ("t5", "encoder"): "encoder.block.1.layer.0.SelfAttention.o",
        ("t5", "cross"): "decoder.block.1.layer.1.EncDecAttention.o",
        ("bart", "encoder"): "model.encoder.layers.1.self_attn.out_proj",
        ("bart", "cross"): "model.decoder.layers.1.encoder_attn.out_proj",
    }
    expected = truth(loaded, reading, names[family, role], 3, "zero", slice(None))
    hidden = everywhere(reading, (Unit(1, 3, role=role),), "zero")
    torch.testing.assert_close(logits_of(reading, hidden), expected, **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_taken_out_is_the_model_itself_bit_for_bit(family: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    own = plain(loaded, reading.text)
    torch.testing.assert_close(logits_of(reading, reading.last_hidden), own, atol=0, rtol=0)
    torch.testing.assert_close(reading.recorded.logits, own[reading.text.at], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("family", ["llama", "bloom"])
def test_losses_and_divergences_follow_their_definitions(family: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    hidden = everywhere(reading, (Unit(0, 0),), "zero")
    before, after, kl = compared(reading, hidden)
    old = plain(loaded, reading.text).double().log_softmax(-1)
    new = logits_of(reading, hidden).double().log_softmax(-1)
    following = torch.tensor(IDS[1:])[:, None]
    torch.testing.assert_close(
        torch.from_numpy(before), -old[:-1].gather(1, following)[:, 0].float(), **CLOSE
    )
    torch.testing.assert_close(
        torch.from_numpy(after), -new[:-1].gather(1, following)[:, 0].float(), **CLOSE
    )
    expected = (old.exp() * (old - new)).sum(-1).float()
    torch.testing.assert_close(torch.from_numpy(kl), expected, atol=1e-5, rtol=1e-3)


def test_a_text_is_read_once_and_forgotten_with_another_text_an_edit_or_its_model():
    loaded = held("llama")
    text = text_for(loaded)
    first = read(loaded, text)
    again = read(loaded, text)
    assert (first.reused, again.reused) == (False, True)
    assert again.recorded is first.recorded
    assert loaded.kept.bytes == first.recorded.bytes > 4 * 2 * len(IDS) * (64 + 2 * 32)
    loaded.edits = ("pruned",)
    assert not read(loaded, text).reused
    assert not read(loaded, text_for(loaded, IDS[:7])).reused
    assert not read(loaded, text).reused
    loaded.kept.drop(READING)
    assert loaded.kept.bytes == 0


def test_what_is_kept_goes_with_its_model():
    loaded = held("llama")
    kept = weakref.ref(read(loaded, text_for(loaded)).recorded)
    assert kept() is not None
    del loaded
    gc.collect()
    assert kept() is None


def test_too_large_a_reading_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    loaded = held("llama")
    monkeypatch.setattr("engine.inspection.reading.free_bytes", lambda _device: 10)
    assert not read(loaded, text_for(loaded)).reused
    assert loaded.kept.bytes == 0


def test_stopping_leaves_nothing_behind():
    loaded = held("llama")
    reading = read(loaded, text_for(loaded))
    own = plain(loaded, reading.text)
    asked = []

    def check() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise JobCancelled

    reading.forward.check = check
    with pytest.raises(JobCancelled):
        everywhere(reading, (Unit(0, 0),), "zero")
    assert hooks_of(loaded.model) == 0
    assert torch.equal(plain(loaded, reading.text), own)


@pytest.mark.parametrize(
    "unit", [Unit(2, 0), Unit(0, HEADS), Unit(0, 0, role="cross"), Unit(9, part="mlp")]
)
def test_a_part_that_is_not_there_is_refused(unit: Unit):
    loaded = held("llama")
    with pytest.raises(BadSpec, match="2 layers"):
        at_last(read(loaded, text_for(loaded)), (unit,), "zero")


def test_a_prompt_of_one_token_and_one_that_is_unknown():
    loaded = held("llama")
    reading = read(loaded, text_for(loaded, (77,)))
    expected = truth(loaded, reading, PROJECTION["llama"], 0, "zero", slice(None))[0]
    torch.testing.assert_close(at_last(reading, (Unit(1, 0),), "zero"), expected, **CLOSE)
    before, _, kl = compared(reading, everywhere(reading, (Unit(1, 0),), "zero"))
    assert before.shape == (0,)
    assert kl.shape == (1,)
    with pytest.raises(PromptError, match="does not know"):
        text_of(loaded, InsideSpec(ids=(5, 100_000)))
    with pytest.raises(BadSpec, match="no token 12"):
        text_of(loaded, InsideSpec(ids=IDS, at=12))


def test_specs_survive_json_and_refuse_what_cannot_be():
    spec = AblateSpec(text="Hi", units=(Unit(1, 2), Unit(0, part="mlp", role="encoder")))
    assert decode(encode(spec)) == spec
    with pytest.raises(PromptError):
        AblateSpec().check()
    with pytest.raises(BadSpec):
        AblateSpec(text="Hi", units=(Unit(-1),)).check()
    with pytest.raises(BadSpec):
        AblateSpec(text="Hi", top=0).check()
