"""The four commands of the bootstrap."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import setup_checks
import setup_environment
import setup_system
from setup_console import say
from setup_environment import Environment

ROOT = Path(__file__).resolve().parent.parent
# engine.doctor.desktop knows the system libraries and uses the standard library only.
sys.path.append(str(ROOT))


def setup(arguments: list[str]) -> int:
    """Set everything up."""
    environment = prepare(window=False)
    say(f"Lathe is set up. Start it with: {start_command()}")
    say(f"The command line: {environment.tool('lathe')} --help")
    return 0


def run(arguments: list[str]) -> int:
    """Set up and open the window; without a display, run the first comparison headless."""
    from engine.doctor.desktop import display_problem

    problem = display_problem(os.environ)
    environment = prepare(window=not problem)
    if problem:
        say(f"No window can be opened here: {problem}. Running the first comparison without one.")
        return run_headless(environment, arguments)
    return subprocess.call([str(environment.python), "-m", "workbench", *arguments], cwd=ROOT)


def headless(arguments: list[str]) -> int:
    """Set up and run the first comparison without a window."""
    return run_headless(prepare(window=False), arguments)


def test(arguments: list[str]) -> int:
    """Set up and run every check."""
    return setup_checks.run(prepare(window=False), arguments)


def prepare(window: bool) -> Environment:
    """Bring the environment and the system into shape; quick when nothing changed."""
    environment = Environment(ROOT)
    setup_environment.ensure(environment)
    setup_system.ensure(environment, window)
    return environment


def run_headless(environment: Environment, arguments: list[str]) -> int:
    """Run `workbench.headless`, which writes a report and a picture into runs/."""
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [str(environment.python), "-m", "workbench.headless", *arguments]
    return subprocess.call(command, cwd=ROOT, env=variables)


def start_command() -> str:
    """How a person starts Lathe on this platform."""
    return r"py packaging\bootstrap.py run" if os.name == "nt" else "make run"
