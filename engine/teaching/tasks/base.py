"""Small forms of the base tasks that read a text: summary, extraction, questions, classes."""

from __future__ import annotations

import random

from engine.prompting.elements import Language
from engine.teaching.tasks.item import Item, direct_answer, elements
from engine.teaching.tasks.words import (
    ANIMALS,
    COLOURS,
    DAYS,
    FOODS,
    JOBS,
    OBJECTS,
    PLACES,
    SITES,
    article,
    names,
    pick,
    sample,
)


def make_summary(rng: random.Random, language: Language) -> Item:
    """Who did what where: the three facts out of a short text with asides."""
    en = language == "en"
    who = names(rng, language, 1)[0]
    site, day, food = (pick(rng, pool, language) for pool in (SITES, DAYS, FOODS))
    animal, colour = pick(rng, ANIMALS, language), pick(rng, COLOURS, language)
    act, act_gist = rng.choice(
        (
            (f"{who} saw {article(animal)}.", f"saw {article(colour)} {animal}"),
            (f"{who} drew {article(animal)}.", f"drew {article(colour)} {animal}"),
            (f"{who} fed {article(animal)}.", f"fed {article(colour)} {animal}"),
        )
        if en
        else (
            (f"{who}看见了一只{animal}。", f"看见了{colour}的{animal}"),
            (f"{who}画了一只{animal}。", f"画了{colour}的{animal}"),
            (f"{who}喂了一只{animal}。", f"喂了{colour}的{animal}"),
        )
    )
    if en:
        asides = [
            f"{who} had {food} in the morning.",
            "The weather was fine.",
            "Many people were there.",
            "It was a good day.",
        ]
        opening = f"On {day} {who} went to the {site}."
        detail = f"The {animal} was {colour}."
        gist = f"{who} {act_gist} in the {site} on {day}."
        instruction = rng.choice(("Summarise the text.", "Give a short summary.", "Summarise."))
    else:
        asides = [f"{who}早上吃了{food}。", "天气很好。", "那里有很多人。", "这是美好的一天。"]
        opening = f"{day}{who}去了{site}。"
        detail = f"那只{animal}是{colour}的。"
        gist = f"{who}{day}在{site}{act_gist}。"
        instruction = rng.choice(("总结这段文字。", "写一个简短的总结。", "总结。"))
    body = [opening, act, detail]
    for aside in rng.sample(asides, rng.randint(1, 3)):
        body.insert(rng.randrange(len(body) + 1), aside)
    text = (" " if en else "").join(body)
    return Item(
        task="summarisation",
        language=language,
        elements=elements(language, instruction, text=text),
        answer=gist,
        completion=gist,
        key=f"summary {gist}",
    )


_EXTRACT = (
    ("name", "name", "姓名"),
    ("age", "age", "年龄"),
    ("place", "place", "地点"),
    ("job", "job", "职业"),
    ("day", "day", "日期"),
)


def make_extraction(rng: random.Random, language: Language) -> Item:
    """One named field out of a sentence about a person."""
    en = language == "en"
    who = names(rng, language, 1)[0]
    place, job, day = (pick(rng, pool, language) for pool in (PLACES, JOBS, DAYS))
    age = str(rng.randint(18, 79))
    if en:
        text = rng.choice(
            (
                f"{who} is {age} years old and works as {article(job)} in {place} since {day}.",
                f"Since {day} the {job} {who}, aged {age}, lives in {place}.",
                f"In {place} we met {who} on {day}, {article(job)} of {age} years.",
            )
        )
    else:
        text = rng.choice(
            (
                f"{who}今年{age}岁，从{day}起在{place}当{job}。",
                f"{day}我们在{place}遇见了{who}，{age}岁的{job}。",
                f"{age}岁的{job}{who}从{day}起住在{place}。",
            )
        )
    kind, en_label, zh_label = rng.choice(_EXTRACT)
    answer = {"name": who, "age": age, "place": place, "job": job, "day": day}[kind]
    instruction = (
        rng.choice((f"Extract the {en_label}.", f"Find the {en_label} in the text."))
        if en
        else rng.choice((f"提取{zh_label}。", f"找出文中的{zh_label}。"))
    )
    return Item(
        task="extraction",
        language=language,
        elements=elements(language, instruction, text=text),
        answer=answer,
        completion=direct_answer(answer, language),
        key=f"extract {kind} {who} {age} {place} {job} {day}",
        meta={"field": kind},
    )


def make_question(rng: random.Random, language: Language) -> Item:
    """A question about what one of two or three people has, or about its colour."""
    en = language == "en"
    count = rng.randint(2, 3)
    people = names(rng, language, count)
    things = sample(rng, OBJECTS, language, count)
    colours = sample(rng, COLOURS, language, count)
    facts = [
        f"{who} has {article(colour)} {thing}." if en else f"{who}有一个{colour}的{thing}。"
        for who, thing, colour in zip(people, things, colours, strict=True)
    ]
    who, thing, colour = people[0], things[0], colours[0]
    order = list(range(count))
    rng.shuffle(order)
    kind = rng.choice(("colour", "thing"))
    question, answer = {
        "colour": (
            f"What colour is the {thing} of {who}?" if en else f"{who}的{thing}是什么颜色？",
            colour,
        ),
        "thing": (f"What does {who} have?" if en else f"{who}有什么？", thing),
    }[kind]
    return Item(
        task="question-answering",
        language=language,
        elements=elements(
            language,
            rng.choice(("Answer the question.", "") if en else ("回答问题。", "")),
            (" " if en else "").join(facts[index] for index in order),
            question,
        ),
        answer=answer,
        completion=direct_answer(answer, language),
        key=f"question {kind} {who} {thing} {colour} {count}",
        meta={"facts": count},
    )


_GOOD = {
    "en": ("wonderful", "great", "lovely", "excellent", "brilliant", "charming"),
    "zh": ("精彩", "很棒", "可爱", "出色", "美好", "迷人"),
}
_BAD = {
    "en": ("boring", "terrible", "awful", "poor", "dull", "annoying"),
    "zh": ("无聊", "糟糕", "可怕", "很差", "乏味", "烦人"),
}
_WORKS = (
    ("film", "电影"), ("song", "歌曲"), ("meal", "饭菜"), ("hotel", "酒店"), ("game", "游戏"),
    ("show", "节目"), ("trip", "旅行"), ("story", "故事"),
)  # fmt: skip
_PARTS = (
    ("ending", "结尾"), ("start", "开头"), ("service", "服务"), ("price", "价格"),
    ("sound", "声音"), ("staff", "员工"),
)  # fmt: skip


def make_classification(rng: random.Random, language: Language) -> Item:
    """Sentiment of a review; a ``not`` turns a word round, a weak remark must not distract."""
    en = language == "en"
    work, part, other = pick(rng, _WORKS, language), *sample(rng, _PARTS, language, 2)
    good = rng.random() < 0.5

    def judged(subject: str) -> str:
        negated = rng.random() < 0.3
        word = rng.choice((_GOOD if good != negated else _BAD)[language])
        if en:
            return f"The {subject} was {'not ' if negated else ''}{word}"
        return f"{subject}{'不' if negated else ''}{word}"

    said = [judged(subject) for subject in rng.sample((work, part, other), rng.randint(1, 3))]
    text = ". ".join(said) + "." if en else "。".join(said) + "。"
    answer = ("positive" if good else "negative") if en else ("正面" if good else "负面")
    return Item(
        task="classification",
        language=language,
        elements=elements(
            language,
            rng.choice(
                ("Classify the review.", "Is the review positive or negative?")
                if en
                else ("给评论分类。", "评论是正面还是负面？")
            ),
            text=text,
            indicator=rng.choice(
                ("", "Answer positive or negative.") if en else ("", "回答正面或负面。")
            ),
        ),
        answer=answer,
        completion=direct_answer(answer, language),
        key=f"class {text}",
    )
