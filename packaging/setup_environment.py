"""The private environment: `.venv`, the locked packages, and a stamp that makes repeats fast."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from setup_console import SetupError, Status, say, step

OFFLINE_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "getaddrinfo failed",
    "Failed to establish a new connection",
    "nodename nor servname",
    "Network is unreachable",
    "Read timed out",
    "ProxyError",
)
WEIGHTY_MB = 20.0


@dataclass(frozen=True)
class Environment:
    """Where things are in one checkout.

    Attributes:
        root: The checkout.
    """

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def lock(self) -> Path:
        return self.root / "packaging" / "requirements.lock"

    @property
    def stamp_file(self) -> Path:
        return self.folder / "lathe-setup.json"

    @property
    def log_file(self) -> Path:
        return self.folder / "lathe-setup.log"

    @property
    def python(self) -> Path:
        return self.tool("python")

    @property
    def site_packages(self) -> Path:
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        return self.folder / "lib" / version / "site-packages"

    def tool(self, name: str) -> Path:
        """A program of the environment, e.g. ``"ruff"``."""
        if os.name == "nt":
            return self.folder / "Scripts" / f"{name}.exe"
        return self.folder / "bin" / name

    def stamp(self) -> dict[str, str]:
        """What the environment depends on; equal stamps mean there is nothing to install."""
        return {
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "lock": digest(self.lock),
            "project": digest(self.root / "pyproject.toml"),
            "root": str(self.root),
        }

    def is_current(self) -> bool:
        """Was this very environment set up from these very files?"""
        if not self.python.exists():
            return False
        try:
            written = json.loads(self.stamp_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(written == self.stamp())

    def write_stamp(self) -> None:
        """Remember what was installed; the last act of a set-up."""
        self.stamp_file.write_text(json.dumps(self.stamp(), indent=1), encoding="utf-8")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def ensure(environment: Environment) -> bool:
    """Make or update the environment; False when there was nothing to do.

    Raises:
        SetupError: No venv module, no network, no matching package.
    """
    if environment.is_current():
        return False
    say("Setting up Lathe in .venv (about 2 GB on disk; a few minutes the first time).")
    environment.stamp_file.unlink(missing_ok=True)
    if not usable(environment.python):
        with step(f"Making a private environment with Python {sys.version.split()[0]}"):
            create(environment)
    environment.log_file.write_text("", encoding="utf-8")
    torch_index = os.environ.get("LATHE_TORCH_INDEX")
    if torch_index:
        with step("Installing torch from the index in LATHE_TORCH_INDEX"):
            pip(environment, [pinned(environment, "torch"), "--index-url", torch_index])
    count = len(requirements(environment))
    with step(f"Installing {count} packages at their locked versions"):
        pip(environment, ["-r", str(environment.lock)])
    with step("Installing Lathe itself"):
        pip(environment, ["--no-deps", "--no-build-isolation", "-e", str(environment.root)])
    environment.write_stamp()
    return True


def usable(python: Path) -> bool:
    """Does the environment's Python start, and is it the version that runs this script?"""
    if not python.exists():
        return False
    code = "import sys; print(*sys.version_info[:2])"
    found = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    return found.stdout.split() == [str(part) for part in sys.version_info[:2]]


def create(environment: Environment) -> None:
    """Make an empty environment, in place of a broken one."""
    command = [sys.executable, "-m", "venv", "--clear", str(environment.folder)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            "The private environment could not be made.",
            f"On Debian and Ubuntu: sudo apt-get install python{version}-venv",
            made.stdout + made.stderr,
        )


def requirements(environment: Environment) -> list[str]:
    """The lock's lines without comments."""
    lines = environment.lock.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def pinned(environment: Environment, name: str) -> str:
    """The lock's line of one package, e.g. ``"torch==2.13.0"``."""
    for line in requirements(environment):
        if line.split("==")[0].lower() == name.lower():
            return line
    raise SetupError(f"{name} is not in {environment.lock.name}.", "Restore the file.")


def pip(environment: Environment, arguments: list[str]) -> None:
    """Run pip install, showing what it is doing; its whole output goes into the log file.

    Raises:
        SetupError: pip failed; the reason is told apart where we can.
    """
    command = [str(environment.python), "-m", "pip", "install", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", *arguments]
    status = Status()
    tail: list[str] = []
    with environment.log_file.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            tail = [*tail[-14:], line]
            text, weighty = describe(line)
            if text:
                status.update(text, weighty)
        process.wait()
    status.clear()
    if process.returncode != 0:
        raise pip_error("".join(tail), environment.log_file)


def describe(line: str) -> tuple[str, bool]:
    """One line of pip's output in our words, and whether it stands for a long wait."""
    line = line.strip()
    fetched = re.match(r"Downloading (\S+?)-\d\S* \((\d+(?:\.\d+)?) (kB|MB|GB)\)", line)
    if fetched:
        name, size, unit = fetched.groups()
        megabytes = float(size) * {"kB": 0.001, "MB": 1.0, "GB": 1000.0}[unit]
        name = name.rsplit("/", 1)[-1].replace("_", "-")
        return f"downloading {name} ({size} {unit})", megabytes >= WEIGHTY_MB
    if line.startswith("Collecting "):
        return f"resolving {line.split()[1]}", False
    if line.startswith("Installing collected packages"):
        count = line.count(",") + 1
        return f"unpacking {count} package{'s' if count > 1 else ''}", count > 1
    return "", False


def pip_error(output: str, log: Path) -> SetupError:
    """Tell a missing network from a missing package from everything else."""
    if any(sign in output for sign in OFFLINE_SIGNS):
        return SetupError(
            "The packages could not be fetched: the network cannot be reached.",
            "Check the connection or the proxy settings, then run the same command again.",
            output,
        )
    if "No matching distribution" in output or "Could not find a version" in output:
        return SetupError(
            "A locked package is not offered for this Python or this platform.",
            "The lines above name it; Python 3.11 to 3.13 on 64-bit Linux, macOS and Windows "
            "are supported.",
            output,
        )
    if "No space left on device" in output:
        return SetupError("The disk is full.", "Free about 3 GB and run this again.", output)
    return SetupError("pip could not install the packages.", f"The whole log: {log}", output)
