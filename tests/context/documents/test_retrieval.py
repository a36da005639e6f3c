"""Ranks against their formulas, vectors against one text at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.context.documents.retrieval.bm25 import K1, B, Bm25
from engine.context.documents.retrieval.encoders import SentenceEncoder, _encoded, _mean
from engine.context.documents.retrieval.meaning import Meaning
from engine.context.documents.retrieval.ranking import K, best, places, ranked
from engine.context.documents.retrieval.terms import terms_of
from engine.decoding.interrupt import no_check
from engine.errors import ModelLoadError
from tests.support.encoder_folders import sentence_folder
from tests.support.tiny_models import tiny_model

TEXTS = (
    "The key of Anna is 4821. The sky is blue.",
    "The key of Ben is 77310.",
    "Birds sing in the morning, and birds fly.",
    "小明的密码是4821。",
    "小红的密码是9054，天气很好。",
)


def test_chinese_is_counted_in_characters_and_pairs_and_english_in_words():
    assert terms_of("Anna's KEY") == ["anna", "key"]
    assert terms_of("密码4821") == ["密", "码", "密码", "4821"]
    assert terms_of("Anna’s keys: 3.5, don't!") == terms_of("anna keys 3 5 don")
    assert terms_of("Anna's keys: 3.5, don't!") == ["anna", "keys", "3", "5", "don"]


@pytest.mark.parametrize("question", ["What is the key of Anna?", "birds", "小明的密码是多少？"])
def test_bm25_is_its_formula(question):
    scores = Bm25(TEXTS).scores(question)
    bags = [terms_of(text) for text in TEXTS]
    mean = sum(map(len, bags)) / len(bags)
    for place, bag in enumerate(bags):
        expected = 0.0
        for term in set(terms_of(question)):
            having = sum(term in one for one in bags)
            idf = math.log(1 + (len(bags) - having + 0.5) / (having + 0.5))
            times = bag.count(term)
            expected += idf * times * (K1 + 1) / (times + K1 * (1 - B + B * len(bag) / mean))
        assert scores[place] == pytest.approx(expected)
    assert int(scores.argmax()) == {"W": 0, "b": 2, "小": 3}[question[0]]


def test_equal_scores_share_their_place():
    scores = np.array([2.0, 5.0, 2.0, 7.0, 2.0, 0.0])
    expected = [1 + sum(other > one for other in scores) for one in scores]
    assert places(scores).tolist() == expected
    assert best(scores, 4).tolist() == [3, 1, 0, 2]
    assert best(scores, 99).tolist() == [3, 1, 0, 2, 4, 5]


def test_reciprocal_ranks_join_words_and_meaning():
    words = np.array([0.0, 3.0, 1.0, 2.0])
    meaning = np.array([0.9, 0.1, 0.8, 0.2], dtype=np.float32)
    found = {one.passage: one for one in ranked(words, meaning, "hybrid", 4)}
    assert (found[0].by_words, found[0].by_meaning) == (0, 1)
    assert (found[1].by_words, found[1].by_meaning) == (1, 4)
    assert found[2].score == pytest.approx(1 / (K + 3) + 1 / (K + 2))
    assert found[0].score == pytest.approx(1 / (K + 1))
    order = [one.passage for one in ranked(words, meaning, "hybrid", 4)]
    assert order == sorted(found, key=lambda at: -found[at].score)
    assert [one.passage for one in ranked(words, None, "bm25", 2)] == [1, 3]
    assert [one.passage for one in ranked(None, meaning, "embeddings", 2)] == [0, 2]


def test_cosines_are_exact_and_what_all_share_is_taken_away():
    rng = np.random.default_rng(1)
    vectors = (rng.normal(size=(50, 8)) + 100).astype(np.float32)
    asked = vectors[7] + rng.normal(size=8).astype(np.float32) * 0.01
    plain = Meaning(vectors, centred=False).cosines(asked)
    expected = vectors @ asked / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(asked))
    assert plain == pytest.approx(expected, abs=1e-5)
    centred = Meaning(vectors, centred=True).cosines(asked)
    assert int(centred.argmax()) == 7
    assert np.sort(centred)[-2] < 0.9 < np.sort(plain)[-2]


def test_own_states_are_means_over_each_text_whatever_stands_beside_it():
    model, tokenizer = tiny_model("llama", 2)
    found = _encoded(model.base_model, tokenizer, TEXTS, 512, _mean, no_check)
    for place, text in enumerate(TEXTS):
        ids = torch.tensor([tokenizer(text)["input_ids"]])
        with torch.no_grad():
            states = model.base_model(input_ids=ids).last_hidden_state[0]
        assert found[place] == pytest.approx(states.mean(0).numpy(), abs=1e-5)


def test_a_sentence_transformers_folder_is_pooled_as_it_says(tmp_path):
    from transformers import AutoModel, AutoTokenizer

    folder = sentence_folder(tmp_path)
    encoder = SentenceEncoder(folder, torch.device("cpu"))
    model = AutoModel.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for question, lead in ((True, "query: "), (False, "")):
        found = encoder.encode(TEXTS[:3], question, no_check)
        for place, text in enumerate(TEXTS[:3]):
            ids = torch.tensor([tokenizer(lead + text)["input_ids"]])
            with torch.no_grad():
                first = model(input_ids=ids).last_hidden_state[0, 0]
            assert found[place] == pytest.approx(first.numpy(), abs=1e-4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kinds": ("Transformer", "Pooling", "Dense")}, "Dense"),
        ({"mode": "weightedmean_tokens"}, "pooling"),
    ],
)
def test_an_encoder_with_other_parts_is_refused(tmp_path, change, said):
    with pytest.raises(ModelLoadError, match=said):
        SentenceEncoder(sentence_folder(tmp_path, **change), torch.device("cpu"))


def test_a_folder_that_is_no_encoder_is_refused(tmp_path):
    with pytest.raises(ModelLoadError, match="sentence-transformers"):
        SentenceEncoder(tmp_path, torch.device("cpu"))
