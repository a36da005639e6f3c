"""A look at a longer text leaves a model whose rotation adapts to the length bit-exactly alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers as tf

from engine.errors import JobCancelled
from engine.inspection.ablation import at_last, everywhere
from engine.inspection.ablation_spec import Unit
from engine.inspection.anatomy.components import Reading, losses
from engine.inspection.continuing import greedy
from engine.inspection.passing import Passage, run_passage
from engine.inspection.patching import Patching
from engine.inspection.patching_spec import PatchSpec
from engine.inspection.probe import Probe
from engine.inspection.reading import read
from engine.models.loaded import LoadedModel
from engine.models.reference import ModelRef
from tests.inspection.inside_models import held, hooks_of, plain, text_for
from tests.support.tiny_models import tiny_config

TRAINED = 40
SHORT = tuple(40 + place % 50 for place in range(TRAINED))
LONG = tuple(40 + place % 50 for place in range(64))
OTHER = (*LONG[:30], 95, *LONG[31:])
ROPES: dict[str, dict[str, object]] = {
    "dynamic": {"factor": 2.0},
    "longrope": {
        "factor": 2.0,
        "short_factor": [1.0] * 8,
        "long_factor": [2.0 + place for place in range(8)],
        "original_max_position_embeddings": TRAINED,
    },
}


def adapting(kind: str) -> LoadedModel:
    """The tiny Llama with a rotation that changes beyond 40 tokens."""
    config = tiny_config("llama")
    config.rope_parameters = {"rope_type": kind, "rope_theta": 10_000.0, **ROPES[kind]}
    config.max_position_embeddings = TRAINED
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = tf.AutoModelForCausalLM.from_config(config).float().eval()
    like = held("llama")
    return LoadedModel(model, like.tokenizer, ModelRef("own"), Path(), like._weights, like.info)


def rotary_of(loaded: LoadedModel) -> torch.nn.Module:
    found: torch.nn.Module = loaded.model.model.rotary_emb
    return found


def probe(loaded: LoadedModel) -> None:
    run_passage(Probe(loaded.model), Passage(LONG, (), causal=True), lambda *_: None)


def stopped_probe(loaded: LoadedModel) -> None:
    def stop() -> None:
        raise JobCancelled

    stopped = Probe(loaded.model, check=stop)
    with pytest.raises(JobCancelled):
        run_passage(stopped, Passage(LONG, (), causal=True), lambda *_: None)


def lens(loaded: LoadedModel) -> None:
    reading = read(loaded, text_for(loaded, LONG), keep=False)
    reading.head_logits(reading.last_hidden, slice(0, len(LONG)))


def ablation(loaded: LoadedModel) -> None:
    reading = read(loaded, text_for(loaded, LONG), keep=False, inner=True)
    everywhere(reading, (Unit(1),), "zero")
    at_last(reading, (Unit(1),), "zero")


def patching(loaded: LoadedModel) -> None:
    spec = PatchSpec(model=loaded.ref, clean_ids=LONG, corrupted_ids=OTHER)
    texts = [read(loaded, text_for(loaded, ids), keep=False) for ids in (LONG, OTHER)]
    Patching(spec, texts[0], texts[1], (70, 80)).row(0)


def continuing(loaded: LoadedModel) -> None:
    greedy(loaded, LONG, 3)


def components(loaded: LoadedModel) -> None:
    losses(loaded, (Reading(LONG, 20),), lambda: None)


LOOKS: tuple[Callable[[LoadedModel], None], ...] = (
    probe, stopped_probe, lens, ablation, patching, continuing, components,
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
@pytest.mark.parametrize("kind", ROPES)
def test_a_look_leaves_the_rotation_as_it_was(kind: str, look: Callable[[LoadedModel], None]):
    loaded = adapting(kind)
    before = plain(loaded, text_for(loaded, SHORT))
    rotary = rotary_of(loaded)
    kept = {name: (buffer, buffer.clone()) for name, buffer in rotary.named_buffers()}
    longest = rotary.max_seq_len_cached
    look(loaded)
    assert rotary.max_seq_len_cached == longest == TRAINED
    found = dict(rotary.named_buffers())
    assert found.keys() == kept.keys()
    for name, (buffer, values) in kept.items():
        assert found[name] is buffer
        assert torch.equal(buffer, values)
    assert torch.equal(plain(loaded, text_for(loaded, SHORT)), before)
    assert hooks_of(loaded.model) == 0


def test_the_rotation_does_adapt_when_nothing_preserves_it():
    loaded = adapting("dynamic")
    plain(loaded, text_for(loaded, LONG))
    assert rotary_of(loaded).max_seq_len_cached == len(LONG)
