"""Task presets: a ready prompt for each base task, and the story of the first start.

They are prompt files in `resources/samples`, written and checked against the teaching models by
`engine.evaluation.make_presets`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from engine.errors import BadSpec
from engine.paths import RESOURCES
from engine.prompting.elements import Language
from engine.prompting.file import SUFFIX, PromptFile, read_prompt

FOLDER: Final = RESOURCES / "samples"
FIRST: Final = "story"
"""The preset of the first start: a direct answer is wrong, an answer with steps is right."""
BASE_TASKS: Final = (
    "summarisation",
    "extraction",
    "question-answering",
    "classification",
    "conversation",
    "code",
    "reasoning",
)
PRESETS: Final = (FIRST, *BASE_TASKS, "rule")


def preset_file(name: str, language: Language) -> Path:
    """Where a preset is kept."""
    return FOLDER / f"{name}.{language}{SUFFIX}"


@cache
def preset(name: str, language: Language) -> PromptFile:
    """A preset: its elements, its one item with the expected answer, its rules.

    Raises:
        BadSpec: There is no such preset.
        DataError: Its file cannot be read.
    """
    if name not in PRESETS:
        raise BadSpec(f"There is no preset “{name}”.", f"Choose one of: {', '.join(PRESETS)}.")
    return read_prompt(preset_file(name, language))
