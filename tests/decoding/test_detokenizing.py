"""Text token by token equals the tokenizer's own decoding of the whole."""

from __future__ import annotations

import random

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from engine.decoding.detokenize import Detokenizer
from tests.support.tiny_models import tiny_tokenizer

TEXTS = [
    "plain words, and  spaces ",
    "北京是否比上海大？是的。",
    "emoji 👩‍🔬🎉 and é ñ",
    "",
    "\n\ttabs\n",
]


def wordpieces() -> PreTrainedTokenizerFast:
    """A decoder that joins pieces in ways no single piece shows."""
    vocabulary = {"[UNK]": 0, "he": 1, "##llo": 2, "wor": 3, "##ld": 4, "!": 5, "[SEP]": 6}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece(cleanup=False)
    return PreTrainedTokenizerFast(tokenizer_object=backend, sep_token="[SEP]")


def sentencepiece(metaspace: bool) -> PreTrainedTokenizerFast:
    """Llama-2's arrangement: marked spaces and byte tokens; or Metaspace alone."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    pieces += ["▁", "▁he", "llo", "▁wor", "ld", "北", "京", "▁▁"]
    backend = Tokenizer(
        models.BPE({p: i for i, p in enumerate(pieces)}, [], unk_token="<unk>", byte_fallback=True)
    )
    backend.decoder = (
        decoders.Metaspace()
        if metaspace
        else decoders.Sequence(
            [
                decoders.Replace("▁", " "),
                decoders.ByteFallback(),
                decoders.Fuse(),
                decoders.Strip(" ", 1, 0),
            ]
        )
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )


def streamed(tokenizer, ids) -> list[str]:
    stream = Detokenizer(tokenizer).stream()
    return [*(stream.feed(token) for token in ids), stream.finish()]


def whole(tokenizer, ids) -> str:
    return tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)


@pytest.mark.parametrize("text", TEXTS)
def test_byte_level_text(text: str) -> None:
    tokenizer = tiny_tokenizer()
    ids = tokenizer(text, add_special_tokens=False).input_ids
    parts = streamed(tokenizer, ids)
    assert "".join(parts) == text == whole(tokenizer, ids)
    assert not any("\ufffd" in part for part in parts)


def test_a_character_appears_with_its_last_byte() -> None:
    tokenizer = tiny_tokenizer()
    ids = tokenizer("a京b", add_special_tokens=False).input_ids
    assert streamed(tokenizer, ids) == ["a", "", "", "京", "b", ""]


def test_random_bytes_agree_with_the_tokenizer() -> None:
    tokenizer = tiny_tokenizer()
    rng = random.Random(0)
    for _ in range(200):
        ids = [rng.randrange(0, 260) for _ in range(rng.randrange(1, 12))]
        assert "".join(streamed(tokenizer, ids)) == whole(tokenizer, ids)


def test_added_tokens_that_are_not_special_are_text() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens([AddedToken("<tool 工具>", special=False)])
    new = tokenizer.convert_tokens_to_ids("<tool 工具>")
    ids = [100, new, 101, tokenizer.eos_token_id]
    assert "".join(streamed(tokenizer, ids)) == whole(tokenizer, ids)
    assert "<tool 工具>" in whole(tokenizer, ids)


@pytest.mark.parametrize("metaspace", [False, True])
def test_sentencepiece_text(metaspace: bool) -> None:
    tokenizer = sentencepiece(metaspace)
    assert Detokenizer(tokenizer).scheme.kind == "sentencepiece"
    names = ["▁he", "llo", "▁wor", "ld", "北", "京", "▁", "▁he", "</s>"]
    ids = tokenizer.convert_tokens_to_ids(names)
    assert "".join(streamed(tokenizer, ids)) == whole(tokenizer, ids)
    assert whole(tokenizer, ids).startswith("hello world北京")


def test_byte_tokens_of_sentencepiece() -> None:
    tokenizer = sentencepiece(metaspace=False)
    names = ["▁he", *(f"<0x{byte:02X}>" for byte in "海🎉".encode()), "llo"]
    ids = tokenizer.convert_tokens_to_ids(names)
    assert "".join(streamed(tokenizer, ids)) == "he海🎉llo" == whole(tokenizer, ids)


def test_any_other_decoder_through_a_window() -> None:
    tokenizer = wordpieces()
    assert Detokenizer(tokenizer).scheme.kind == "other"
    ids = [1, 2, 3, 4, 5, 6, 1, 4]
    assert "".join(streamed(tokenizer, ids)) == whole(tokenizer, ids) == "hello world ! held"


def test_labels_name_single_tokens() -> None:
    pieces = Detokenizer(tiny_tokenizer())
    assert pieces.label(tiny_tokenizer()("A").input_ids[-1]) == "A"
    assert pieces.label(2) == "</s>"
    assert pieces.label(100_000) == ""
    llama = Detokenizer(sentencepiece(metaspace=False))
    place = llama.tokenizer.convert_tokens_to_ids("▁wor")
    assert llama.label(place) == " wor"
