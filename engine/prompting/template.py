"""Variables in prompt texts: ``{{name}}``, filled in an immutable Jinja2 sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, meta
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import PromptError


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
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
