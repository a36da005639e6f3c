"""The tokens of a text that continues another one."""

from __future__ import annotations

from typing import Final

from transformers import PreTrainedTokenizerBase

TAIL: Final = 64  # characters before the continuation that may take part in its first token


def continuation_ids(tokenizer: PreTrainedTokenizerBase, before: str, text: str) -> tuple[int, ...]:
    """Token ids of `text` as it is spelled after `before`.

    A tokenizer may write a text differently at the start of a string than after another text, so
    both are tokenised together; where the border would fall inside a token, `text` is tokenised
    alone, because the tokens before it are given.
    """
    tail = before[-TAIL:]
    alone = _ids(tokenizer, tail)
    whole = _ids(tokenizer, tail + text)
    if whole[: len(alone)] == alone and len(whole) > len(alone):
        return whole[len(alone) :]
    return _ids(tokenizer, text)


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> tuple[int, ...]:
    return tuple(int(token) for token in tokenizer(text, add_special_tokens=False)["input_ids"])
