"""Ways to write a variable: ``{{x}}`` everywhere, ``{x}`` only where a file declares x."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_SINGLE: Final = re.compile(r"(?<!\{)\{\s*([^\W\d]\w*)\s*\}(?!\})")
_DOUBLE: Final = re.compile(r"\{\{\s*[^\W\d]\w*")
_SECTION: Final = re.compile(r"\{\{\s*([#/^>!&]|\{)")


def with_double_braces(text: str, declared: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The text with each declared ``{x}`` written ``{{x}}``; braces of JSON stay as they are.

    Returns:
        The text, and the names that were found in single braces.
    """
    found: dict[str, None] = {}

    def doubled(match: re.Match[str]) -> str:
        if match[1] not in declared:
            return match[0]
        found[match[1]] = None
        return f"{{{{{match[1]}}}}}"

    return _SINGLE.sub(doubled, text), tuple(found)


def is_mixed(text: str, declared: Collection[str]) -> bool:
    """Whether a text writes variables in both ways, so that one of them may be meant as text."""
    return bool(_DOUBLE.search(text)) and any(
        match[1] in declared for match in _SINGLE.finditer(text)
    )


def has_sections(text: str) -> bool:
    """Whether a text uses Mustache or Handlebars beyond plain variables."""
    return _SECTION.search(text) is not None
