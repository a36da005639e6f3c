"""What the page Attention looks at: a text that was typed, or an answer that was just given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from engine.inspection.inspect_spec import InspectSpec, MaskChoice
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.prompting.render import Message, Segment
from workbench.viewmodels.compare_column import Column

Origin = Literal["typed", "answer", "demonstration"]

STORIES: dict[Language, tuple[str, str]] = {
    "en": (
        "Solve the problem.\nAnna has 12 apples. Anna gives away 4. Anna buys 7 more. "
        "How many apples does Anna have?",
        "12 - 4 = 8. 8 + 7 = 15. The answer is ",
    ),
    "zh": (
        "解答题目。\n小明有12个苹果。小明送出4个。小明又买来7个。小明有多少个苹果？",
        "12 - 4 = 8。8 + 7 = 15。答案是",
    ),
}
"""Question and the answer so far."""


@dataclass(frozen=True)
class AttentionCase:
    """A text and the model that reads it.

    Attributes:
        model: Which model, and how it is loaded.
        text: What it reads, as it is.
        ids: The exact tokens of a prompt and its answer; they win over `text`.
        target: The answer so far (`chat`), or the decoder's text of an encoder-decoder; empty =
            what that model says itself.
        chat: Whether the text is put to the model as a question, in its chat format.
        since: First token of the answer in `ids`, where an answer is looked at.
        origin: Where the case comes from.
        title: The column's name, for an answer.
        mask: The mask to run with.
    """

    model: ModelRef = field(default_factory=ModelRef)
    text: str = ""
    ids: tuple[int, ...] = ()
    target: str = ""
    chat: bool = False
    since: int = 0
    origin: Origin = "typed"
    title: str = ""
    mask: MaskChoice = field(default_factory=MaskChoice)

    def spec(self) -> InspectSpec:
        """The job that looks inside."""
        if self.chat and not self.ids:
            return InspectSpec(
                model=self.model, messages=self.messages(), answer=self.target, mask=self.mask
            )
        return InspectSpec(
            model=self.model, text=self.text, ids=self.ids, target=self.target, mask=self.mask
        )

    def messages(self) -> tuple[Message, ...]:
        """The text as a user's message, when it is put as a question."""
        asks = self.chat and not self.ids and bool(self.text)
        return (Message("user", (Segment("input", self.text),)),) if asks else ()

    def typed(self, text: str, target: str, chat: bool) -> AttentionCase:
        """The person typed something else: the tokens of an answer are no longer meant."""
        if (text, target, chat) == (self.text, self.target, self.chat):
            return self
        if self.origin == "demonstration" and text != self.text and target == self.target:
            target = ""  # the sample's answer answers nothing else
        return replace(
            self, text=text, target=target, chat=chat, ids=(), since=0, origin="typed", title=""
        )


@dataclass(frozen=True)
class StatesWish:
    """A case whose attention is to be compared with that of another state.

    Attributes:
        case: What the first state reads.
        second: The other state, or another model.
    """

    case: AttentionCase
    second: ModelRef


def demonstration(language: Language, model: ModelRef) -> AttentionCase:
    """A story whose steps are under way: which number does the model look at?"""
    question, answer = STORIES[language]
    return AttentionCase(model, question, target=answer, chat=True, origin="demonstration")


def case_of_column(column: Column) -> AttentionCase | None:
    """Prompt and answer of a finished column, token by token; None while there is none."""
    result = column.result
    if result is None or result.generation is None or not result.prompt_ids:
        return None
    generation = result.generation
    said = [token.id for token in generation.tokens]
    if generation.finish == "stop-token" and said:
        said.pop()  # what ends an answer says nothing; the place before it does
    ref = column.spec.models[column.key.model]
    plain = replace(ref.options, allow_pickle=False, trust_remote_code=False)
    sent = "".join(part.text for part in result.sent)
    return AttentionCase(
        model=replace(ref, options=plain),
        text=sent + generation.text,
        ids=(*result.prompt_ids, *said),
        since=len(result.prompt_ids),
        origin="answer",
        title=column.variant.label,
    )
