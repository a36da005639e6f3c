"""Long output: an outline, then section by section with a summary that rolls along.

A section may be longer than the window: then the request and the outline stay in sight as sinks
while the text goes on (see `streaming`), and what stood between is carried by the summary alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from engine.context.documents import prompts
from engine.context.documents.asking import Task
from engine.context.documents.desk import Desk, Outcome
from engine.context.documents.splitting.ruler import Ruler
from engine.context.documents.streaming import takes_sinks
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
    for number, title in enumerate(titles):
        desk.ctx.progress(number / len(titles), "Writing sections")
        writer.head(title)
        parts.append(writer.section(number, title, parts[-1] if parts else ""))
        if number + 1 < len(titles):
            writer.roll(number, parts[-1])
    writer.close()
    text = "\n\n".join(f"## {title}\n\n{part}" for title, part in zip(titles, parts, strict=True))
    return Outcome(text, tuple(writer.written))


class _Writer:
    """The work so far, as much of it as a prompt can hold."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.language = desk.spec.language
        self.share = max(16, desk.window // BLOCKS)
        self.most = desk.spec.options.section_tokens
        self.least = min(self.most, desk.window // 4)  # of a section, before anything is forgotten
        self.titles: list[str] = []
        self.summary = ""
        self.last: tuple[int, ...] = ()
        self.written: list[AnswerToken] = []
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

    def head(self, title: str) -> None:
        """Tell a section's title."""
        gap = "\n\n" if self.written else ""
        self.desk.asker.say(f"{gap}## {title}\n\n")
        self.written += self.desk.asker.tokens

    def section(self, number: int, title: str, before: str) -> str:
        """One section; reads the outline, the summary, passages for it, and the text's end."""
        instruction = SECTION[self.language].format(i=number + 1, n=len(self.titles), title=title)
        plan = "; ".join(self.titles)
        kept = [PLAN[self.language] + self._start(plan, self.share)]
        context = list(kept)
        if self.summary:
            context.append(BEFORE[self.language] + self._start(self.summary, self.share))
        passages = self._material(title)
        library = self.desk.library
        if library is not None:
            context += [MATERIAL[self.language] + library.passages[at].text for at in passages]
        frame = self._sent(instruction, context)
        room = self.desk.window - self.least - len(frame) - 8
        if room < 0:
            raise PromptTooLong(
                f"Outline, summary and request leave no room for a section of {self.least} tokens.",
                "Choose shorter sections, or a model with a longer context.",
            )
        if before and room > 0:
            context.append(TAIL[self.language] + self._end(before, room))
        ids = self._sent(instruction, context)
        step = self.desk.asker.streamed(
            "section", Task(ids, passages, self.last), self.most,
            _same(ids, self._sent(instruction, [*kept, ""])), self.desk.window, number,
        )  # fmt: skip
        self.written += self.desk.asker.tokens
        self.last = (step.number,)
        return step.text

    def close(self) -> None:
        """Tell whether sections went past the window, and how."""
        past = [step for step in self.desk.asker.steps if step.sinks]
        if not past:
            return
        if takes_sinks(self.desk.loaded.model):
            most = max(step.sinks for step in past)
            self.desk.notes.append(
                f"{len(past)} sections went past the window; up to {most} tokens of request and "
                "outline stayed in sight as sinks."
            )
        else:
            self.desk.notes.append(
                f"{len(past)} sections went past the window; this model takes no sinks, so "
                "request, outline and the text's end were read anew each time it was full."
            )

    def _material(self, title: str) -> tuple[int, ...]:
        """The passage for a section, where there are documents."""
        if self.finder is None:
            return ()
        asked = f"{self.desk.spec.question} {title}"
        found = self.finder.find(asked, self.desk.spec.options.rank, 1, self.desk.ctx.check)
        return tuple(one.passage for one in found)

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


def _same(ids: Sequence[int], others: Sequence[int]) -> int:
    """Tokens that two prompts begin with."""
    for place, (one, other) in enumerate(zip(ids, others, strict=False)):
        if one != other:
            return place
    return min(len(ids), len(others))
