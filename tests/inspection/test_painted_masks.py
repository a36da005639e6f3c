"""Masks against transformers' own, against what a hidden token may not do, and against generate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec, UnsupportedModel
from engine.inspection.continuing import greedy
from engine.inspection.inspect_spec import MaskChoice, Stroke
from engine.inspection.mask_cells import leaks, mask_cells
from engine.inspection.mask_hooks import masked
from engine.inspection.masks import own_error, under
from engine.inspection.masks_spec import MaskResult, MaskSpec
from engine.inspection.passing import Passage, run_passage
from engine.inspection.probe import Probe
from engine.inspection.reading import Reading, read
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.loaded import LoadedModel
from engine.models.reference import LoadOptions, ModelRef
from tests.inspection.inside_models import DECODERS, held, hooks_of, plain, text_for
from tests.support.tiny_models import save_tiny

LONG = tuple(40 + i % 60 for i in range(40))  # longer than the tiny models' sliding window
ONE_STACK = (*DECODERS, "bert")


def logits_under(loaded: LoadedModel, reading: Reading, seen: torch.Tensor) -> torch.Tensor:
    hidden = under(reading, seen)
    return reading.head_logits(hidden, slice(0, len(reading.text.ids)))[0]


def causal(count: int) -> torch.Tensor:
    return torch.ones((count, count), dtype=torch.bool).tril()


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("family", ONE_STACK)
def test_the_own_mask_painted_is_the_model_itself(family: str, implementation: str):
    loaded = held(family)
    if family not in {"bloom", "gemma2"}:
        loaded.model.set_attn_implementation(implementation)
    reading = read(loaded, text_for(loaded, LONG))
    assert own_error(reading) < 1e-6
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize("family", ["mistral", "gemma2", "llama", "gpt2", "bert", "bloom"])
def test_the_probe_sees_the_own_mask_painted_as_the_model_itself(family: str):
    loaded = held(family)
    own = torch.ones((len(LONG), len(LONG)), dtype=torch.bool) if family == "bert" else None
    found = []
    for mask in (None, causal(len(LONG)) if own is None else own):
        probe = Probe(loaded.model)
        run_passage(probe, Passage(LONG, (), family != "bert", mask), lambda *_: None)
        found.append(probe.captures())
    every = slice(0, len(LONG))
    for plainly, painted in zip(*found, strict=True):
        np.testing.assert_array_equal(
            plainly.mask.allowed(every, every), painted.mask.allowed(every, every)
        )
        np.testing.assert_allclose(plainly.lse, painted.lse, atol=1e-5)
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize("family", ["llama", "qwen3", "glm", "gpt2", "bert"])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_any_mask_is_what_transformers_computes_from_its_own_form(family: str, implementation: str):
    loaded = held(family)
    loaded.model.set_attn_implementation(implementation)
    text = text_for(loaded)
    count = len(text.ids)
    seen = torch.rand((count, count), generator=torch.Generator().manual_seed(3)) > 0.4
    seen |= torch.eye(count, dtype=torch.bool)
    form = seen[None, None]
    if implementation == "eager":
        form = torch.zeros(form.shape).masked_fill(~form, torch.finfo(torch.float32).min)
    expected = plain(loaded, text, attention_mask=form)
    found = logits_under(loaded, read(loaded, text), seen)
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-4)
    assert (expected - plain(loaded, text)).abs().max() > 1e-3


@pytest.mark.parametrize("family", ONE_STACK)
def test_a_token_that_nobody_sees_changes_nobody(family: str):
    loaded = held(family)
    base = text_for(loaded, LONG)
    count = len(base.ids)
    seen = causal(count) if family != "bert" else torch.ones((count, count), dtype=torch.bool)
    seen[8:, 7] = False
    seen[:7, 7] = False
    others = [place for place in range(count) if place != 7]
    other = text_for(loaded, (*LONG[:6], 99, *LONG[7:]) if family == "bert" else
                     (*LONG[:7], 99, *LONG[8:]))  # fmt: skip
    first = logits_under(loaded, read(loaded, base), seen)
    second = logits_under(loaded, read(loaded, other), seen)
    torch.testing.assert_close(first[others], second[others], atol=1e-5, rtol=1e-5)
    assert (first[7] - second[7]).abs().max() > 1e-4
    apart = plain(loaded, base) - plain(loaded, other)
    assert apart[others].abs().max() > 1e-4  # under the own mask it does change them


@pytest.mark.parametrize("family", ["llama", "bloom", "gpt2"])
def test_a_prefix_sees_itself_and_nothing_behind_it(family: str):
    loaded = held(family)
    cells = mask_cells(MaskChoice("prefix", prefix=5), len(LONG), causal=True)
    seen = torch.from_numpy(cells)
    base = logits_under(loaded, read(loaded, text_for(loaded, LONG)), seen)
    inside = logits_under(loaded, read(loaded, text_for(loaded, (*LONG[:4], 99, *LONG[5:]))), seen)
    behind = logits_under(loaded, read(loaded, text_for(loaded, (*LONG[:5], 99, *LONG[6:]))), seen)
    assert (base[0] - inside[0]).abs().max() > 1e-4  # the first token sees the fifth
    torch.testing.assert_close(base[:5], behind[:5], atol=1e-6, rtol=1e-6)
    assert leaks(cells)
    assert not leaks(causal(4).numpy())


@pytest.mark.parametrize("family", DECODERS)
def test_the_text_under_the_painted_own_mask_is_what_generate_says(family: str):
    loaded = held(family)
    text = text_for(loaded, LONG[:36])
    ids = torch.tensor([text.ids])
    made = loaded.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=8,
                                 do_sample=False)  # fmt: skip
    expected = loaded.tokenizer.decode(made[0, len(text.ids) :], skip_special_tokens=True)
    assert greedy(loaded, text.ids, 8) == expected
    assert greedy(loaded, text.ids, 8, seen=causal(36)) == expected
    assert hooks_of(loaded.model) == 0


def test_a_continuation_ends_where_the_table_of_positions_does():
    loaded = held("gpt2")
    ids = (40, 41, 42) * 170
    told = greedy(loaded, ids, 8)
    assert len(ids) == 510
    assert told == greedy(loaded, ids, 2)
    assert told


def test_cells_follow_rule_and_strokes_and_refuse_a_blind_token():
    strokes = (Stroke((0, 2), (0, 4), True), Stroke((3, 4), (0, 1), False))
    seen = mask_cells(MaskChoice(strokes=strokes), 4, causal=True)
    expected = [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 1]]
    np.testing.assert_array_equal(seen, np.array(expected, bool))
    blind = (Stroke((2, 3), (0, 4), False),)
    with pytest.raises(BadSpec, match="token 2 sees no token"):
        mask_cells(MaskChoice(strokes=blind), 4, causal=True)
    with pytest.raises(BadSpec, match="at most 4,096"):
        mask_cells(MaskChoice(), 5000, causal=True)


def test_an_implementation_without_painted_masks_is_refused():
    loaded = held("llama")
    loaded.model.config._attn_implementation = "flash_attention_2"
    with pytest.raises(UnsupportedModel, match="flash_attention_2"), masked(
        loaded.model, causal(3)
    ):  # fmt: skip
        pass
    assert hooks_of(loaded.model) == 0


def test_a_job_tells_what_the_mask_changed(tmp_path: Path):
    options = LoadOptions(dtype="float32")
    models = {name: ModelRef(str(save_tiny(name, tmp_path / name)), options=options)
              for name in ("llama", "bert", "t5")}  # fmt: skip
    engine = Engine()
    spec = MaskSpec(model=models["llama"], text="hello there", mask=MaskChoice("prefix", 6), said=4)
    result = engine.submit(spec).result(120)
    assert isinstance(result, MaskResult)
    assert result.leaks
    assert result.loss_after.size == 0
    assert result.change.kl == pytest.approx(float(result.kl[-1]), abs=1e-5)
    assert result.text_before
    window = MaskSpec(
        model=models["llama"], text="hello there", mask=MaskChoice("window", window=3)
    )
    windowed = engine.submit(window).result(120)
    assert isinstance(windowed, MaskResult)
    assert windowed.loss_after.shape == (10,)
    np.testing.assert_allclose(windowed.kl[:3], 0, atol=1e-6)  # three keys are all they have
    assert windowed.kl[5] > 1e-5
    encoder = MaskSpec(model=models["bert"], text="hello there", mask=MaskChoice("causal"))
    found = engine.submit(encoder).result(120)
    assert isinstance(found, MaskResult)
    assert found.kl[0] > found.kl[-1]  # the last token sees as much as before
    with pytest.raises(JobFailed, match="encoder-decoder"):
        engine.submit(MaskSpec(model=models["t5"], text="hello", target="x")).result(120)
    engine.close()


def test_the_spec_survives_json():
    spec = MaskSpec(text="Hi", mask=MaskChoice("full", strokes=(Stroke((0, 1), (0, 1), True),)))
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec):
        MaskSpec(text="Hi", said=-1).check()
    with pytest.raises(BadSpec):
        MaskSpec(text="Hi", mask=MaskChoice("prefix")).check()
