"""The words around documents, Chinese and English. Plain ones: small models follow those too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from engine.prompting.elements import Language, PromptElements
from engine.prompting.render import render
from engine.prompting.template import literal

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

ANSWER: Final[dict[Language, str]] = {"en": "Read the text and answer.", "zh": "阅读文本并回答。"}
SUMMARY: Final[dict[Language, str]] = {"en": "Summarise the text.", "zh": "总结这段文字。"}
MAY_PASS: Final[dict[Language, str]] = {
    "en": "Read the text and answer. If it does not say, answer: none.",
    "zh": "阅读文本并回答。如果文中没有说，回答：无。",
}
PASSED: Final = frozenset({"none", "无", "answer: none", "the answer is none", "答案是无"})
COMBINE: Final[dict[Language, str]] = {
    "en": "These are the results for parts of a longer text, in order. Join them into one answer.",
    "zh": "以下是一篇长文各部分的结果，按顺序排列。请把它们合成一个回答。",
}
COMBINE_SUMMARY: Final[dict[Language, str]] = {
    "en": "These are summaries of the parts of a longer text, in order. Write one summary of all.",
    "zh": "以下是一篇长文各部分的总结，按顺序排列。请写成一个总的总结。",
}
REFINE: Final[dict[Language, str]] = {
    "en": "Below are the answer so far and the next part of the text. Improve the answer where "
    "this part helps; otherwise repeat it unchanged.",
    "zh": "下面是目前的回答和文本的下一部分。如果这一部分有帮助，请改进回答；否则原样重复。",
}
REFINE_SUMMARY: Final[dict[Language, str]] = {
    "en": "Below are the summary so far and the next part of the text. Write the summary anew "
    "with what this part adds.",
    "zh": "下面是目前的总结和文本的下一部分。请结合这一部分的内容重写总结。",
}
SO_FAR: Final[dict[Language, str]] = {"en": "So far: ", "zh": "目前："}
NEXT: Final[dict[Language, str]] = {"en": "Next part: ", "zh": "下一部分："}
GAP: Final = "\n"


def asked(
    loaded: LoadedModel, language: Language, context: Sequence[str], question: str
) -> tuple[int, ...]:
    """Tokens of a question about passages; an empty question asks for a summary."""
    instruction = ANSWER[language] if question.strip() else SUMMARY[language]
    return sent(loaded, language, instruction, GAP.join(context), question)


def asked_of_part(
    loaded: LoadedModel, language: Language, part: str, question: str
) -> tuple[int, ...]:
    """The same about one part of a longer text, which need not hold the answer."""
    instruction = MAY_PASS[language] if question.strip() else SUMMARY[language]
    return sent(loaded, language, instruction, part, question)


def passed(text: str) -> bool:
    """Whether a result says that its part does not hold the answer."""
    return text.strip(" .。!！\"“”'*").casefold() in PASSED


def combined(
    loaded: LoadedModel, language: Language, results: Sequence[str], question: str
) -> tuple[int, ...]:
    """Tokens of the request to join results of parts."""
    words = COMBINE if question.strip() else COMBINE_SUMMARY
    return sent(loaded, language, words[language], GAP.join(results), question)


def refined(
    loaded: LoadedModel, language: Language, so_far: str, part: str, question: str
) -> tuple[int, ...]:
    """Tokens of the request to improve an answer by the next part."""
    words = REFINE if question.strip() else REFINE_SUMMARY
    context = f"{SO_FAR[language]}{so_far}{GAP}{NEXT[language]}{part}"
    return sent(loaded, language, words[language], context, question)


def sent(
    loaded: LoadedModel, language: Language, instruction: str, context: str, question: str
) -> tuple[int, ...]:
    """Tokens of a prompt through the model's chat format; braces in a document stay braces."""
    from engine.models.chat import encode

    elements = PromptElements(
        instruction=literal(instruction),
        context=literal(context),
        input=literal(question),
        language=language,
    )
    return encode(loaded, render(elements, {}), language).ids
