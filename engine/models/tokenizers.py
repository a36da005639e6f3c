"""Tokenizers without their models, for counting while a person types.

These are separate from the tokenizers of loaded models: a fast tokenizer may not be used by two
threads at once, and the loaded ones belong to their lane.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from engine.models.catalog import Found
from engine.models.libraries import ready

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

KEPT: Final = 3

_lock = threading.Lock()
_kept: OrderedDict[tuple[str, int], PreTrainedTokenizerBase] = OrderedDict()


def count_tokens(
    found: Found, texts: tuple[str, ...], trust_remote_code: bool = False
) -> tuple[int, ...]:
    """Tokens of each text, without the special tokens a model would add around it.

    Raises:
        ModelLoadError: The tokenizer cannot be read.
    """
    with _lock:
        tokenizer = _tokenizer(found, trust_remote_code)
        return tuple(
            len(tokenizer(text, add_special_tokens=False)["input_ids"]) if text else 0
            for text in texts
        )


def _tokenizer(found: Found, trust_remote_code: bool) -> PreTrainedTokenizerBase:
    from engine.models.loading import load_tokenizer

    ready()
    file = found.path if found.path.is_file() else found.path / "tokenizer.json"
    key = (str(found.path), file.stat().st_mtime_ns if file.exists() else 0)
    if key not in _kept:
        _kept[key] = load_tokenizer(found, trust_remote_code)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]
