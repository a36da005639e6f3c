"""Keys in filler and sliding windows, against one plain forward pass per question or window."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import cast

import pytest
import torch

from engine.context.methods import applied, method_of
from engine.context.probes.cells import Cell
from engine.context.probes.haystack import haystack
from engine.context.probes.passkey import Answered, Asked, ask
from engine.context.probes.perplexity import Stream, perplexity, stream
from engine.context.probes.reading import Reader
from engine.errors import BadSpec
from engine.evaluation.statistics.wilson import wilson
from engine.models.loaded import LoadedModel
from engine.models.reference import ModelRef
from engine.models.spec import LoadedInfo
from engine.models.weights import WeightFiles
from engine.teaching.tasks.item import split_of
from engine.text_source import TextSource
from tests.support.tiny_models import CHAT_TEMPLATE, tiny_model, tiny_tokenizer


def nothing() -> None:
    return


@lru_cache
def held(family="llama"):
    model, _ = tiny_model(family)
    with torch.no_grad():
        draw = torch.Generator().manual_seed(5)
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.copy_(torch.randn(weight.shape, generator=draw) * 0.2)
    files, info = cast(WeightFiles, None), cast(LoadedInfo, None)
    return LoadedModel(
        model, tiny_tokenizer(CHAT_TEMPLATE), ModelRef(family), Path(), files, info
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("tokens", [700, 1500])
def test_a_haystack_is_as_long_as_asked_and_holds_its_keys(tokens, language):
    loaded = held()
    found = haystack(loaded, tokens, 4, language, seed=7)
    text = [loaded.tokenizer.decode(list(one.ids)) for one in found.questions]
    places = []
    for one, said in zip(found.questions, text, strict=True):
        assert tokens - 80 < len(one.ids) <= tokens
        key = loaded.tokenizer.decode([one.ids[place] for place in one.digits])
        assert key.isdecimal()
        assert len(key) in (4, 5)
        assert said.count(key) == 2  # hidden, and in the answer
        assert split_of(f"key {key}") == "held-out"
        places.append(said.index(key) / len(said))
    assert [one.depth for one in found.questions] == [0.125, 0.375, 0.625, 0.875]
    assert places == pytest.approx([0.125, 0.375, 0.625, 0.875], abs=0.1)
    beginnings = {one.ids[: found.shared] for one in found.questions}
    assert len(beginnings) == 1
    assert len({one.ids[: found.shared + 1] for one in found.questions}) > 1
    assert haystack(loaded, tokens, 4, language, seed=7) == found
    assert haystack(loaded, tokens, 4, language, seed=8) != found


def test_keys_that_do_not_fit():
    with pytest.raises(BadSpec, match="do not fit"):
        haystack(held(), 200, 8, "en", seed=0)


@pytest.mark.parametrize("name", ["direct", "yarn", "self-extend", "rerope+log-n", "dynamic"])
@torch.no_grad()
def test_shared_reading_is_one_pass_per_question(name):
    loaded = held()
    text = haystack(loaded, 900, 3, "en", seed=1)
    method = method_of(name)
    with applied(loaded.model, method, 2.0, 900):
        found = ask(loaded.model, text, method.keeps_cache, nothing)
    for one, question in zip(found.answers, text.questions, strict=True):
        with applied(loaded.model, method, 2.0, 900):
            logits = loaded.model(input_ids=torch.tensor([question.ids])).logits[0]
        likely = [int(logits[place - 1].argmax()) for place in question.digits]
        nll = -torch.stack(
            [logits[place - 1].log_softmax(0)[question.ids[place]] for place in question.digits]
        ).mean()
        assert one.right == (likely == [question.ids[place] for place in question.digits])
        assert one.nll == pytest.approx(float(nll), abs=2e-3)


def test_keys_count_as_found_when_every_digit_is_the_likeliest():
    from engine.context.probes.haystack import Question
    from engine.context.probes.passkey import _judged

    question = Question(0.5, (9, 9, 3, 9, 4), (2, 4))  # digits 3 and 4, a 9 between them
    logits = torch.full((4, 10), -5.0)  # of the places before ids 2, 3, 4 and after
    logits[0, 3] = logits[2, 4] = 5.0
    assert _judged(question, logits).right
    logits[2, 4], logits[1, 4] = -5.0, 5.0
    assert not _judged(question, logits).right


def test_reading_in_chunks_and_going_back():
    model = held().model
    ids = torch.randint(4, 250, (300,), generator=torch.Generator().manual_seed(0)).tolist()
    whole = Reader(model, nothing, chunk=0).read(ids, kept=40)
    reader = Reader(model, nothing, chunk=37)
    assert (reader.read(ids, kept=40) - whole).abs().max() < 1e-3
    reader.back(200)
    again = reader.read(ids[200:], kept=40)
    assert (again - whole).abs().max() < 1e-3
    shape = (2, 2, 300, 16)  # keys and values, KV heads, tokens, width
    assert reader.bytes == 2 * 4 * torch.Size(shape).numel()


@torch.no_grad()
def test_perplexity_scores_the_last_stride_of_each_window():
    model = held().model
    draw = torch.Generator().manual_seed(4)
    ids = tuple(torch.randint(4, 250, (260,), generator=draw).tolist())
    scored = tuple(bool(one) for one in torch.randint(0, 2, (260,), generator=draw))
    text = Stream(ids, scored)
    ends = text.ends(longest=180, stride=30, windows=9)
    assert ends == (180, 210, 240)
    total, count = 0.0, 0
    for end in ends:
        window = torch.tensor([ids[end - 100 : end]])
        logs = model(input_ids=window).logits[0].log_softmax(-1)
        for place in range(70, 100):
            if scored[end - 100 + place]:
                total -= float(logs[place - 1, ids[end - 100 + place]])
                count += 1
    found = perplexity(model, text, ends, 100, 30, True, nothing)
    assert found.tokens == count
    assert found.perplexity == pytest.approx(2.718281828459045 ** (total / count), rel=1e-4)


def test_texts_of_the_perplexity(tmp_path):
    tokenizer = tiny_tokenizer()
    lessons = stream(TextSource(), tokenizer, 500, seed=1)
    assert len(lessons.ids) == 500
    assert lessons == stream(TextSource(), tokenizer, 500, seed=1)
    file = tmp_path / "a.txt"
    file.write_text("好 text", encoding="utf-8")
    read = stream(TextSource(str(file)), tokenizer, 500, seed=1)
    assert tokenizer.decode(list(read.ids)) == "好 text"
    assert all(read.scored)
    with pytest.raises(BadSpec, match="cannot be read"):
        stream(TextSource(str(tmp_path / "none.txt")), tokenizer, 5, seed=1)
    rows = tmp_path / "rows.jsonl"  # a data set is read as records, not as its JSON
    rows.write_text('{"question": "a b?", "answer": "c"}\n{"question": "d?", "answer": "e"}')
    read = stream(TextSource(str(rows)), tokenizer, 500, seed=1)
    assert tokenizer.decode(list(read.ids)) == "a b?\nc\n\nd?\ne"
    read = stream(TextSource(str(rows), column="answer"), tokenizer, 500, seed=1)
    assert tokenizer.decode(list(read.ids)) == "c\n\ne"


def test_a_cell_ends_when_its_interval_is_narrow():
    def text(right):
        return Asked(tuple(Answered(at / 8, at < right, 0.5) for at in range(8)), 100)

    cell = Cell(most=40, width=0.25)
    cell.add(text(8), 1.0)
    assert not cell.done  # 8 of 8: 68 to 100 %
    cell.add(text(8), 1.0)
    assert cell.done
    assert cell.interval == wilson(16, 16)
    mixed = Cell(most=40, width=0.25)
    while not mixed.done:
        mixed.add(text(4), 1.0)
    assert mixed.n == 40
    assert [one.n for one in mixed.depths()] == [5] * 8
    assert [one.right for one in mixed.depths()] == [5] * 4 + [0] * 4
