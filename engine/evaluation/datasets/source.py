"""A file on the disk as text, without reading all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.prompting.encoding import cannot_read, encoding_of

HEAD: Final = 1 << 16


@dataclass(frozen=True)
class Source:
    """A text file whose encoding is known.

    Attributes:
        path: Where it is.
        encoding: Python's name of its encoding.
        sha256: Of its bytes.
    """

    path: Path
    encoding: str
    sha256: str

    @classmethod
    def open(cls, path: Path) -> Source:
        """Look at a file.

        Raises:
            DataError: It cannot be read, or is in an unknown encoding.
        """
        found = encoding_of(path)
        return cls(path, found.name, found.sha256)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    def lines(self, newline: str = "\n") -> Iterator[str]:
        """Line after line, each with its own end; `newline` as for `open`.

        JSON text may hold other line separators, so only a line feed ends a line there.

        Raises:
            DataError: The file went away meanwhile.
        """
        try:
            with self.path.open(encoding=self.encoding, newline=newline) as file:
                yield from file
        except OSError as error:
            raise cannot_read(self.path, error) from error

    def text(self) -> str:
        """All of it."""
        return "".join(self.lines())

    def head(self) -> str:
        """The first lines, at most about 64 thousand characters."""
        kept, total = [], 0
        for line in self.lines():
            kept.append(line[: HEAD - total])
            total += len(line)
            if total >= HEAD:
                break
        return "".join(kept)
