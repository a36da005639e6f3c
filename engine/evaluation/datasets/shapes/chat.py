"""Conversations as lists of messages, taken apart into system text, earlier turns and question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.prompting.elements import Language, PromptElements

SYSTEM: Final = "system"
HISTORY: Final = "earlier turns"
QUESTION: Final = "question"
REPLY: Final = "reply"
SPEAKERS: Final = {
    "user": "User", "human": "User", "assistant": "Assistant", "gpt": "Assistant",
}  # fmt: skip


def is_chat(value: object) -> bool:
    """Whether a value is a list of messages with role and content."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "role" in one and "content" in one for one in value)
    )


def taken_apart(messages: Sequence[object], *, reply: bool) -> dict[str, str]:
    """A conversation's parts.

    Args:
        messages: Objects with ``role`` and ``content``.
        reply: Whether a last turn of the assistant is the expected answer.
    """
    turns = [
        (_speaker(one), _content(one.get("content"))) for one in messages if isinstance(one, dict)
    ]
    answer = ""
    if reply and turns and turns[-1][0] == "assistant":
        answer = turns.pop()[1]
    system = "\n".join(text for who, text in turns if who == "system")
    spoken = [turn for turn in turns if turn[0] != "system"]
    question = spoken.pop()[1] if spoken else ""
    history = "\n".join(f"{SPEAKERS.get(who, who)}: {text}" for who, text in spoken)
    if not question:  # a set that puts the question into the system text
        system, question = "", system
    parts = {SYSTEM: system, HISTORY: history, QUESTION: question}
    return {**parts, REPLY: answer} if reply else parts


def chat_prompt(columns: Sequence[str], language: Language) -> PromptElements:
    """A prompt for the parts that the conversations have."""
    return PromptElements(
        system="{{system}}" if SYSTEM in columns else "",
        context="{{history}}" if HISTORY in columns else "",
        input="{{input}}",
        language=language,
    )


def chat_variables(columns: Sequence[str]) -> dict[str, str]:
    """Which column fills which variable of `chat_prompt`."""
    named = {"input": QUESTION, "system": SYSTEM, "history": HISTORY}
    return {name: column for name, column in named.items() if column in columns}


def _speaker(message: dict[str, object]) -> str:
    """The role; an example inside the system text (``example_user``) is a turn."""
    name = str(message.get("name", ""))
    if name.startswith("example_"):
        return name.removeprefix("example_")
    role = str(message["role"])
    return "system" if role == "developer" else role


def _content(value: object) -> str:
    """The text of a message; of a list of parts those that are text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [one.get("text", "") for one in value if isinstance(one, dict)]
        return "\n".join(str(part) for part in parts if part)
    return ""
