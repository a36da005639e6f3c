"""Variables in prompt texts: ``{{name}}``, filled in an immutable Jinja2 sandbox.

Jinja2 is imported by the first text that has a variable: a window that starts does not pay for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.errors import PromptError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


def variables_of(text: str) -> frozenset[str]:
    """Names of the variables that `text` needs.

    Raises:
        PromptError: The text is not a valid template.
    """
    if "{{" not in text and "{%" not in text:
        return frozenset()
    from jinja2 import TemplateError, meta

    try:
        return frozenset(meta.find_undeclared_variables(_environment().parse(text)))
    except TemplateError as error:
        raise _broken(text, error) from error


def fill(text: str, variables: Mapping[str, str]) -> str:
    """`text` with its variables replaced.

    Raises:
        PromptError: A variable has no value, or the text is not a valid template.
    """
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return text
    from jinja2 import TemplateError, UndefinedError
    from jinja2.exceptions import SecurityError

    try:
        return _compiled(text).render(dict(variables))
    except UndefinedError as error:
        missing = sorted(variables_of(text) - set(variables))
        names = ", ".join(f"{{{{{name}}}}}" for name in missing) or str(error)
        raise PromptError(
            f"The prompt uses {names}, which has no value.",
            "Give the variable a value, or take it out of the text.",
        ) from error
    except (TemplateError, SecurityError) as error:
        raise _broken(text, error) from error


def _broken(text: str, error: Exception) -> PromptError:
    return PromptError(
        f"The template “{text.strip()[:40]}” cannot be read: {error}.",
        "Write variables as {{name}}; a literal “{{” is written {{ '{{' }}.",
    )
