"""What every shape is: how to tell it, and how its records become columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from engine.evaluation.datasets.dataset import Shell
from engine.prompting.elements import Language, PromptElements
from engine.prompting.tables import shown


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, from which its shape is told.

    Attributes:
        container: Id of its container.
        shell: What stands around the records.
        fields: Fields of the first records.
    """

    container: str
    shell: Shell
    fields: tuple[dict[str, object], ...]

    def every(self, *keys: str) -> bool:
        """Whether every record has these keys."""
        return bool(self.fields) and all(key in one for one in self.fields for key in keys)

    def texts(self, key: str) -> list[str]:
        """That field of the first records, where it is a text."""
        found = [one.get(key) for one in self.fields]
        return [value for value in found if isinstance(value, str)]


@dataclass(frozen=True)
class Roles:
    """Columns whose meaning the shape knows; empty = to be guessed.

    Attributes:
        variables: Variable → column.
        expected, id, steps: Columns.
    """

    variables: dict[str, str] = field(default_factory=dict)
    expected: str = ""
    id: str = ""
    steps: str = ""


class Shape(ABC):
    """Base of the shapes; a subclass sets `id`, writes `fits` and what differs."""

    id: ClassVar[str]

    @abstractmethod
    def fits(self, sample: Sample) -> str:
        """Why the records are of this shape, in a few words; empty = they are not."""

    def rows(self, fields: dict[str, object], shell: Shell) -> Iterable[dict[str, str]]:
        """A record's columns as text: one row, or several where it stands for several items."""
        yield {key: shown(value) for key, value in fields.items()}

    def roles(self, columns: Sequence[str]) -> Roles:
        """What this shape knows of the columns."""
        return Roles()

    def prompt(self, columns: Sequence[str], shell: Shell, language: Language) -> PromptElements:
        """The prompt that asks its items when the person has no other."""
        return PromptElements(input="{{input}}", language=language)

    def unsupported(self, fields: dict[str, object], shell: Shell) -> Iterable[str]:
        """Names of what this record asks for and Lathe does not do."""
        return ()
