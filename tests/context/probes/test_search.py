"""LongRoPE's divisors found by a search: what is exported is what was judged."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from engine.api import Engine
from engine.context.methods import applied, method_of
from engine.context.probes.search import divisors_of
from engine.context.search_spec import SearchResult, SearchSpec
from engine.errors import BadSpec
from engine.jobs.events import Partial
from engine.models.reference import LoadOptions, ModelRef
from tests.support.tiny_models import CHAT_TEMPLATE, CONTEXT, save_tiny


def test_divisors_rise_from_the_fast_end_to_the_slow_one():
    found = divisors_of(8, 0.625, 4.0)
    assert found == tuple(sorted(found))
    assert found[-1] == pytest.approx(4.0)
    assert found[3] == pytest.approx(np.exp(log(4.0) * 0.5**0.625))
    assert divisors_of(8, 2.0, 1.0) == (1.0,) * 8


def test_the_best_of_the_tried_is_exported_as_a_list_that_loads(tmp_path):
    folder = save_tiny("llama", tmp_path / "tiny", chat_template=CHAT_TEMPLATE)
    ref = ModelRef(str(folder), options=LoadOptions(device="cpu", dtype="float32"))
    spec = SearchSpec(model=ref, factor=1.5, evaluations=6, needles=2)
    engine = Engine()
    heard = []
    result = engine.submit(
        spec, lambda e: heard.append(e.value) if isinstance(e, Partial) else None
    ).result(300)
    again = engine.submit(spec).result(300)
    engine.close()
    assert isinstance(result, SearchResult)
    assert tuple(heard) == result.tried == again.tried  # seeded
    assert result.best.nll == min(one.nll for one in result.tried)
    assert len({(one.power, one.stretch) for one in result.tried}) == 6
    config = AutoConfig.from_pretrained(folder)
    config.rope_parameters = dict(result.parameters)
    fresh = AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=torch.float32).eval()
    plain = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = torch.randint(4, 250, (1, CONTEXT + 40), generator=torch.Generator().manual_seed(2))
    method = method_of("longrope", result.long_factor)
    with torch.no_grad(), applied(plain, method, spec.factor, ids.shape[1]):
        assert torch.equal(plain(input_ids=ids).logits, fresh(input_ids=ids).logits)


def test_wrong_searches_are_refused():
    for change, match in (
        ({"factor": 1.0}, "above 1"),
        ({"evaluations": 0}, "lists"),
        ({"needles": 20}, "hidden"),
    ):
        with pytest.raises(BadSpec, match=match):
            SearchSpec(**change).check()
