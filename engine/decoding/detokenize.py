"""Token ids to text, one token at a time, without decoding the answer again at each step.

Byte-level and SentencePiece-style tokenizers map each id to fixed bytes, so an answer's text is
the UTF-8 decoding of the joined bytes: each row keeps an incremental decoder that holds back the
bytes of an unfinished character. Any other decoder is asked for a short window of ids, twice.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
SPACE_MARK = "\u2581"


@dataclass(frozen=True)
class Scheme:
    """How a tokenizer turns ids into text.

    Attributes:
        kind: ``"byte-level"``, ``"sentencepiece"``, or ``"other"``.
        strip: Leading spaces removed from the whole text.
    """

    kind: Literal["byte-level", "sentencepiece", "other"]
    strip: int = 0


def scheme_of(tokenizer: PreTrainedTokenizerBase) -> Scheme:
    """Read the scheme off a fast tokenizer's decoder."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    decoder = getattr(backend, "decoder", None)
    if decoder is None:
        return Scheme("other")
    state = json.loads(decoder.__getstate__())
    steps = state["decoders"] if state["type"] == "Sequence" else [state]
    kinds = {step["type"] for step in steps}
    if kinds == {"ByteLevel"}:
        return Scheme("byte-level")
    if kinds == {"Metaspace"} and steps[0].get("replacement", SPACE_MARK) == SPACE_MARK:
        return Scheme("sentencepiece", int(steps[0].get("prepend_scheme", "always") != "never"))
    replaced = [step for step in steps if step["type"] == "Replace"]
    spaces = all(
        step["pattern"] == {"String": SPACE_MARK} and step["content"] == " " for step in replaced
    )
    if replaced and spaces and kinds <= {"Replace", "ByteFallback", "Fuse", "Strip"}:
        strips = [step for step in steps if step["type"] == "Strip"]
        if all(step["content"] == " " and step["stop"] == 0 for step in strips):
            return Scheme("sentencepiece", sum(step["start"] for step in strips))
    return Scheme("other")


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table: printable bytes stand for themselves, the others from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in plain}
    hidden = [byte for byte in range(256) if byte not in plain]
    table.update({chr(0x100 + index): byte for index, byte in enumerate(hidden)})
    return table


class Detokenizer:
    """The pieces of one tokenizer, looked up once per id."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self.tokenizer = tokenizer
        self.scheme = scheme_of(tokenizer)
        added = getattr(tokenizer, "added_tokens_decoder", {})
        self.special = frozenset(id for id, token in added.items() if token.special)
        self._added = {id: token.content for id, token in added.items()}
        self._byte_of = _byte_of_character()
        self._pieces: dict[int, bytes] = {}
        self._labels: dict[int, str] = {}

    def stream(self) -> TextStream:
        """A new answer's text."""
        return WindowStream(self) if self.scheme.kind == "other" else PieceStream(self)

    def label(self, token_id: int) -> str:
        """One token's text by itself, special tokens by name (for lists of candidates)."""
        label = self._labels.get(token_id)
        if label is None:
            if token_id in self._added:
                label = self._added[token_id]
            elif self.scheme.kind == "other":
                label = self.decode([token_id])
            else:
                label = self.piece(token_id).decode("utf-8", "replace")
            self._labels[token_id] = label
        return label

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token adds; none for special tokens and unknown ids."""
        piece = self._pieces.get(token_id)
        if piece is None:
            piece = self._pieces[token_id] = self._make_piece(token_id)
        return piece

    def decode(self, ids: Sequence[int]) -> str:
        """The tokenizer's own decoding, special tokens left out, spaces as they are."""
        return str(
            self.tokenizer.decode(
                list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    def _make_piece(self, token_id: int) -> bytes:
        token = self.tokenizer.convert_ids_to_tokens(token_id)
        if not isinstance(token, str) or token_id in self.special:
            return b""
        if self.scheme.kind == "byte-level":
            values = [self._byte_of.get(character) for character in token]
            known = [value for value in values if value is not None]
            return bytes(known) if len(known) == len(values) else token.encode()
        match = BYTE_TOKEN.fullmatch(token)
        if match:
            return bytes([int(match[1], 16)])
        return token.replace(SPACE_MARK, " ").encode()


class TextStream(Protocol):
    """The growing text of one answer."""

    def feed(self, token_id: int) -> str:
        """The text that this token adds; empty while a character is unfinished."""

    def finish(self) -> str:
        """What is left at the end: the replacement character for unfinished bytes, or nothing."""


class PieceStream:
    """Text of a tokenizer whose tokens are fixed bytes."""

    def __init__(self, pieces: Detokenizer) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._strip = pieces.scheme.strip

    def feed(self, token_id: int) -> str:
        text = self._decoder.decode(self._pieces.piece(token_id))
        if self._strip and text:
            stripped = len(text) - len(text.lstrip(" "))
            text = text[min(self._strip, stripped) :]
            self._strip = 0
        return text

    def finish(self) -> str:
        return self._decoder.decode(b"", True)


class WindowStream:
    """Text of any other tokenizer: the difference that a token makes to a window of recent ids."""

    def __init__(self, pieces: Detokenizer) -> None:
        self._pieces = pieces
        self._ids: list[int] = []
        self._begin = 0
        self._shown = 0

    def feed(self, token_id: int) -> str:
        self._ids.append(token_id)
        before = self._pieces.decode(self._ids[self._begin : self._shown])
        after = self._pieces.decode(self._ids[self._begin :])
        if len(after) <= len(before) or after.endswith("\ufffd"):
            return ""
        self._begin, self._shown = self._shown, len(self._ids)
        return after[len(before) :]

    def finish(self) -> str:
        before = self._pieces.decode(self._ids[self._begin : self._shown])
        return self._pieces.decode(self._ids[self._begin :])[len(before) :]
