"""The engine's sentences in the language of the window.

The engine speaks English and knows no window. What it says (errors, reasons, steps of progress,
titles) is told here from one catalogue per language, ``resources/i18n/engine.<language>.toml``:
templates of the engine's sentences with named gaps, and how to say them. A gap may be bound to a
shape, ``{n:number}`` or ``{room:size}``, where a bare one would take too much. What fills a gap is
told too when it is known, unless it is a name: ``{file:name}``, or any gap in quotation marks.

No Qt here: the file is read when a language other than English is first spoken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Final

from engine.errors import ErrorReport

FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "i18n"
NAMES: Final = ("name", "title")
SHAPES: Final = {
    "": r".*?",
    "number": r"[-−]?[\d.,]+(?:e[+-]?\d+)?",
    "size": r"[\d.]+ [kMGT]?B",
    "word": r"\S+",
    "range": r"(?:\d|above ).*?",
    "count": r"[\d,]+ \w+",
    "name": r".*?",
    "title": r".*?[^.]",  # ends a title, never a sentence
    "labels": r".*?[^.]",  # a title's own list, told word by word
}
JOINTS: Final = "joints"
REMEMBERED: Final = 1024

_spoken = "en"


@dataclass(frozen=True)
class Template:
    """One sentence of the engine and how a language says it.

    Attributes:
        source: The English sentence, gaps in braces as in `str.format`.
        target: The translation with the same gaps.
    """

    source: str
    target: str

    @cached_property
    def pieces(self) -> tuple[tuple[str, str | None, str], ...]:
        """(text before, gap or None, shape) from left to right."""
        return tuple(
            (text, gap, shape or "") for text, gap, shape, _ in Formatter().parse(self.source)
        )

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        return tuple(gap for _, gap, _ in self.pieces if gap is not None)

    @cached_property
    def names(self) -> frozenset[str]:
        """The gaps that hold names or foreign words, which are never told: marked, or in quotes."""
        return frozenset(
            gap
            for text, gap, shape in self.pieces
            if gap and (shape in NAMES or text.endswith("“"))
        )

    @cached_property
    def weight(self) -> int:
        """Letters outside of gaps: the template that says more is tried first."""
        return sum(len(text) for text, _, _ in self.pieces)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = (
            re.escape(text) + (f"(?P<{gap}>{SHAPES[shape]})" if gap else "")
            for text, gap, shape in self.pieces
        )
        return re.compile("".join(parts), re.DOTALL)

    def found_in(self, text: str) -> dict[str, str] | None:
        """What fills the gaps when `text` is this sentence, else None."""
        first, last = self.pieces[0][0], self.pieces[-1]
        if not text.startswith(first) or (last[1] is None and not text.endswith(last[0])):
            return None  # cheaper than a pattern, and most templates end here
        found = self.pattern.fullmatch(text)
        return found.groupdict() if found else None


class Catalogue:
    """Every sentence of one language.

    Args:
        sentences: English template → translation.
        joints: What joins sentences or words in a list, e.g. ``", or "`` → its translation.
    """

    def __init__(self, sentences: dict[str, str], joints: dict[str, str]) -> None:
        templates = [Template(source, target) for source, target in sentences.items()]
        self.whole = {
            "".join(text for text, _, _ in one.pieces): one for one in templates if not one.gaps
        }
        self.open = sorted((one for one in templates if one.gaps), key=lambda t: -t.weight)
        self._joints = joints

    def template_of(self, text: str) -> tuple[Template, dict[str, str]] | None:
        """The template that `text` was made from, with what fills its gaps."""
        if text in self.whole:
            return self.whole[text], {}
        for template in self.open:
            values = template.found_in(text)
            if values is not None:
                return template, values
        return None

    def say(self, text: str) -> str | None:
        """The translation of a sentence, or of a list that holds one; None = not known."""
        found = self.template_of(text)
        if found is not None:
            template, values = found
            filled = {
                gap: value if gap in template.names else self.say(value) or value
                for gap, value in values.items()
            }
            return template.target.format(**filled)
        for joint, translated in self._joints.items():
            if joint in text:
                parts = text.split(joint)
                told = [self.say(part) for part in parts]
                if any(part is not None for part in told):
                    return translated.join(new or old for new, old in zip(told, parts, strict=True))
        return None


@lru_cache(maxsize=4)
def catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language; None when the engine's own words do.

    Raises:
        tomllib.TOMLDecodeError: The catalogue is damaged.
    """
    file = FOLDER / f"engine.{language}.toml"
    if not file.is_file():
        return None
    import tomllib

    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    joints = tables.pop(JOINTS, {})
    return Catalogue({k: v for table in tables.values() for k, v in table.items()}, joints)


def speak(language: str) -> None:
    """Set the language that `tell` uses unless it is given one."""
    global _spoken
    _spoken = language


def tell(text: str, language: str | None = None) -> str:
    """A sentence of the engine in `language` (None = the window's); unknown text is unchanged."""
    return _told(text, language or _spoken)


@lru_cache(maxsize=REMEMBERED)
def _told(text: str, language: str) -> str:
    words = catalogue(language) if text else None
    return text if words is None else words.say(text) or text


def tell_report(report: ErrorReport, language: str | None = None) -> ErrorReport:
    """An error in `language`; its code and its technical detail stay as they are."""
    return replace(report, message=tell(report.message, language), hint=tell(report.hint, language))
