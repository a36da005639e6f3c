"""Python and the libraries: versions from the installed metadata, without importing Qt."""

from __future__ import annotations

import logging
import platform
import sys
from importlib import metadata

from engine.doctor.finding import Finding

OLDEST_PYTHON = (3, 11)
SETUP_HINT = "Run the set-up again: make setup."
QT_PIN = "6.10.3"


def findings() -> tuple[Finding, ...]:
    """Python, Lathe, Qt, torch, transformers and bitsandbytes."""
    return (python(), lathe(), qt(), torch(), library("transformers"), bitsandbytes())


def python() -> Finding:
    """The interpreter's version against the oldest one supported."""
    oldest = ".".join(str(part) for part in OLDEST_PYTHON)
    recent = sys.version_info[:2] >= OLDEST_PYTHON
    return Finding(
        "Python",
        platform.python_version(),
        recent,
        f"at least {oldest} is needed; this is {sys.executable}",
        "" if recent else f"Install Python {oldest} or newer.",
    )


def lathe() -> Finding:
    """Lathe's own version as installed."""
    return library("lathe-workbench", "Lathe")


def qt() -> Finding:
    """The Qt binding; only the pinned release is known to be free of the faults we met."""
    version = installed_version("PySide6-Essentials")
    if version is None:
        return Finding("Qt", "not installed", False, "the window needs it", SETUP_HINT)
    pinned = version == QT_PIN
    reason = "the pinned release" if pinned else f"the pinned release is {QT_PIN}"
    return Finding("Qt", f"PySide6 {version}", pinned, reason, "" if pinned else SETUP_HINT)


def torch() -> Finding:
    """torch as it imports, with the accelerator its build supports."""
    if installed_version("torch") is None:
        return Finding("torch", "not installed", False, "models need it", SETUP_HINT)
    try:
        import torch as library
    except (ImportError, OSError) as error:
        return Finding("torch", "does not import", False, str(error), SETUP_HINT)
    build = f"CUDA {library.version.cuda}" if library.version.cuda else "no CUDA in this build"
    threads = f"{library.get_num_threads()} threads"
    return Finding("torch", str(library.__version__), True, f"{build}; {threads}")


def bitsandbytes() -> Finding:
    """The devices on which bitsandbytes can quantise here."""
    version = installed_version("bitsandbytes")
    if version is None:
        return Finding(
            "bitsandbytes", "not installed", False, "4-bit and 8-bit loads need it", SETUP_HINT
        )
    # At import it looks for an optional kernel and warns when that is not installed.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    try:
        import bitsandbytes as library
        import torch
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("bitsandbytes", "does not import", False, str(error), SETUP_HINT)
    supported = {str(name) for name in library.supported_torch_devices}
    present = {"cpu"}
    if torch.cuda.is_available():
        present.add("cuda")
    if torch.backends.mps.is_available():
        present.add("mps")
    usable = sorted(supported & present)
    note = "on a CPU a quantised model saves memory and is 2 to 8 times slower"
    return Finding(
        "bitsandbytes",
        f"{version}: {', '.join(usable) or 'no back end'}",
        bool(usable),
        note if usable == ["cpu"] else f"its back ends: {', '.join(sorted(supported))}",
        "" if usable else "Load models without quantisation.",
    )


def library(distribution: str, name: str = "") -> Finding:
    """Any installed distribution by its version."""
    version = installed_version(distribution)
    return Finding(
        name or distribution,
        version or "not installed",
        version is not None,
        "" if version else "a part of Lathe needs it",
        "" if version else SETUP_HINT,
    )


def installed_version(distribution: str) -> str | None:
    """The version of an installed distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
