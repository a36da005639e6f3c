"""`lathe` without a command: hand over to the window's own program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

WINDOW_OPTIONS = (
    "--screenshot",
    "--size",
    "--page",
    "--theme",
    "--lang",
    "--scale",
    "--safe-mode",
    "--self-test",
)


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether these arguments name no command: none at all, or options of the window first."""
    return not arguments or arguments[0].split("=", 1)[0] in WINDOW_OPTIONS


def open_window(arguments: Sequence[str]) -> NoReturn:
    """Replace this process by the window (on Windows: run it and end with its exit code)."""
    command = [sys.executable, "-m", "workbench", *arguments]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)
