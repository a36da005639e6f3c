"""Every check of `make test`, in the order in which they fail fastest."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from setup_console import duration, say
from setup_environment import Environment

TEST_TIMEOUT_S = 180
#: two processes, whole files each: the tests of one file share models and windows; a process that
#: dies ends the run (pytest-xdist would start another and, with whole files, then wait for ever)
WORKERS = ("--numprocesses=2", "--dist=loadfile", "--max-worker-restart=0")


@dataclass(frozen=True)
class Check:
    """One check: its name, the program of the environment and its arguments."""

    name: str
    program: str
    arguments: tuple[str, ...]
    shows_output: bool = False


CHECKS = (
    Check("format", "ruff", ("format", "--check", ".")),
    Check("lint", "ruff", ("check", ".")),
    Check("rooms (imports)", "lint-imports", ()),
    Check("types", "mypy", ()),
)


def run(environment: Environment, pytest_arguments: list[str]) -> int:
    """Run the checks one after the other; the first failure's exit status, else 0."""
    start = time.monotonic()
    tests = Check(
        "tests",
        "pytest",
        (
            "--verbosity=0",
            f"--timeout={TEST_TIMEOUT_S}",
            "--durations=8",
            *(WORKERS if not pytest_arguments else ()),
            *pytest_arguments,
        ),
        shows_output=True,
    )
    with tempfile.TemporaryDirectory(prefix="lathe-test-") as home:
        variables = surroundings(environment, home)
        for check in (*CHECKS, tests):
            status = run_one(environment, check, variables)
            if status != 0:
                say(f"✗ {check.name} failed.")
                return status
    say(f"✓ Every check passed in {duration(time.monotonic() - start)}.")
    return 0


def run_one(environment: Environment, check: Check, variables: dict[str, str]) -> int:
    """Run one check; quiet ones show their output only when they fail."""
    command = [str(environment.tool(check.program)), *check.arguments]
    say(f"• {check.name}: {check.program} {' '.join(check.arguments)}")
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=environment.root,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=None if check.shows_output else subprocess.PIPE,
        stderr=None if check.shows_output else subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        say((done.stdout or "").rstrip())
    elif not check.shows_output:
        say(f"  ok, {duration(time.monotonic() - start)}")
    return done.returncode


def surroundings(environment: Environment, home: str) -> dict[str, str]:
    """The variables under which checks run: no window, no network, no user files."""
    threads = str(max(1, (os.cpu_count() or 2) - 1))
    inherited = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    return {
        **inherited,
        "LATHE_HOME": home,
        "HF_HUB_OFFLINE": "1",
        "QT_QPA_PLATFORM": "offscreen" if sys.platform.startswith("linux") else "minimal",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", threads),
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONFAULTHANDLER": "1",
        "PYTHONUTF8": "1",
        "VIRTUAL_ENV": str(environment.folder),
        "PATH": str(environment.python.parent) + os.pathsep + os.environ.get("PATH", ""),
    }
