"""Passages hold every word once, never cut a sentence that fits, and stay under their headings."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise

import pytest
from transformers import AutoTokenizer

from engine.context.documents.splitting.ruler import Ruler
from engine.context.documents.splitting.sentences import units_of
from engine.context.documents.splitting.split import split
from engine.models.catalog import TEACHING_MODELS
from tests.support.tiny_models import tiny_tokenizer

ENGLISH = (
    "# Keys\n\nMr. Smith has 3.5 keys. “Where?” he asked! Then, e.g. in May, he left.\n\n"
    "## Anna\n\nThe key of Anna is 4821. It is hers.\n\n- a list\n- of two\n\n# Doors\n\nNo door."
)
CHINESE = (
    "第一章 开始\n\n小明说：“走吧！”我们出发了……然后呢？天气很好；风很轻。\n\n"
    "第二节 中间\n密码是4821。\n第二章 结束\n没有了。"
)


@cache
def tokenizer(name):
    return tiny_tokenizer() if name == "bytes" else AutoTokenizer.from_pretrained(name)


def sentences(text):
    return [text[one.start : one.end].strip() for one in units_of(text) if not one.level]


def test_sentences_end_where_people_end_them():
    assert sentences(ENGLISH) == [
        "Mr. Smith has 3.5 keys.", "“Where?”", "he asked!", "Then, e.g. in May, he left.",
        "The key of Anna is 4821.", "It is hers.", "- a list", "- of two", "No door.",
    ]  # fmt: skip
    assert sentences(CHINESE) == [
        "小明说：“走吧！”", "我们出发了……", "然后呢？", "天气很好；风很轻。", "密码是4821。",
        "没有了。",
    ]  # fmt: skip


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, "", "\n\n", "no end", "...", "# only"])
def test_units_cover_the_text(text):
    assert "".join(text[one.start : one.end] for one in units_of(text)) == text


def test_passages_stand_under_their_headings():
    text = CHINESE
    ruler = Ruler(tokenizer("bytes"), text)
    found = {text[one.start : one.end]: one.heading for one in split(text, ruler, 60)}
    assert (
        next(name for body, name in found.items() if "4821" in body) == "第一章 开始 › 第二节 中间"
    )
    assert next(name for body, name in found.items() if "没有了" in body) == "第二章 结束"


@pytest.mark.parametrize("most", [12, 30, 100])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_every_word_is_in_exactly_one_passage_of_at_most_so_many_tokens(text, most):
    ruler = Ruler(tokenizer("bytes"), text)
    spans = split(text, ruler, most)
    assert max(one.tokens for one in spans) <= most
    for one in spans:
        assert one.tokens == len(text[one.start : one.end].encode())
    place = 0
    for one in spans:
        assert not text[place : one.start].strip()
        place = one.end
    assert not text[place:].strip()


def test_a_sentence_that_fits_is_whole_and_one_that_does_not_is_cut_at_a_clause():
    text = "Short one. " + "a clause of words, " * 12 + "and the end. Last one."
    spans = split(text, Ruler(tokenizer("bytes"), text), 80)
    bodies = [text[one.start : one.end] for one in spans]
    assert bodies[0].startswith("Short one. a clause")
    assert all(body.endswith(",") for body in bodies[:-1])
    assert bodies[-1].endswith("Last one.")
    assert max(one.tokens for one in spans) <= 80


def test_a_text_without_any_break_is_cut_between_characters():
    text = "字" * 100
    spans = split(text, Ruler(tokenizer("bytes"), text), 10)  # three tokens per character
    assert "".join(text[one.start : one.end] for one in spans) == text
    assert {one.tokens for one in spans[:-1]} == {9}
    narrow = split(text, Ruler(tokenizer("bytes"), text), 1)
    assert len(narrow) == 100, "a character is never cut, however narrow a passage"


def test_overlap_repeats_whole_sentences():
    text = " ".join(f"Sentence number {at} is here." for at in range(20))
    ruler = Ruler(tokenizer("bytes"), text)
    spans = split(text, ruler, 100, 40)
    assert max(one.tokens for one in spans) <= 100
    for before, after in pairwise(spans):
        repeated = text[after.start : before.end]
        assert repeated.startswith("Sentence number")
        assert repeated.endswith("is here.")
        assert len(repeated) <= 40
    assert len(spans) > len(split(text, ruler, 100))


def test_the_ruler_counts_as_the_tokenizer_does():
    read = tokenizer(str(TEACHING_MODELS / "teach-rope"))
    rng = random.Random(1)
    text = " ".join(rng.choice([*ENGLISH.split(), *CHINESE.split()]) for _ in range(200))
    ruler = Ruler(read, text)
    assert ruler.tokens == len(read(text, add_special_tokens=False)["input_ids"])
    assert ruler.count(0, len(text)) == ruler.tokens
    middle = text.index(" ", len(text) // 2)
    assert ruler.count(0, middle) + ruler.count(middle, len(text)) == ruler.tokens
    end = ruler.furthest(0, 50)
    following = next(at for at in range(end + 1, len(text)) if ruler.count(end, at))
    assert ruler.count(0, end) <= 50 < ruler.count(0, following)
