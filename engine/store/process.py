"""Is the process that left this mark still the one that runs?"""

from __future__ import annotations


def alive(process: int, since: float) -> bool:
    """Whether process number `process` already ran at `since` and still does.

    A number is given out again after its process ended, so a later start means another process.

    Args:
        process: Process number (pid).
        since: POSIX seconds at which the mark was made.
    """
    import psutil  # not at the top: the window asks once, after its first paint's imports

    try:
        return process > 0 and bool(psutil.Process(process).create_time() <= since + 1.0)
    except psutil.Error:
        return False
