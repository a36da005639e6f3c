"""The tokenizer loses nothing, whatever is typed, and keeps our words whole."""

import random

import pytest

from engine.prompting.render import render
from engine.teaching.chat import ROLE, SPECIAL_TOKENS
from engine.teaching.measures import prompt
from engine.teaching.tasks import generate

TEXTS = [
    "",
    " ",
    "  two  spaces\tand a tab\r\n\r\nlines\n",
    "Tom has 12 apples. 3 + 5 = 8. 8 * 2 = 16.",
    "北京是否比上海大？北京是否比上海大?",
    "naïve café — “quoted” … ½ €",
    "emoji 🎉👩‍👩‍👧 and flags 🇨🇳",
    "عربى עברית हिन्दी ไทย 한국어 日本語",
    "\u0000\u0001\u007f\ufeff\u200b\u2028",
    "e\u0301 combining, ﬁ ligature, \U0010ffff",
    "x**2==y % 3 >= 1",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_exactly(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False).input_ids
    assert tokenizer.decode(ids, skip_special_tokens=False) == text


def test_random_unicode_comes_back_exactly(tokenizer):
    rng = random.Random(0)
    ranges = [(32, 126), (0xA0, 0x24F), (0x4E00, 0x9FFF), (0x1F300, 0x1F6FF), (0, 0x10FFFF)]
    for _ in range(400):
        text = "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randint(1, 30)))
        text = "".join(c for c in text if not 0xD800 <= ord(c) <= 0xDFFF)
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert tokenizer.decode(ids, skip_special_tokens=False) == text


def test_digits_and_words_of_the_world_are_single_tokens(tokenizer):
    def count(text):
        return len(tokenizer(text, add_special_tokens=False).input_ids)

    assert count("1234567890") == 10
    for word in ("北京", "上海", "小明", "平方公里", " apples", " Beijing", "Tom", " + "):
        assert count(word if word != " + " else "3 + 5") == (1 if word != " + " else 3), word


def test_special_tokens_are_single_and_the_template_writes_our_format(tokenizer):
    for token in SPECIAL_TOKENS:
        assert len(tokenizer(token, add_special_tokens=False).input_ids) == 1
    for item in generate("conversation", "en", 5, 1) + generate("rule", "zh", 5, 1, shots=3):
        messages = render(
            item.elements, {}, shots=item.elements.examples, examples_as=item.examples_as
        )
        chat = [{"role": m.role, "content": m.content} for m in messages]
        text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        assert text == prompt(item)
        assert text.endswith(ROLE["assistant"])
