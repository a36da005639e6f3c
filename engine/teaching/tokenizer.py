"""The teaching tokenizer: whole words of our world, single digits, and bytes for all the rest.

Text is split by one pattern (operators with their spaces, digits, English words with the space
before them, known Chinese words, single characters); a piece that is in the vocabulary is one
token, any other falls back to byte pairs. Nothing is lost: every text decodes to itself.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from engine.teaching.chat import BOS, CHAT_TEMPLATE, END, PAD, SPECIAL_TOKENS

VOCABULARY = 1664
MERGES = 420
_HAN = "\u4e00-\u9fff"


def split_pattern(chinese_words: Iterable[str]) -> str:
    """The pattern whose matches are the pieces; longer Chinese words win over shorter ones."""
    words = "|".join(sorted(chinese_words, key=lambda word: (-len(word), word)))
    return (
        r"\. (?=\d)"  # between two steps
        r"| (?:\*\*|==|[+\-*/%=><]) (?=[\w(\[])"  # an operator in its spaces
        r"|\d"
        r"| ?[A-Za-z]+"
        rf"|{words}"
        rf"|[{_HAN}]"
        r"| (?=\d)|\n|\s+|[^\sA-Za-z\d]"
    )


def byte_alphabet() -> dict[int, str]:
    """The printable stand-in for each byte that byte-level tokenizers use."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in shown}
    hidden = [byte for byte in range(256) if byte not in table]
    return table | {byte: chr(256 + index) for index, byte in enumerate(hidden)}


def as_bytes(piece: str) -> str:
    """A piece in the byte alphabet, as it stands in the vocabulary."""
    table = byte_alphabet()
    return "".join(table[byte] for byte in piece.encode())


def count_pieces(texts: Iterable[str], chinese_words: Iterable[str]) -> Counter[str]:
    """How often each piece occurs in ``texts`` (special tokens cut out)."""
    pattern = re.compile(split_pattern(chinese_words))
    special = re.compile("|".join(re.escape(token) for token in SPECIAL_TOKENS))
    found: Counter[str] = Counter()
    for text in texts:
        found.update(pattern.findall(special.sub("\n", text)))
    return found


def build(texts: list[str], chinese_words: Iterable[str]) -> PreTrainedTokenizerFast:
    """A tokenizer whose single tokens are the frequent pieces of ``texts``."""
    words = sorted(set(chinese_words))
    pieces = count_pieces(texts, words)
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    splitter = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(split_pattern(words)), "isolated"), byte_level]
    )
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = splitter
    alphabet = sorted(byte_alphabet().values())
    trainer = trainers.BpeTrainer(
        vocab_size=256 + MERGES, initial_alphabet=alphabet, show_progress=False
    )
    english = sorted(piece for piece in pieces if piece.strip().isascii() and len(piece) > 2)
    learner.train_from_iterator(english, trainer)
    learned = json.loads(learner.to_str())["model"]
    merges = [tuple(merge) for merge in learned["merges"]]
    vocabulary = list(SPECIAL_TOKENS) + sorted(
        learned["vocab"], key=lambda token: learned["vocab"][token]
    )
    known = set(vocabulary)
    for piece, count in sorted(pieces.items(), key=lambda pair: (-pair[1], pair[0])):
        token = as_bytes(piece)
        if len(vocabulary) < VOCABULARY and count >= 3 and token not in known:
            known.add(token)
            vocabulary.append(token)
    numbered = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.BPE(vocab=numbered, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = splitter
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=END,
        pad_token=PAD,
        extra_special_tokens=[t for t in SPECIAL_TOKENS if t not in (BOS, END, PAD)],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        padding_side="left",
        model_input_names=["input_ids", "attention_mask"],
    )


def load(folder: Path) -> PreTrainedTokenizerFast:
    """The tokenizer saved in ``folder``."""
    loaded = PreTrainedTokenizerFast.from_pretrained(folder)
    assert isinstance(loaded, PreTrainedTokenizerFast)
    return loaded
