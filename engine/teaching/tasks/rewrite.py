"""Casual requests rewritten as structured prompts: instruction, input, output."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from engine.prompting.elements import Language
from engine.teaching.tasks import arithmetic, base, reasoning
from engine.teaching.tasks.item import Item, elements

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Rewrite the request as a prompt.", "Make this a structured prompt."),
    "zh": ("把请求改写成提示词。", "改写成结构化提示词。"),
}
_LEAD: dict[Language, tuple[str, ...]] = {
    "en": ("hey, can you", "please could you", "I want you to", "um, could you just"),
    "zh": ("嘿，能不能", "麻烦你", "我想让你", "嗯，你可以"),
}
#: casual wording, the instruction, the output line; per language
_KINDS: dict[str, dict[Language, tuple[str, str, str]]] = {
    "summary": {
        "en": ("make this short", "Summarise the text.", "one sentence"),
        "zh": ("把这个缩短一下", "总结这段文字。", "一句话"),
    },
    "class": {
        "en": ("say if they liked it", "Classify the review.", "positive or negative"),
        "zh": ("看看他们喜不喜欢", "给评论分类。", "正面或负面"),
    },
    "story": {
        "en": ("tell me the number here", "Solve the problem.", "a number"),
        "zh": ("告诉我这里的数字", "解决这个问题。", "一个数字"),
    },
    "order": {
        "en": ("tell me who it is", "Answer the question.", "a name"),
        "zh": ("告诉我是谁", "回答问题。", "一个名字"),
    },
}


def make(rng: random.Random, language: Language) -> Item:
    """A casual request and its structured form with the same content."""
    kind = rng.choice(sorted(_KINDS))
    makers: dict[str, Callable[[random.Random, Language], Item]] = {
        "summary": base.make_summary,
        "class": base.make_classification,
        "story": lambda r, lang: arithmetic.make(r, lang, low=2, high=3),
        "order": reasoning.make_order,
    }
    source = makers[kind](rng, language)
    content = source.elements.input
    wording, instruction, output = _KINDS[kind][language]
    lead = rng.choice(_LEAD[language])
    if language == "en":
        casual = f"{lead} {wording}: {content}"
        prompt = f"Instruction: {instruction}\nInput: {content}\nOutput: {output}"
    else:
        casual = f"{lead}{wording}：{content}"
        prompt = f"指令：{instruction}\n输入：{content}\n输出：{output}"
    return replace(
        source,
        task="rewrite",
        elements=elements(language, rng.choice(INSTRUCTIONS[language]), text=casual),
        answer=prompt,
        completion=prompt,
        reasoning="",
    )
