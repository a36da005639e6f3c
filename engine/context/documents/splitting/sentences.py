"""Headings and sentences of a text, Chinese and English, as spans that cover all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

ENDS: Final = re.compile(
    r"[。！？!?…]+[”’」』）)\"']*\s*"  # Chinese ends, and marks that no abbreviation has
    r"|(?<!\b[A-Z])(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bSt)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bMrs)"
    r"\.+[”’)\"']*(?:\s+(?=[^a-z\s])|\s*$)"  # a full stop before what no sentence goes on with
    r"|\n[ \t]*(?=\n)\s*"  # a blank line
    r"|(?<=[:：;；])[ \t]*\n\s*"
    r"|\n(?=[ \t]*(?:[-*•·]|\d+[.)、])\s)"  # before an entry of a list
)
MARKDOWN: Final = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*$")
NUMBERED: Final = re.compile(
    r"(?:第[一二三四五六七八九十百千零〇\d]+([章回卷部篇]|节)[ \t　:：]?.{0,40}"
    r"|(?:chapter|part|book)[ \t]+(?:\d+|[ivxlc]+)\b.{0,60})$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Unit:
    """A heading or a sentence.

    Attributes:
        start, end: Characters; the blanks after it are its own.
        level: 0 = a sentence, else the rank of the heading, 1 the highest.
        title: Of a heading.
    """

    start: int
    end: int
    level: int = 0
    title: str = ""


def units_of(text: str) -> list[Unit]:
    """The text in headings and sentences; every character belongs to exactly one."""
    found: list[Unit] = []
    begin = 0
    for start, end, level, title in _headings(text):
        found += _sentences(text, begin, start)
        found.append(Unit(start, end, level, title))
        begin = end
    return found + _sentences(text, begin, len(text))


def _headings(text: str) -> list[tuple[int, int, int, str]]:
    found = []
    place = 0
    fenced = False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare.startswith(("```", "~~~")):
            fenced = not fenced
        markdown = None if fenced else MARKDOWN.match(bare)
        numbered = None if fenced or markdown else NUMBERED.match(bare)
        if markdown:
            found.append((place, place + len(line), len(markdown[1]), markdown[2].strip()))
        elif numbered and not bare.endswith(("。", ".", "，", ",")):
            found.append((place, place + len(line), 2 if numbered[1] == "节" else 1, bare))
        place += len(line)
    return found


def _sentences(text: str, start: int, end: int) -> list[Unit]:
    """Sentences of a stretch; blanks before the first go with it."""
    if start == end:
        return []
    cuts = [start]
    for match in ENDS.finditer(text, start, end):
        if match.end() < end and text[cuts[-1] : match.end()].strip():
            cuts.append(match.end())
    return [Unit(one, two) for one, two in zip(cuts, [*cuts[1:], end], strict=True)]
