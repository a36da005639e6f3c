"""The tasks of the teaching world. Importable without torch."""

from engine.teaching.tasks.item import LANGUAGES, Item, Split, direct_answer, split_of
from engine.teaching.tasks.registry import (
    BASE_TASKS,
    as_example,
    demonstrations,
    generate,
    task_names,
)

__all__ = [
    "BASE_TASKS",
    "LANGUAGES",
    "Item",
    "Split",
    "as_example",
    "demonstrations",
    "direct_answer",
    "generate",
    "split_of",
    "task_names",
]
