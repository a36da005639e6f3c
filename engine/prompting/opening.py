"""Open and save a prompt in any format that Lathe knows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.errors import DataError
from engine.prompting import file, prompty
from engine.prompting.elements import PromptElements
from engine.prompting.encoding import cannot_read, decode_text
from engine.prompting.file import PromptFile
from engine.prompting.language import language_of
from engine.prompting.prompty import Opened
from engine.prompting.template import literal

PLAIN: Final = (".txt", ".md")


def open_prompt(path: Path) -> Opened:
    """A prompt out of a file: Lathe's own, ``.prompty``, or a plain text as its input.

    Raises:
        DataError: It cannot be read, or is no prompt.
    """
    try:
        text = decode_text(path.read_bytes(), path.name)
    except OSError as error:
        raise cannot_read(path, error) from error
    if path.name.endswith(file.SUFFIX) or text.startswith("---\nlathe: "):
        return Opened(file.parse(text, path.name))
    if path.suffix.lower() == prompty.SUFFIX or prompty.looks_like_prompty(text):
        return prompty.parse_prompty(text, path.name)
    if path.suffix.lower() in PLAIN and text.strip():
        asked = text.strip()
        elements = PromptElements(
            input=asked if "{{" in asked else literal(asked), language=language_of((asked,))
        )
        return Opened(PromptFile(elements, path.stem))
    raise DataError(
        f"“{path.name}” is no prompt file.",
        f"Choose a file that ends in {file.SUFFIX}, {prompty.SUFFIX} or .txt.",
    )


def save_prompt(path: Path, prompt: PromptFile) -> None:
    """Write a prompt in the format that the suffix names; Lathe's own for any other.

    Raises:
        StoreError: The file cannot be written.
    """
    from engine.store.atomic import write_text

    if path.suffix.lower() == prompty.SUFFIX:
        write_text(path, prompty.format_prompty(prompt))
    else:
        write_text(path, file.format_prompt(prompt))
