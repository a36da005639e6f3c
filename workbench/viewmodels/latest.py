"""Questions that a slider asks faster than they are answered: only the newest one waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from workbench.services.background import Background

T = TypeVar("T")


@dataclass(frozen=True)
class _Question(Generic[T]):
    work: Callable[[], T]
    done: Callable[[T], None]
    failed: Callable[[Exception], None]


class Latest(Generic[T]):
    """One question under way, at most one waiting; a newer one takes the place of that.

    Answers come in the order of the questions, on the window's thread.
    """

    def __init__(self, background: Background) -> None:
        self._background = background
        self._waiting: _Question[T] | None = None
        self._busy = False
        self._serial = 0

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy

    def ask(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Have `work` done on a thread, then `done` or `failed` called here."""
        question = _Question(work, done, failed)
        if self._busy:
            self._waiting = question
        else:
            self._start(question)

    def forget(self) -> None:
        """Answers to what was asked so far are no longer wanted."""
        self._serial += 1
        self._waiting = None

    def _start(self, question: _Question[T]) -> None:
        self._busy = True
        serial = self._serial
        self._background.run(
            question.work,
            partial(self._answered, question, serial),
            partial(self._broke, question, serial),
        )

    def _answered(self, question: _Question[T], serial: int, answer: T) -> None:
        self._next()
        if serial == self._serial:
            question.done(answer)

    def _broke(self, question: _Question[T], serial: int, error: Exception) -> None:
        self._next()
        if serial == self._serial:
            question.failed(error)

    def _next(self) -> None:
        self._busy = False
        if self._waiting is not None:
            question, self._waiting = self._waiting, None
            self._start(question)
