"""Set Lathe up and start it: the two commands of the README, on every platform.

    python3 packaging/bootstrap.py run        (make run)    set up, then open the window
    python3 packaging/bootstrap.py test       (make test)   set up, then run every check
    python3 packaging/bootstrap.py headless   (make headless)  the first comparison, no window
    python3 packaging/bootstrap.py setup      (make setup)  only set up

Standard library only. This file must also parse on old Pythons, so that they get a sentence
instead of a syntax error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 13)
COMMANDS = ("run", "test", "headless", "setup")


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return start_with_another_python(arguments)
    if not arguments or arguments[0] not in COMMANDS:
        print("Usage: bootstrap.py {} [options]".format(" | ".join(COMMANDS)))
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2

    import setup_commands
    import setup_console

    command = getattr(setup_commands, arguments[0])
    try:
        return command(arguments[1:])
    except setup_console.SetupError as error:
        setup_console.problem(error)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.")
        return 130


def start_with_another_python(arguments: list[str]) -> int:
    """Hand over to a fitting Python on the PATH, or say what to install."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and runs(found):
            return subprocess.call([found, os.path.abspath(__file__), *arguments])
    here = ".".join(str(part) for part in sys.version_info[:3])
    print(
        f"Lathe needs Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}; "
        f"this is Python {here}, and no other was found.\n"
        f"Install Python 3.12 (python.org, or your system's packages) and run this again."
    )
    return 1


def runs(python: str) -> bool:
    """Does this interpreter start? A version manager's shim may name one that is not there."""
    return subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
