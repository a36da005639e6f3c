"""Variables in prompt texts: ``{{name}}``, filled in an immutable Jinja2 sandbox that ends.

Jinja2 is imported by the first text that has a variable: a window that starts does not pay for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from engine.errors import PromptError

if TYPE_CHECKING:
    from jinja2 import Template

    from engine.prompting.sandbox import BoundedEnvironment

_OPENINGS: Final = ("{{", "{%", "{#")
_OPENING: Final = re.compile(r"\{[{%#]")
_PLAIN: Final = re.compile(r"""\{\{\s*([^\W\d]\w*|'[^'\\]*'|"[^"\\]*")\s*\}\}""")


@lru_cache(maxsize=1)
def _environment() -> BoundedEnvironment:
    from engine.prompting.sandbox import BoundedEnvironment

    return BoundedEnvironment()


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


def is_plain(text: str) -> bool:
    """Whether `text` holds no more than ``{{ name }}`` and quoted text: filling it costs nothing.

    Everything else (loops, conditions, arithmetic) may take a while, and is for a worker thread.
    """
    rest = _PLAIN.sub("", text)
    return not any(opening in rest for opening in _OPENINGS)


def literal(text: str) -> str:
    """`text` so that filling leaves it as it is."""
    return _OPENING.sub(r"{{ '\g<0>' }}", text)


def variables_of(text: str) -> frozenset[str]:
    """Names of the variables that `text` needs.

    Raises:
        PromptError: The text is not a valid template.
    """
    if "{{" not in text and "{%" not in text:
        return frozenset()
    from jinja2 import meta

    try:
        return frozenset(meta.find_undeclared_variables(_environment().parse(text)))
    except Exception as error:  # a parser can also run out of stack or of digits
        raise _broken(text, error) from error


def fill(text: str, variables: Mapping[str, str]) -> str:
    """`text` with its variables replaced.

    Raises:
        PromptError: A variable has no value, the text is not a valid template, it fails while it
            is filled, or it makes too much text or takes too many steps.
    """
    if not any(opening in text for opening in _OPENINGS):
        return text
    from jinja2 import UndefinedError
    from jinja2.exceptions import SecurityError, TemplateSyntaxError

    from engine.prompting.sandbox import Budget, budget

    before = budget.set(Budget())
    try:
        return _compiled(text).render(dict(variables))
    except UndefinedError as error:
        missing = sorted(variables_of(text) - set(variables))
        names = ", ".join(f"{{{{{name}}}}}" for name in missing) or str(error)
        raise PromptError(
            f"The prompt uses {names}, which has no value.",
            "Give the variable a value, or take it out of the text.",
        ) from error
    except TemplateSyntaxError as error:
        raise _broken(text, error) from error
    except SecurityError as error:
        raise PromptError(
            f"The template “{_start(text)}” was stopped: {error}.",
            "Let it make less text and repeat less often.",
        ) from error
    except Exception as error:  # its own arithmetic, a filter's arguments, too deep a recursion …
        raise PromptError(
            f"The template “{_start(text)}” cannot be filled: {_named(error)}.",
            "Correct its expressions; plain variables are written {{name}}.",
        ) from error
    finally:
        budget.reset(before)


def _broken(text: str, error: Exception) -> PromptError:
    return PromptError(
        f"The template “{_start(text)}” cannot be read: {_named(error)}.",
        "Write variables as {{name}}; a literal “{{” is written {{ '{{' }}.",
    )


def _start(text: str) -> str:
    return text.strip()[:40]


def _named(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
