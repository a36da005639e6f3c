"""NBCE against a loop that recomputes all, the library's own generate, and plain decoding."""

from __future__ import annotations

import math

import pytest
import torch
from transformers import LogitsProcessorList

from engine.context.documents.nbce.generate import generate
from engine.context.documents.nbce.pooling import Pooling, Rule, entropy, nucleus, pool
from engine.context.documents.nbce.processor import NbceProcessor
from engine.decoding.interrupt import no_check
from engine.errors import BadSpec
from tests.support.tiny_models import EOS, PAD, tiny_model

QUESTION = "What now?"
CONTEXTS = (
    "a short one. ",
    "another that is somewhat longer than it. ",
    "x. ",
    "last, not least. ",
)
MOST = 24


def prompts(tokenizer, contexts=CONTEXTS, lead="Answer with what the text says, please. "):
    texts = [lead + context + QUESTION for context in ("", *contexts)]
    return [tokenizer(text)["input_ids"] for text in texts]


def ours(architecture, rule, contexts=CONTEXTS, most=MOST, seed=1):
    model, tokenizer = tiny_model(architecture, seed)
    model.generation_config.eos_token_id = EOS
    rows = prompts(tokenizer, contexts)
    told = []
    made = generate(model, tokenizer, rows[0], rows[1:], rule, most, no_check, told.append)
    assert told == made.tokens
    return made


@torch.no_grad()
def plain_loop(architecture, rule, contexts=CONTEXTS, most=MOST, seed=1):
    """Each row alone, from its start, at every token; the formula with floats, as it is written."""
    model, tokenizer = tiny_model(architecture, seed)
    rows = prompts(tokenizer, contexts)
    written, winners, wins = [], [], [0] * len(contexts)
    last, alive = None, set(range(len(contexts)))
    for _ in range(most):
        dists = []
        for row in rows:
            logits = model(input_ids=torch.tensor([row + written])).logits[0, -1].double()
            dists.append(logits.log_softmax(-1).tolist())
        cut = [cut_by_hand(one, rule.top_p) for one in dists]
        keys = {}
        for number in alive:
            sure = entropy_by_hand(cut[number + 1]) - (rule.bonus if number == last else 0)
            keys[number] = (round(sure, 5), entropy_by_hand(dists[number + 1]))
        winner = min(sorted(alive), key=keys.__getitem__)
        joined = [
            (1 + rule.beta) * with_ - rule.beta * without if without > -math.inf else with_
            for with_, without in zip(cut[winner + 1], cut[0], strict=True)
        ]
        token = max(range(len(joined)), key=joined.__getitem__)
        said = {max(range(len(joined)), key=dists[number + 1].__getitem__) for number in alive}
        shared = len(said) == 1 and len(contexts) > 1
        winners.append(-1 if shared else winner)
        if not shared:
            last = winner
            wins[winner] += 1
            if rule.drop_after and sum(wins) == rule.drop_after:
                alive = {number for number in alive if wins[number]}
        written.append(token)
        if token == EOS:
            break
    return written, winners


def cut_by_hand(logprobs, top_p):
    kept, mass = set(), 0.0
    for at in sorted(range(len(logprobs)), key=lambda at: -logprobs[at]):
        if mass >= top_p:
            break
        kept.add(at)
        mass += math.exp(logprobs[at])
    return [one if at in kept else -math.inf for at, one in enumerate(logprobs)]


def entropy_by_hand(logprobs):
    return -sum(math.exp(one) * one for one in logprobs if one > -math.inf)


@pytest.mark.parametrize(
    ("architecture", "rule"),
    [
        ("llama", Rule()),
        ("llama", Rule(beta=0.0, top_p=1.0, bonus=0.0, drop_after=0)),
        ("qwen2", Rule(beta=1.0, top_p=0.7, bonus=0.5, drop_after=3)),
        ("bloom", Rule(drop_after=2)),
    ],
)
def test_equals_a_loop_that_recomputes_everything(architecture, rule):
    made = ours(architecture, rule)
    written, winners = plain_loop(architecture, rule)
    assert [token.id for token in made.tokens] == written
    assert [token.passage for token in made.tokens] == winners


def test_equals_the_librarys_generate_with_the_same_processor():
    rule = Rule(drop_after=3)
    model, tokenizer = tiny_model("llama", 1)
    rows = prompts(tokenizer)
    width = max(map(len, rows))
    ids = torch.tensor([[PAD] * (width - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    processor = NbceProcessor(rule, len(CONTEXTS))
    out = model.generate(
        input_ids=ids, attention_mask=mask, max_new_tokens=MOST, do_sample=False,
        logits_processor=LogitsProcessorList([processor]), eos_token_id=EOS, pad_token_id=PAD,
    )  # fmt: skip
    made = ours("llama", rule)
    assert (out == out[0]).all(dim=0)[width:].all()
    assert out[0, width:].tolist() == [token.id for token in made.tokens]
    assert processor.pooling.winners == [token.passage for token in made.tokens]


def test_one_context_without_weight_is_plain_decoding():
    rule = Rule(beta=0.0, top_p=1.0, bonus=0.0)
    model, tokenizer = tiny_model("llama", 1)
    made = ours("llama", rule, CONTEXTS[:1])
    row = torch.tensor([prompts(tokenizer)[1]])
    out = model.generate(
        input_ids=row, attention_mask=torch.ones_like(row), max_new_tokens=MOST,
        do_sample=False, eos_token_id=EOS, pad_token_id=PAD,
    )  # fmt: skip
    assert out[0, row.shape[1] :].tolist() == [token.id for token in made.tokens]
    assert {token.passage for token in made.tokens} == {0}


def test_losers_leave_the_cache_and_winners_stay():
    made = ours("llama", Rule(drop_after=2))
    decided = [token for token in made.tokens if token.passage >= 0]
    assert len(decided) >= 2, "the contexts must disagree for this to show anything"
    winners = {token.passage for token in decided[:2]}
    assert len(winners) < len(CONTEXTS)
    after = made.tokens[made.tokens.index(decided[1]) + 1 :]
    assert after
    assert decided[0].alive == len(CONTEXTS)
    assert {token.alive for token in after} == {len(winners)}
    assert {token.passage for token in after} <= winners | {-1}


def test_the_shared_beginning_is_read_once():
    made = ours("llama", Rule())
    _, tokenizer = tiny_model("llama", 1)
    rows = prompts(tokenizer)
    assert made.read == sum(map(len, rows))
    shared = len(tokenizer("Answer with what the text says, please. ")["input_ids"])
    longest = max(map(len, rows)) - shared
    assert made.computed <= shared + longest * len(rows)
    assert made.computed < made.read


def test_between_equally_sure_contexts_the_uncut_distribution_decides():
    logits = torch.full((3, 5), -20.0)
    logits[1, 1], logits[2, 2] = 0.0, 5.0
    found = pool(logits, Rule(top_p=0.5), [True, True], None)
    assert entropy(nucleus(logits.log_softmax(-1), 0.5))[1:].tolist() == [0.0, 0.0]
    assert found.winner == 1
    assert int(found.scores.argmax()) == 2


def test_what_all_contexts_say_is_nobodys_and_earns_no_bonus():
    pooling = Pooling(Rule(bonus=10.0, drop_after=0), 2)
    agreed = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 9.0], [0.0, 0.0, 4.0]])
    assert pooling.step(agreed).shared
    torn = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 6.0, 0.0]])
    assert not pooling.step(torn).shared
    assert pooling.winners == [-1, 1], "the first token's context would win by its bonus"


def test_a_model_whose_rows_cannot_be_mixed_is_refused():
    model, tokenizer = tiny_model("llama")
    model.config.rope_parameters = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}
    rows = prompts(tokenizer)
    with pytest.raises(BadSpec, match="side by side"):
        generate(model, tokenizer, rows[0], rows[1:], Rule(), 4, no_check, lambda token: None)


def test_a_prior_decides_between_contexts_that_are_as_sure():
    none, first, second = torch.zeros(8), torch.zeros(8), torch.zeros(8)
    first[2], second[5] = 6.0, 5.9  # the first is a little surer
    logits = torch.stack([none, first, second])
    likely = torch.tensor([-math.log(2), 0.0])  # the second is ranked first by retrieval
    alive = [True, True]
    assert pool(logits, Rule(), alive, None).winner == 0
    assert pool(logits, Rule(), alive, None, likely).winner == 0  # as published
    weighed = pool(logits, Rule(prior=0.5), alive, None, likely)
    assert weighed.winner == 1
    entropies = entropy(logits[1:].log_softmax(-1))
    same = float(entropies[1] - entropies[0]) / math.log(2)  # where both weigh the same
    for prior, winner in ((same * 0.5, 0), (same * 2, 1)):
        assert pool(logits, Rule(top_p=1.0, prior=prior), alive, None, likely).winner == winner


def test_the_prior_reaches_the_tokens():
    plain = ours("llama", Rule(bonus=0.0, drop_after=0))
    model, tokenizer = tiny_model("llama", 1)
    model.generation_config.eos_token_id = EOS
    rows = prompts(tokenizer)
    for favoured in range(len(CONTEXTS)):
        likely = [0.0 if one == favoured else -50.0 for one in range(len(CONTEXTS))]
        made = generate(
            model, tokenizer, rows[0], rows[1:], Rule(bonus=0.0, drop_after=0, prior=10.0), MOST,
            no_check, lambda _token: None, likely,
        )  # fmt: skip
        assert {token.passage for token in made.tokens} <= {favoured, -1}
    assert len({token.passage for token in plain.tokens if token.passage >= 0}) > 1
