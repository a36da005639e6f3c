"""A background that works when it is told to, in the order in which it is told to."""

from __future__ import annotations

from collections.abc import Callable


class Hands:
    """Stands in for the window's background threads; `run` is theirs.

    Attributes:
        given: (work, done, failed) of all that was asked for and not served, oldest first.
    """

    def __init__(self) -> None:
        self.given: list[tuple[Callable, Callable, Callable | None]] = []

    def run(self, work: Callable, done: Callable, failed: Callable | None = None) -> None:
        self.given.append((work, done, failed))

    def serve(self, place: int = 0) -> None:
        """Do one of them and hand its answer over."""
        work, done, failed = self.given.pop(place)
        try:
            answer = work()
        except ValueError as error:
            assert failed is not None
            failed(error)
        else:
            done(answer)

    def serve_newest_first(self) -> None:
        """Do all of them, and what they bring about, the newest always first."""
        while self.given:
            self.serve(-1)
