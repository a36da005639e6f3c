"""Fine-tuning conversations: ``{"messages": […]}``, the last reply being the expected answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from engine.evaluation.datasets.dataset import Shell
from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape
from engine.evaluation.datasets.shapes.chat import (
    QUESTION,
    REPLY,
    chat_prompt,
    chat_variables,
    is_chat,
    taken_apart,
)
from engine.prompting.elements import Language, PromptElements
from engine.prompting.tables import shown


class Messages(Shape):
    """Everything before the last reply is the question and what led to it."""

    id: ClassVar[str] = "messages"

    def fits(self, sample: Sample) -> str:
        if sample.every("messages") and all(is_chat(one["messages"]) for one in sample.fields):
            return "every record has “messages”"
        return ""

    def rows(self, fields: dict[str, object], shell: Shell) -> Iterable[dict[str, str]]:
        messages = fields.get("messages")
        parts = taken_apart(messages if isinstance(messages, list) else [], reply=True)
        kept = {key: text for key, text in parts.items() if text or key == QUESTION}
        yield {**kept, **{k: shown(value) for k, value in fields.items() if k != "messages"}}

    def roles(self, columns: Sequence[str]) -> Roles:
        return Roles(chat_variables(columns), REPLY if REPLY in columns else "")

    def prompt(self, columns: Sequence[str], shell: Shell, language: Language) -> PromptElements:
        return chat_prompt(columns, language)
