"""Patched places against whole forward passes with one state overwritten by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec, PromptError
from engine.inspection.aligning import aligned
from engine.inspection.head_hooks import Write, written
from engine.inspection.patching import Patching
from engine.inspection.patching_spec import PatchKind, PatchResult, PatchRow, PatchSpec
from engine.inspection.reading import read
from engine.jobs.events import Event, Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.loaded import LoadedModel
from engine.models.reference import LoadOptions, ModelRef
from tests.inspection.inside_models import (
    DECODERS,
    HEADS,
    IDS,
    MLP,
    PROJECTION,
    WIDTH,
    held,
    hooks_of,
    plain,
    text_for,
)
from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny

OTHER = (*IDS[:3], 90, 91, *IDS[5:])
ANSWERS = (70, 80)


def truth(loaded: LoadedModel, name: str, columns: slice, into: list[int], side: str) -> float:
    """Logit difference of the corrupted run with clean values in some places of one module."""
    module = loaded.model.get_submodule(name)
    clean: list[torch.Tensor] = []

    def value(args: tuple[torch.Tensor, ...], output: object) -> torch.Tensor:
        found = args[0] if side == "in" else output[0] if isinstance(output, tuple) else output
        assert isinstance(found, torch.Tensor)
        return found

    handle = module.register_forward_hook(lambda _m, args, out: clean.append(value(args, out)))
    plain(loaded, text_for(loaded, IDS))
    handle.remove()

    def patched(values: torch.Tensor) -> torch.Tensor:
        out = values.clone()
        for place in into:
            out[0, place, columns] = clean[0][0, place, columns]
        return out

    if side == "in":
        handle = module.register_forward_pre_hook(lambda _m, args: (patched(args[0]), *args[1:]))
    else:
        handle = module.register_forward_hook(
            lambda _m, _args, out: (
                (patched(out[0]), *out[1:]) if isinstance(out, tuple) else patched(out)
            )
        )
    logits = plain(loaded, text_for(loaded, OTHER))[-1]
    handle.remove()
    return float(logits[ANSWERS[0]] - logits[ANSWERS[1]])


def patching(loaded: LoadedModel, kind: PatchKind) -> Patching:
    clean = read(loaded, text_for(loaded, IDS), keep=False, inner=True)
    corrupted = read(loaded, text_for(loaded, OTHER), keep=False)
    return Patching(PatchSpec(patch=kind), clean, corrupted, ANSWERS)


def share(one: Patching, difference: float) -> float:
    whole = one.clean_difference - one.corrupted_difference
    return (difference - one.corrupted_difference) / whole


@pytest.mark.parametrize("family", DECODERS)
def test_each_kind_of_patch_is_a_whole_pass_with_it(family: str):
    loaded = held(family)
    layer = PROJECTION[family].split(".1.")[0] + ".1"
    everything = slice(None)
    for kind, name, side in (
        ("residual", layer, "out"),
        ("attention", PROJECTION[family], "out"),
        ("mlp", MLP[family], "out"),
    ):
        one = patching(loaded, kind)
        values = one.row(1)
        for place in (3, 4, len(IDS) - 1):
            expected = share(one, truth(loaded, name, everything, [place], side))
            assert values[place] == pytest.approx(expected, abs=1e-4), (kind, place)
    one = patching(loaded, "head")
    values = one.row(1)
    for head in range(HEADS):
        columns = slice(head * WIDTH, (head + 1) * WIDTH)
        into = list(range(len(IDS)))
        expected = share(one, truth(loaded, PROJECTION[family], columns, into, "in"))
        assert values[head] == pytest.approx(expected, abs=1e-4)
    assert hooks_of(loaded.model) == 0


def test_the_whole_state_at_the_last_token_brings_everything_back():
    loaded = held("llama")
    one = patching(loaded, "residual")
    assert one.row(1)[-1] == pytest.approx(1.0, abs=1e-5)
    assert one.row(1)[:-1] == pytest.approx(0.0, abs=1e-5)  # nobody looks at them any more
    assert one.row(0)[:3] == pytest.approx(0.0, abs=1e-5)  # the beginning is the same in both


def test_prompts_of_other_lengths_are_aligned():
    assert aligned([1, 2, 3], [1, 9, 3]).tolist() == [0, 1, 2]
    assert aligned([1, 2, 3, 4], [1, 2, 7, 8, 3, 4]).tolist() == [0, 1, -1, -1, 2, 3]
    assert aligned([1, 2, 7, 8, 3, 4], [1, 2, 3, 4]).tolist() == [0, 1, 4, 5]
    assert aligned([5], [6, 7]).tolist() == [-1, 0]


def test_a_job_gives_row_by_row_and_the_figures_of_both_runs(tmp_path: Path):
    ref = ModelRef(str(save_tiny("llama", tmp_path / "m")), options=LoadOptions(dtype="float32"))
    rows: list[PatchRow] = []

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            rows.append(event.value)

    engine = Engine()
    spec = PatchSpec(
        model=ref, clean="the cat sat", corrupted="the old dog sat", answer="!", other="?"
    )
    result = engine.submit(spec, hear).result(120)
    assert isinstance(result, PatchResult)
    assert [row.layer for row in rows] == [0, 1]
    assert result.matrix().shape == (2, len("the old dog sat"))
    assert (result.answer, result.other) == ("!", "?")
    gone = result.sources < 0
    assert gone.any()
    assert not result.matrix()[:, gone].any()
    assert result.matrix()[1, -1] == pytest.approx(1.0, abs=1e-5)
    for bad, words in (
        (PatchSpec(model=ref, clean="a", corrupted="a", answer="x", other="y"), "alike"),
        (PatchSpec(model=ref, clean="a", corrupted="b", answer="x", other="xy"), "same token"),
        (PatchSpec(model=ref, clean="a", corrupted="b", answer="x", other="y", layers=(7,)), "7"),
    ):
        with pytest.raises(JobFailed, match=words):
            engine.submit(bad).result(120)
    engine.close()


def test_a_prompt_in_the_chat_template_goes_on_with_what_was_said(tmp_path: Path):
    folder = save_tiny("llama", tmp_path / "m", chat_template=CHAT_TEMPLATE)
    ref = ModelRef(str(folder), options=LoadOptions(dtype="float32"))
    engine = Engine()
    spec = PatchSpec(
        model=ref, clean="1", corrupted="2", answer="a", other="b", chat=True, said="Yes,"
    )
    result = engine.submit(spec).result(120)
    engine.close()
    assert isinstance(result, PatchResult)
    assert "".join(result.clean_tokens) == "<s>[user]\n1\n[assistant]\nYes,"
    assert (result.answer, result.other) == ("a", "b")


def test_specs_survive_json_and_refuse_what_is_missing():
    spec = PatchSpec(clean="a", corrupted="b", answer="c", other="d", patch="head", layers=(1,))
    assert decode(encode(spec)) == spec
    with pytest.raises(PromptError):
        PatchSpec(clean="a", answer="c", other="d").check()
    with pytest.raises(PromptError):
        PatchSpec(clean="a", corrupted="b", answer="c").check()
    with pytest.raises(BadSpec):
        PatchSpec(clean="a", corrupted="b", answer="c", other="d", layers=(-1,)).check()


def test_a_write_that_no_module_sees_is_an_error_and_leaves_no_hook():
    from engine.errors import UnsupportedModel

    loaded = held("llama")
    idle = torch.nn.Linear(2, 2)
    with pytest.raises(UnsupportedModel, match="goes around"), written([Write(idle, "in", 0.0)], 1):
        plain(loaded, text_for(loaded))
    assert hooks_of(idle) == 0
    assert np.isfinite(patching(loaded, "residual").clean_difference)
