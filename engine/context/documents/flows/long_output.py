"""Long output: an outline, then section by section with a summary that rolls along."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from engine.context.documents import prompts
from engine.context.documents.asking import Task
from engine.context.documents.desk import Desk, Outcome
from engine.context.documents.splitting.ruler import Ruler
from engine.context.documents_spec import AnswerToken
from engine.errors import PromptTooLong
from engine.prompting.elements import Language

if TYPE_CHECKING:
    from engine.context.documents.library import Finder

OUTLINE: Final[dict[Language, str]] = {
    "en": "Write an outline with {n} section titles, one per line, for this work:",
    "zh": "为这部作品写一个有{n}节的提纲，每行一个标题：",
}
SECTION: Final[dict[Language, str]] = {
    "en": "Write section {i} of {n}, “{title}”, of this work. Go on from where the text ends.",
    "zh": "请写这部作品的第{i}节（共{n}节）“{title}”，接着已有文字继续写。",
}
ROLL: Final[dict[Language, str]] = {
    "en": "Summarise the story so far in a few sentences.",
    "zh": "用几句话总结到目前为止的内容。",
}
WORK: Final[dict[Language, str]] = {"en": "Work: ", "zh": "作品："}
PLAN: Final[dict[Language, str]] = {"en": "Outline: ", "zh": "提纲："}
BEFORE: Final[dict[Language, str]] = {"en": "So far: ", "zh": "前情："}
MATERIAL: Final[dict[Language, str]] = {"en": "Material: ", "zh": "资料："}
TAIL: Final[dict[Language, str]] = {"en": "The text ends: ", "zh": "已有文字的结尾："}
UNNAMED: Final[dict[Language, str]] = {"en": "Part {i}", "zh": "第{i}部分"}
MARK: Final = re.compile(
    r"^\s*(?:[-*•#]+|\(?\d+[.)、：:]|第[一二三四五六七八九十\d]+[章节部分]+[：: ]?)\s*"
)
BLOCKS: Final = 8
"""Every part of a section's prompt has at most 1/BLOCKS of the window, the tail what is left."""


def long_output(desk: Desk) -> Outcome:
    """Write a text far beyond the window. Every finished step is kept: a run that was stopped
    goes on where it was.
    """
    writer = _Writer(desk)
    titles = writer.outline()
    parts: list[str] = []
    tokens: list[AnswerToken] = []
    for number, title in enumerate(titles):
        desk.ctx.progress(number / len(titles), "Writing sections")
        parts.append(writer.section(number, title, parts[-1] if parts else ""))
        tokens += writer.written
        if number + 1 < len(titles):
            writer.roll(number, parts[-1])
    text = "\n\n".join(f"## {title}\n\n{part}" for title, part in zip(titles, parts, strict=True))
    return Outcome(text, tuple(tokens))


class _Writer:
    """The work so far, as much of it as a prompt can hold."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.language = desk.spec.language
        self.share = max(16, desk.window // BLOCKS)
        self.most = max(8, min(desk.spec.options.section_tokens, desk.window // 2))
        self.titles: list[str] = []
        self.summary = ""
        self.last: tuple[int, ...] = ()
        self.written: tuple[AnswerToken, ...] = ()
        self.finder: Finder | None = None
        if desk.documents:
            library = desk.cut(self.share - 1, self.share)
            self.finder = desk.ready_finder(library)

    def outline(self) -> list[str]:
        """Titles, exactly as many as asked for; those that the model does not name are numbered."""
        desk, wanted = self.desk, self.desk.spec.options.sections
        instruction = OUTLINE[self.language].format(n=wanted)
        step = desk.asker.wave("outline", [Task(self._sent(instruction, []))], self.share)[0]
        self.last = (step.number,)
        lines = [MARK.sub("", line).strip() for line in step.text.splitlines()]
        named = list(dict.fromkeys(line for line in lines if line))[:wanted]
        numbered = [UNNAMED[self.language].format(i=at + 1) for at in range(wanted)]
        self.titles = [*named, *numbered[len(named) :]]
        return self.titles

    def section(self, number: int, title: str, before: str) -> str:
        """One section; reads the outline, the summary, passages for it, and the text's end."""
        instruction = SECTION[self.language].format(i=number + 1, n=len(self.titles), title=title)
        plan = "; ".join(self.titles)
        context = [PLAN[self.language] + self._start(plan, self.share)]
        if self.summary:
            context.append(BEFORE[self.language] + self._start(self.summary, self.share))
        passages: tuple[int, ...] = ()
        library = self.desk.library
        if self.finder is not None and library is not None:
            options = self.desk.spec.options
            asked = f"{self.desk.spec.question} {title}"
            found = self.finder.find(asked, options.rank, 1, self.desk.ctx.check)
            passages = tuple(one.passage for one in found)
            context += [MATERIAL[self.language] + library.passages[at].text for at in passages]
        frame = self._sent(instruction, context)
        room = self.desk.window - self.most - len(frame) - 8
        if room < 0:
            raise PromptTooLong(
                f"Outline, summary and request leave no room for a section of {self.most} tokens.",
                "Choose shorter sections, or a model with a longer context.",
            )
        if before and room > 0:
            context.append(TAIL[self.language] + self._end(before, room))
        task = Task(self._sent(instruction, context), passages, self.last)
        step = self.desk.asker.wave("section", [task], self.most, number, told=True)[0]
        self.written = self.desk.asker.tokens
        self.last = (step.number,)
        return step.text

    def roll(self, number: int, part: str) -> None:
        """Take a section into the summary."""
        desk = self.desk
        context = [BEFORE[self.language] + self.summary] if self.summary else []
        frame = self._sent(ROLL[self.language], context)
        room = max(1, desk.window - self.share - len(frame) - 8)
        ids = self._sent(ROLL[self.language], [*context, self._end(part, room)])
        step = desk.asker.wave("summary", [Task(ids, (), self.last)], self.share, number)[0]
        self.summary = self._start(step.text or self.summary, self.share)
        self.last = (*self.last, step.number)

    def _sent(self, instruction: str, context: Sequence[str]) -> tuple[int, ...]:
        work = WORK[self.language] + self._start(self.desk.spec.question, self.share)
        return prompts.sent(
            self.desk.loaded, self.language, instruction, prompts.GAP.join([work, *context]), ""
        )

    def _start(self, text: str, most: int) -> str:
        """The first tokens of a text."""
        end = Ruler(self.desk.loaded.tokenizer, text).furthest(0, most)
        return text if end is None else text[:end].rstrip()

    def _end(self, text: str, most: int) -> str:
        """The last tokens of a text."""
        ruler = Ruler(self.desk.loaded.tokenizer, text)
        if ruler.tokens <= most:
            return text
        start = ruler.furthest(0, ruler.tokens - most)
        return text if start is None else text[start:].lstrip()
