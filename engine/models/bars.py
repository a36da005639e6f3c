"""transformers' progress bars and log lines, led into our events instead of a terminal."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

Check = Callable[[], None]
Report = Callable[[float | None, str], None]

READ_FROM, READ_TO = 0.1, 0.98

_bars_lock = threading.Lock()


@contextlib.contextmanager
def watched_bars(check: Check, progress: Report) -> Iterator[None]:
    """Let transformers' own progress bars report to us and stop for us, through its public hook.

    Args:
        check: Called at each weight; may raise to stop.
        progress: Told the fraction of a load, from 0.1 to 0.98, and the step.
    """
    from transformers.utils import logging as bars

    def watched(
        _factory: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
    ) -> _Bar:
        return _Bar(check, progress, *args, **options)

    with _bars_lock:
        previous = bars.set_tqdm_hook(watched)
        try:
            yield
        finally:
            bars.set_tqdm_hook(previous)


class _Bar:
    """What transformers sees instead of a terminal's progress bar."""

    def __init__(
        self,
        check: Check,
        progress: Report,
        iterable: Any = None,  # noqa: ANN401 - tqdm takes any iterable
        total: int | None = None,
        **_options: object,
    ) -> None:
        self._check, self._progress = check, progress
        self._iterable = iterable
        self.total = total if total is not None else len(iterable) if iterable is not None else 0
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._iterable:
            yield item
            self.update(1)

    def update(self, count: float = 1) -> None:
        self._check()
        self.n += int(count)
        if self.total:
            done = min(1.0, self.n / self.total)
            self._progress(READ_FROM + (READ_TO - READ_FROM) * done, "Loading the weights")

    def set_postfix(self, *_args: object, **_options: object) -> None:
        return

    set_description = set_postfix

    def close(self) -> None:
        return

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        return


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep load reports out of the terminal; the log file still gets warnings."""
    from transformers.utils import logging as levels

    before = levels.get_verbosity()
    levels.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        levels.set_verbosity(before)
