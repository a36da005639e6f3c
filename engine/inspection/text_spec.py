"""What every question about the inside of a model shares: which text is read. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engine.errors import PromptError
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.prompting.render import Message

MOST_TOKENS: Final = 100_000


@dataclass(frozen=True)
class TextSpec(Spec):
    """Base of the jobs that look into models while they read one text.

    What is read comes from the first of these that is given: `ids`, `messages`, `text`.

    Attributes:
        text: Read as it is, with the special tokens that the tokenizer adds.
        messages: A prompt, rendered as the comparison renders it (chat template).
        language: Of the answer label that ends a prompt without a chat template.
        answer: What the model said to the messages or the text; follows them, so that its own
            attention is seen.
        ids: The tokens themselves (a capture's; prompt and answer of a cell just computed).
        target: What the decoder of an encoder-decoder reads.
        target_ids: Its tokens, the start among them; they win over `target`.
    """

    text: str = ""
    messages: tuple[Message, ...] = ()
    language: Language = "en"
    answer: str = ""
    ids: tuple[int, ...] = ()
    target: str = ""
    target_ids: tuple[int, ...] = ()

    def check(self) -> None:
        if not (self.ids or self.messages or self.text):
            raise PromptError("There is no text to look at.", "Type at least one character.")
        too_long(max(len(self.ids), len(self.target_ids)))


@dataclass(frozen=True)
class ModelTextSpec(TextSpec):
    """The same of one model.

    Attributes:
        model: Which model.
    """

    model: ModelRef = field(default_factory=ModelRef)


def too_long(tokens: int) -> None:
    """Raise `PromptError` above `MOST_TOKENS`."""
    if tokens > MOST_TOKENS:
        raise PromptError(
            f"The text has {tokens:,} tokens; at most {MOST_TOKENS:,} can be looked at.",
            "Shorten it.",
        )
