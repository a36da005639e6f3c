"""What the system must bring: Qt's shared libraries, a font for Chinese, compiled translations."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from setup_console import SetupError, say, step
from setup_environment import Environment


def ensure(environment: Environment, window: bool) -> None:
    """Check the system and mend what may be mended.

    Args:
        environment: The checkout.
        window: A window is about to be opened, so its libraries are needed too.

    Raises:
        SetupError: A library is missing that Qt cannot do without.
    """
    compile_translations(environment)
    if sys.platform.startswith("linux"):
        check_libraries(environment, window)
        check_font()


def check_libraries(environment: Environment, window: bool) -> None:
    """Qt's shared libraries: install them as root on Debian's relatives, else name the command."""
    from engine.doctor import desktop

    plugins = desktop.plugin_folder(environment.site_packages)
    missing = desktop.missing_libraries(plugins, ("offscreen", "xcb"))
    if missing and may_install():
        install(desktop.debian_packages(missing))
        missing = desktop.missing_libraries(plugins, ("offscreen", "xcb"))
    if not missing:
        return
    command = desktop.apt_command(desktop.debian_packages(missing))
    names = ", ".join(missing)
    essential = desktop.missing_libraries(plugins, ("offscreen",))
    wayland_works = bool(os.environ.get("WAYLAND_DISPLAY")) and not desktop.missing_libraries(
        plugins, ("wayland",)
    )
    if essential or (window and not wayland_works):
        raise SetupError(
            f"Qt cannot start because the system lacks {names}.",
            f"Install what is missing, then run this again:\n    {command}",
        )
    say(f"! To open a window, the system still lacks {names}.\n    {command}")


def check_font() -> None:
    """A font that covers Chinese; without one Chinese text is boxes, which stops nobody."""
    from engine.doctor import desktop

    if desktop.find_chinese_font():
        return
    if may_install():
        install((desktop.CHINESE_FONT_PACKAGE,), needed=False)
        if desktop.find_chinese_font():
            return
    command = desktop.apt_command((desktop.CHINESE_FONT_PACKAGE,))
    say(f"! No font covers Chinese; Chinese text will be empty boxes.\n    {command}")


def may_install() -> bool:
    """Are we root on a system with apt-get?"""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: tuple[str, ...], needed: bool = True) -> None:
    """Install system packages with apt-get.

    Raises:
        SetupError: apt-get failed and the packages are `needed`.
    """
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    with step(f"Installing system packages: {' '.join(packages)}"):
        done = subprocess.run(command, capture_output=True, text=True, env=quiet)
        if done.returncode != 0:  # an old package list is the usual reason
            subprocess.run(["apt-get", "update"], capture_output=True, env=quiet)
            done = subprocess.run(command, capture_output=True, text=True, env=quiet)
    if done.returncode != 0 and needed:
        raise SetupError(
            "The system packages could not be installed.",
            f"Try it yourself: {' '.join(command)}",
            done.stderr[-2000:],
        )


def compile_translations(environment: Environment) -> None:
    """Compile each translation whose source is newer than its compiled form."""
    stale = []
    for source in sorted((environment.root / "resources" / "i18n").glob("*.ts")):
        compiled = source.with_suffix(".qm")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            stale.append(source)
    if not stale:
        return
    with step("Compiling the translations"):
        for source in stale:
            done = subprocess.run(
                [str(environment.tool("pyside6-lrelease")), str(source)],
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise SetupError(
                    f"The translation {source.name} does not compile.",
                    "Restore the file from the repository.",
                    done.stdout + done.stderr,
                )
