"""A sample for every scene of long texts: small enough to read, longer than a teaching window."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from engine.context.documents_spec import DocumentOptions, DocumentText, Flow, Scenario
from engine.prompting.elements import Language
from workbench.viewmodels.documents_choice import FIRST_FLOWS, DocumentsChoice

Written = Callable[[Language, list[list[str]]], tuple[DocumentText, ...]]
PEOPLE: Final = 6
LINES: Final = 24
EXAMPLES: Final = 30
OPTIONS: Final = DocumentOptions(max_new_tokens=24)
FLOWS: Final[dict[Scenario, tuple[Flow, ...]]] = {
    "long-summary": ("truncate", "map-reduce", "refine"),
    "long-qa": ("truncate", "retrieval"),
    "multi-turn": ("truncate", "retrieval"),
    "persona": ("truncate", "retrieval"),
    "few-shot": ("truncate", "nbce"),
    "dqa": ("truncate", "nbce"),
    "novel": ("long-output",),
}


def sample(language: Language, scenario: Scenario = "", seed: int = 3) -> DocumentsChoice:
    """Documents for a scene, a question about them, and the ways that suit it.

    All but the last two scenes are about keys of people, which the teaching models can read off a
    text; they cannot summarise or tell a story, and what they say then shows it.
    """
    match scenario:
        case "novel":
            return _novel(language)
        case "few-shot":
            return _examples(language, random.Random(seed))
        case "multi-turn":
            return _keys(language, random.Random(seed), "multi-turn", _turns)
        case "persona":
            return _keys(language, random.Random(seed), "persona", _rules)
        case "long-summary" | "long-qa":
            return _keys(language, random.Random(seed), scenario, _chapters)
    return _keys(language, random.Random(seed), scenario, _documents)


def _keys(
    language: Language,
    rng: random.Random,
    scenario: Scenario,
    written: Written,
) -> DocumentsChoice:
    """Filler with the key of a person in each part, and the question for one of them."""
    from engine.teaching.tasks.key import FILLER, digits
    from engine.teaching.tasks.words import names

    english = language == "en"
    people = names(rng, language, PEOPLE)
    parts = []
    for person in people:
        lines = [rng.choice(FILLER[language]) for _ in range(LINES)]
        key = digits(rng)
        told = f"The key of {person} is {key}." if english else f"{person}的密码是{key}。"
        lines.insert(rng.randrange(len(lines)), told)
        parts.append(lines)
    wanted = people[PEOPLE * 2 // 3]
    question = f"What is the key of {wanted}?" if english else f"{wanted}的密码是多少？"
    return DocumentsChoice(
        texts=written(language, parts),
        question="" if scenario == "long-summary" else question,
        flows=FLOWS.get(scenario, FIRST_FLOWS),
        scenario=scenario,
        language=language,
        options=OPTIONS,
    )


def _documents(language: Language, parts: list[list[str]]) -> tuple[DocumentText, ...]:
    """A document for each part."""
    name = "Document {}" if language == "en" else "文档{}"
    gap = " " if language == "en" else ""
    return tuple(
        DocumentText(name.format(number), gap.join(lines)) for number, lines in enumerate(parts, 1)
    )


def _chapters(language: Language, parts: list[list[str]]) -> tuple[DocumentText, ...]:
    """One document with a heading over each part."""
    english = language == "en"
    gap, head = (" ", "# Chapter {}") if english else ("", "# 第{}章")
    text = "\n\n".join(
        f"{head.format(number)}\n\n{gap.join(lines)}" for number, lines in enumerate(parts, 1)
    )
    return (DocumentText("Long text" if english else "长文", text),)


def _turns(language: Language, parts: list[list[str]]) -> tuple[DocumentText, ...]:
    """One conversation, a turn a line: the person speaks, the assistant takes note."""
    english = language == "en"
    turn = "{}\nI see." if english else "{}\n明白了。"
    turns = [turn.format(line) for lines in parts for line in lines[::2] + lines[1::2]]
    return (DocumentText("Conversation" if english else "对话", "\n".join(turns)),)


def _rules(language: Language, parts: list[list[str]]) -> tuple[DocumentText, ...]:
    """One persona: who it is, then what it knows."""
    english = language == "en"
    lead = "You are the keeper of the house." if english else "你是这座房子的管家。"
    gap = " " if english else ""
    text = "\n".join([lead, *(gap.join(lines) for lines in parts)])
    return (DocumentText("Persona" if english else "人设", text),)


def _examples(language: Language, rng: random.Random) -> DocumentsChoice:
    """Very many examples of a rule that only they tell, in groups, and one more case."""
    from engine.teaching.tasks.rule import FIELDS
    from engine.teaching.tasks.words import ANIMALS, COLOURS, FOODS, JOBS, NAMES, pick

    english = language == "en"
    ask, answer = ("Q: ", "A: ") if english else ("问：", "答：")
    comma = ", " if english else "，"

    def record() -> tuple[str, ...]:
        pools = (COLOURS, ANIMALS, JOBS, FOODS)
        return (rng.choice(NAMES[language]), *(pick(rng, pool, language) for pool in pools))

    place = FIELDS.index("animal")
    groups = [[record() for _ in range(EXAMPLES // PEOPLE)] for _ in range(PEOPLE)]
    name = "Examples {}" if english else "示例{}"
    texts = tuple(
        DocumentText(
            name.format(number),
            "\n".join(f"{ask}{comma.join(one)}\n{answer}{one[place]}" for one in group),
        )
        for number, group in enumerate(groups, 1)
    )
    return DocumentsChoice(
        texts=texts, question=comma.join(record()), flows=FLOWS["few-shot"],
        scenario="few-shot", language=language, options=OPTIONS,
    )  # fmt: skip


def _novel(language: Language) -> DocumentsChoice:
    """A work to be written; nothing is read."""
    question = (
        "A story about Anna, who walks to the hill." if language == "en" else "安娜走到山上的故事。"
    )
    return DocumentsChoice(
        question=question, flows=FLOWS["novel"], scenario="novel", language=language,
        options=DocumentOptions(max_new_tokens=48, sections=3, section_tokens=400),
    )  # fmt: skip
