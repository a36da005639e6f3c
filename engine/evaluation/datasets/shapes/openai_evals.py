"""OpenAI evals: ``input`` (a text or messages) and ``ideal`` (one answer or several)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from engine.evaluation.datasets.asserts import Assert, AssertSet, written
from engine.evaluation.datasets.dataset import ASSERTS, Shell
from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape
from engine.evaluation.datasets.shapes.chat import (
    QUESTION,
    chat_prompt,
    chat_variables,
    is_chat,
    taken_apart,
)
from engine.prompting.elements import Language, PromptElements
from engine.prompting.tables import shown


class OpenAIEvals(Shape):
    """Of several accepted answers any counts, as a beginning of the reply (its ``Match``)."""

    id: ClassVar[str] = "openai-evals"

    def fits(self, sample: Sample) -> str:
        if sample.every("input", "ideal"):
            return "every record has “input” and “ideal”"
        return ""

    def rows(self, fields: dict[str, object], shell: Shell) -> Iterable[dict[str, str]]:
        asked = fields.get("input")
        others = {
            key: shown(value) for key, value in fields.items() if key not in ("input", "ideal")
        }
        row = (
            taken_apart(asked, reply=False)  # type: ignore[arg-type]  # `is_chat` saw a list
            if is_chat(asked)
            else {QUESTION: shown(asked)}
        )
        row = {key: text for key, text in row.items() if text or key == QUESTION}
        ideal = fields.get("ideal")
        if isinstance(ideal, list) and len(ideal) > 1:
            any_of = tuple(Assert("starts-with", (shown(one),)) for one in ideal)
            row[ASSERTS] = written(AssertSet(any_of, 1 / len(any_of)))
        else:
            row["ideal"] = shown(ideal)
        yield {**row, **others}

    def roles(self, columns: Sequence[str]) -> Roles:
        return Roles(chat_variables(columns), ASSERTS if ASSERTS in columns else "ideal")

    def prompt(self, columns: Sequence[str], shell: Shell, language: Language) -> PromptElements:
        return chat_prompt(columns, language)
