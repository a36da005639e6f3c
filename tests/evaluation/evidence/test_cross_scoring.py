"""Each answer under each prompt, against plain forward passes and numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import BadSpec
from engine.evaluation.evidence.cross_spec import CrossItem, CrossSpec
from engine.evaluation.evidence.spec import GivenAnswer
from engine.evaluation.spec import Variant
from engine.jobs.spec import decode, encode
from tests.evaluation.evidence.conftest import said_by

EXAMPLES = "Q: one\nA: 1\nQ: two\nA: 2\nQ: six\nA: 6\n"
PROMPTS = {
    (0, 0): f"Say it.\n{EXAMPLES}Q: four\nA:",
    (1, 0): "Say it.\nfour\n",
    (0, 1): f"Say it.\n{EXAMPLES}Q: nine\nA:",
    (1, 1): "Say it.\nnine\n",
}


def given(variant: int, item: int, text: str) -> GivenAnswer:
    return GivenAnswer(variant, item, text, tuple(byte_ids(text)))


def byte_ids(text: str) -> list[int]:
    from tests.support.tiny_models import tiny_tokenizer

    return tiny_tokenizer()(text)["input_ids"]


ANSWERS = {(0, 0): " 44", (1, 0): "four?", (0, 1): " 9", (1, 1): "nein"}


def test_the_matrix_is_what_plain_passes_give(asked, run, truth):
    spec = CrossSpec(
        compare=asked, given=tuple(given(*place, text) for place, text in ANSWERS.items())
    )
    result = run(spec)
    assert [type(one) for one in run.partials] == [CrossItem, CrossItem]
    for item in result.items:
        for answer in (0, 1):
            text = ANSWERS[answer, item.item]
            home = truth(PROMPTS[answer, item.item], text)
            for prompt in (0, 1):
                there = truth(PROMPTS[prompt, item.item], text)
                cell = item.cell(prompt, answer)
                delta = said_by(there, text) - said_by(home, text)
                kl = (np.exp(home) * (home - there)).sum(-1)
                np.testing.assert_allclose(cell.delta, delta, atol=1e-4)
                np.testing.assert_allclose(cell.kl, kl, atol=1e-4)
                np.testing.assert_allclose(
                    [token.logprob for token in cell.tokens], said_by(there, text), atol=1e-4
                )
                parts = np.flatnonzero(home.argmax(-1) != there.argmax(-1))
                assert cell.divergence == (parts[0] if len(parts) else None)
                assert "".join(token.text for token in cell.tokens) == text
                best = [candidate.id for candidate in cell.tokens[0].top]
                assert best == list(np.argsort(-there[0])[:5])
    for answer in (0, 1):
        assert result.mean(answer, answer).delta.mean == 0
        deltas = [item.cell(1 - answer, answer).mean_delta for item in result.items]
        assert result.mean(1 - answer, answer).delta.mean == pytest.approx(np.mean(deltas))
        assert result.mean(1 - answer, answer).kl.n == 2


def test_the_answers_are_asked_for_when_nobody_gave_them(asked, run):
    result = run(CrossSpec(compare=asked, items=(1,)))
    (item,) = result.items
    own = item.cell(0, 0)
    assert len(own.tokens) == asked.sampling.max_new_tokens
    # Greedy decoding took the likeliest token at each step.
    assert all(token.id == token.top[0].id for token in own.tokens)
    assert own.divergence is None


def test_one_expected_answer_under_every_prompt(asked, run, truth):
    result = run(CrossSpec(compare=asked, answer="expected", items=(1,)))
    (item,) = result.items
    assert item.answers == (0,)
    assert len(item.cells) == 2
    there = truth(PROMPTS[1, 1], " 9!")
    np.testing.assert_allclose(
        [token.logprob for token in item.cell(1, 0).tokens], said_by(there, " 9!"), atol=1e-4
    )


def test_specs_survive_json_and_refuse_nonsense(asked):
    spec = CrossSpec(compare=asked, given=(given(0, 0, "x"),), variants=(1, 0))
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec, match="nothing to be swapped"):
        CrossSpec(compare=replace(asked, variants=asked.variants[:1])).check()
    with pytest.raises(BadSpec, match="no column number 7"):
        CrossSpec(compare=asked, variants=(0, 7)).check()
    knows = replace(asked, variants=(*asked.variants, Variant("generated-knowledge")))
    assert CrossSpec(compare=knows).columns() == (0, 1)
    with pytest.raises(BadSpec, match="knowledge that the model stated"):
        CrossSpec(compare=knows, variants=(0, 2)).check()
    with pytest.raises(BadSpec, match="no model number 3"):
        CrossSpec(compare=asked, model=3).check()
