"""How far a comparison is, from tokens rather than cells: rows of a batch end almost together."""

from __future__ import annotations

from collections.abc import Hashable


class Pace:
    """Counts tokens against an estimate that sharpens as answers end.

    Args:
        cells: Answers to expect.
        max_new_tokens: Longest answer allowed; the estimate before any answer has ended.
    """

    def __init__(self, cells: int, max_new_tokens: int) -> None:
        self._cells = max(1, cells)
        self._longest = max_new_tokens
        self._running: dict[Hashable, int] = {}
        self._ended: list[int] = []
        self._failed = 0
        self._fraction = 0.0

    @property
    def done(self) -> int:
        """Cells that have ended, well or not."""
        return len(self._ended) + self._failed

    @property
    def cells(self) -> int:
        return self._cells

    def tokens(self, cell: Hashable, count: int) -> None:
        """`count` new tokens for a cell, of its answer or of what leads to it."""
        self._running[cell] = self._running.get(cell, 0) + count

    def finish(self, cell: Hashable) -> None:
        """A cell has its answer."""
        self._ended.append(self._running.pop(cell, 0))

    def fail(self, cells: int = 1) -> None:
        """Cells that will never produce a token."""
        self._failed += cells

    def fraction(self) -> float:
        """0…1, never falling."""
        ended = sum(self._ended)
        mean = ended / len(self._ended) if self._ended else float(self._longest)
        open_cells = self._cells - self.done
        running = sum(min(count, mean) for count in self._running.values())
        total = ended + open_cells * mean
        now = (ended + running) / total if total > 0 else 1.0
        self._fraction = max(self._fraction, min(1.0, now))
        return self._fraction


def progress_text(pace: Pace) -> str:
    """The step in words."""
    return f"{pace.done} of {pace.cells} answers"
