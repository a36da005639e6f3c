"""A text as the tokens that a model is run on, and which of them is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from engine.decoding.detokenize import Detokenizer
from engine.errors import BadSpec, PromptError
from engine.inspection.reach import check_reach
from engine.inspection.text_spec import too_long
from engine.models.anatomy import structure_of
from engine.models.architecture import shape_of
from engine.models.chat import encode

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.inspection.inside_spec import InsideSpec
    from engine.inspection.text_spec import ModelTextSpec
    from engine.models.loaded import LoadedModel

Structure = Literal["decoder", "encoder", "encoder-decoder"]


@dataclass(frozen=True)
class InsideText:
    """What a model reads.

    Attributes:
        ids: Tokens of the text (of the encoder, where there is one).
        target_ids: Tokens of the decoder of an encoder-decoder, its start token first; else empty.
        structure: Which kind of model reads it.
        at: The token whose distribution is looked at, from 0, among `read`.
        since: The first token of `read` whose loss counts in a mean.
    """

    ids: tuple[int, ...]
    target_ids: tuple[int, ...]
    structure: Structure
    at: int
    since: int = 0

    @property
    def read(self) -> tuple[int, ...]:
        """The tokens whose states lead to the output: the decoder's, or an encoder's own."""
        return self.target_ids if self.structure == "encoder-decoder" else self.ids


def text_of(loaded: LoadedModel, spec: InsideSpec) -> InsideText:
    """The tokens of a spec; they may be more than the model was trained on.

    Raises:
        PromptError: The text has no token, a token that the model does not have, or too many.
        PromptTooLong: The model's table of positions ends before the text does.
        BadSpec: The token to look at does not exist.
    """
    structure = structure_in(loaded.model)
    ids, answered = read_ids(loaded, spec, keep_end=structure != "decoder")
    since = spec.since or answered
    target: tuple[int, ...] = ()
    if structure == "encoder-decoder":
        target = spec.target_ids or _target(loaded, spec.target)
    return checked(loaded, InsideText(ids, target, structure, spec.at, since))


def checked(loaded: LoadedModel, text: InsideText) -> InsideText:
    """The text with its place counted from 0; raises as `text_of` does."""
    if not text.ids:
        raise PromptError("There is no text to look at.", "Type at least one character.")
    check_ids(loaded, text.ids)
    check_ids(loaded, text.target_ids)
    if not 0 <= text.since < len(text.read):
        raise BadSpec(
            f"No token is left from token {text.since} on, so there is no loss to average.",
            "Begin with an earlier token.",
        )
    return replace(text, at=_place(loaded, text))


def check_ids(loaded: LoadedModel, ids: tuple[int, ...]) -> None:
    """Refuse tokens that a model cannot read.

    Raises:
        PromptError: One that the model does not have, or more than can be looked at.
        PromptTooLong: More than its table of positions has rows.
    """
    too_long(len(ids))
    known = shape_of(loaded.model.config).vocabulary
    if any(not 0 <= token < known for token in ids):
        raise PromptError(
            "The text has a token that this model does not know.",
            "Give the text, or tokens of this model.",
        )
    check_reach(loaded.model, len(ids))


def read_ids(
    loaded: LoadedModel, spec: ModelTextSpec, *, keep_end: bool
) -> tuple[tuple[int, ...], int]:
    """The tokens that a spec asks for: its own, or prompt and answer; and where the answer begins.

    Args:
        loaded: The model.
        spec: What to read.
        keep_end: As `plain_ids` has it.
    """
    if spec.ids:
        return spec.ids, 0
    if spec.messages:
        ids = encode(loaded, spec.messages, spec.language).ids
    else:
        ids = plain_ids(loaded, spec.text, keep_end=keep_end)
    return ids + _said(loaded, spec.answer), len(ids) if spec.answer else 0


def _said(loaded: LoadedModel, text: str) -> tuple[int, ...]:
    """Tokens that follow a prompt, without special ones."""
    ids = loaded.tokenizer(text, add_special_tokens=False)["input_ids"] if text else []
    return tuple(int(token) for token in ids)


def plain_ids(loaded: LoadedModel, text: str, *, keep_end: bool) -> tuple[int, ...]:
    """A text's tokens with the tokenizer's special ones; an end that would close it is left out."""
    ids = [int(token) for token in loaded.tokenizer(text, verbose=False)["input_ids"]]
    end = loaded.tokenizer.eos_token_id
    if not keep_end and len(ids) > 1 and ids[-1] == end:
        ids.pop()
    return tuple(ids)


def structure_in(model: PreTrainedModel) -> Structure:
    """Which stacks a model has and what it predicts."""
    name = structure_of(model.config)
    if name == "encoder":
        return "encoder"
    return "encoder-decoder" if name == "encoder-decoder" else "decoder"


def labels(loaded: LoadedModel, ids: tuple[int, ...]) -> tuple[str, ...]:
    """The tokens as shown."""
    pieces = Detokenizer(loaded.tokenizer)
    return tuple(pieces.label(token) for token in ids)


def _target(loaded: LoadedModel, text: str) -> tuple[int, ...]:
    config = loaded.model.config
    start = getattr(config, "decoder_start_token_id", None)
    if start is None:
        start = loaded.tokenizer.bos_token_id or 0
    return (int(start), *_said(loaded, text))


def _place(loaded: LoadedModel, text: InsideText) -> int:
    mask = loaded.tokenizer.mask_token_id
    if text.structure == "encoder" and text.at == -1 and mask in text.ids:
        return text.ids.index(mask)
    count = len(text.read)
    at = text.at + count if text.at < 0 else text.at
    if not 0 <= at < count:
        raise BadSpec(
            f"There is no token {text.at}: the text has {count}, from 0.", "Choose one of them."
        )
    return at
