"""What every container is: a way to get records out of a file and back into one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.datasets.dataset import Record, Shell
from engine.evaluation.datasets.source import Source


@dataclass(frozen=True)
class Raw:
    """A record as the container sees it.

    Attributes:
        line: Number of its first line, or its place in the document's list, from 1.
        fields: Its fields.
        raw: Its own text; empty in a document.
    """

    line: int
    fields: dict[str, object]
    raw: str = ""


@dataclass(frozen=True)
class Opened:
    """A file taken apart: what stands around the records, and the records one by one."""

    shell: Shell
    records: Iterator[Raw]


class Container(ABC):
    """Base of the containers; a subclass sets `id` and writes the three methods."""

    id: ClassVar[str]

    @abstractmethod
    def claims(self, source: Source) -> bool:
        """Whether the file looks like this container."""

    @abstractmethod
    def open(self, source: Source) -> Opened:
        """Read the file.

        Raises:
            DataError: It is broken or empty; names the line.
        """

    @abstractmethod
    def write(self, shell: Shell, records: Sequence[Record]) -> str:
        """The text of a file with these records; all of them in order give the file again."""
