"""What every question about the inside of a model shares: which model reads which text.

Free of torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.errors import BadSpec, PromptError
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.prompting.render import Message

MOST_TOP = 200


@dataclass(frozen=True)
class InsideSpec(Spec):
    """Base of the jobs that look into a model while it reads one text.

    Attributes:
        model: Which model.
        text: What it reads, as it is, with the special tokens that the tokenizer adds.
        messages: A prompt, rendered as the comparison renders it; wins over `text`.
        language: Of the answer label that ends a prompt without a chat template.
        answer: What the model said to the messages or the text; follows them.
        ids: The tokens themselves (a capture's, a finished answer's); they win over all of these.
        since: The first token whose loss counts where losses are averaged (an answer's first);
            0 = where `answer` begins, without one the whole text.
        target: What the decoder of an encoder-decoder reads.
        target_ids: Its tokens; they win over `target`.
        at: The token whose distribution is shown, from 0 or counted from the end; -1 is the last
            one, of an encoder its first mask.
        top: How many of the likeliest tokens to name.
    """

    model: ModelRef = field(default_factory=ModelRef)
    text: str = ""
    messages: tuple[Message, ...] = ()
    language: Language = "en"
    answer: str = ""
    ids: tuple[int, ...] = ()
    since: int = 0
    target: str = ""
    target_ids: tuple[int, ...] = ()
    at: int = -1
    top: int = 10

    def check(self) -> None:
        if not (self.ids or self.messages or self.text):
            raise PromptError("There is no text to look at.", "Type at least one character.")
        check_top(self.top)


def check_top(top: int) -> None:
    """Raise `BadSpec` for a number of named tokens that no list shows."""
    if not 1 <= top <= MOST_TOP:
        raise BadSpec(
            f"{top} likeliest tokens cannot be shown.", f"Give a number from 1 to {MOST_TOP}."
        )
