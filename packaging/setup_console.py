"""What the set-up says: one line per step with how long it took, and errors with a next step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class SetupError(Exception):
    """Something that stops the set-up.

    Args:
        message: One sentence: what happened.
        hint: The next step.
        detail: The last lines of a tool's output.
    """

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail


def say(text: str = "") -> None:
    """One line, at once."""
    print(text, flush=True)


def problem(error: SetupError) -> None:
    """A `SetupError` on the error stream."""
    if error.detail:
        print(error.detail.rstrip(), file=sys.stderr)
    print(f"\n✗ {error.message}", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and say how long it took when it ends well."""
    say(f"• {title} …")
    start = time.monotonic()
    yield
    say(f"  done in {duration(time.monotonic() - start)}")


def duration(seconds: float) -> str:
    """Seconds as a person says them: ``"0.4 s"``, ``"38 s"``, ``"2 min 5 s"``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


class Status:
    """A line that changes in place on a terminal, and plain lines for the weighty steps elsewhere.

    Args:
        live: Is standard output a terminal?
    """

    def __init__(self, live: bool | None = None) -> None:
        self._live = sys.stdout.isatty() if live is None else live
        self._shown = ""

    def update(self, text: str, weighty: bool = False) -> None:
        """Show what is going on now; off a terminal only `weighty` steps are printed."""
        if text == self._shown:
            return
        self._shown = text
        if self._live:
            print(f"\r\x1b[K  {text[:90]}", end="", flush=True)
        elif weighty:
            say(f"  {text}")

    def clear(self) -> None:
        """Wipe the line."""
        if self._live and self._shown:
            print("\r\x1b[K", end="", flush=True)
