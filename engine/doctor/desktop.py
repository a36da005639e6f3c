"""What a window needs from the system: shared libraries, a display, a font for Chinese.

Standard library only: the set-up script asks here before anything is installed.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from engine.doctor.finding import Finding

# Shared library → Debian package, for what Qt 6.10's platform plugins link against.
DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
CHINESE_FONT_PACKAGE = "fonts-wqy-microhei"
FONT_FOLDERS = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts"),
    "win32": (r"C:\Windows\Fonts",),
}
CHINESE_FONT_FILES = ("pingfang", "hiragino sans gb", "stheiti", "msyh", "simsun", "deng")


def findings() -> tuple[Finding, ...]:
    """Qt's system libraries, the display and the font coverage for Chinese."""
    return (qt_libraries(), display(), chinese_font())


def qt_libraries() -> Finding:
    """Are all shared libraries there that Qt's platform plugins link against? (Linux only)"""
    if not sys.platform.startswith("linux"):
        return Finding("Qt libraries", "come with Qt", True, f"on {sys.platform}")
    plugins = plugin_folder(Path(sysconfig.get_paths()["purelib"]))
    missing = missing_libraries(plugins, ("offscreen", "xcb"))
    if not missing:
        return Finding("Qt libraries", "complete", True, f"ldd of the plugins in {plugins}")
    return Finding(
        "Qt libraries",
        f"missing: {', '.join(missing)}",
        False,
        "Qt's window plugin links against them",
        f"Install them: {apt_command(debian_packages(missing))}",
    )


def plugin_folder(site_packages: Path) -> Path:
    """Where PySide6 keeps its platform plugins below a site-packages folder."""
    return site_packages / "PySide6" / "Qt" / "plugins" / "platforms"


def missing_libraries(plugins: Path, platforms: tuple[str, ...]) -> tuple[str, ...]:
    """Shared libraries that the named platform plugins (``"xcb"`` …) need and do not find."""
    missing: dict[str, None] = {}
    for name in platforms:
        plugin = plugins / f"libq{name}.so"
        if plugin.exists():
            found = subprocess.run(["ldd", str(plugin)], capture_output=True, text=True)
            missing.update(dict.fromkeys(parse_ldd(found.stdout)))
    return tuple(missing)


def parse_ldd(output: str) -> tuple[str, ...]:
    """The libraries that ldd reports as not found, in order, each once."""
    names = re.findall(r"^\s*(\S+) => not found", output, flags=re.MULTILINE)
    return tuple(dict.fromkeys(names))


def debian_packages(libraries: tuple[str, ...]) -> tuple[str, ...]:
    """The Debian packages that hold the libraries; an unknown library keeps its own name."""
    return tuple(dict.fromkeys(DEBIAN_PACKAGES.get(name, name) for name in libraries))


def apt_command(packages: tuple[str, ...]) -> str:
    """The command that installs the packages on Debian and its relatives."""
    return f"sudo apt-get install {' '.join(packages)}"


def display() -> Finding:
    """Can a window be opened from here?"""
    problem = display_problem(os.environ)
    return Finding(
        "display",
        "available" if not problem else "none",
        True,  # working without a display is a supported way, not a fault
        problem or "a window can be opened",
        "Start Lathe from a desktop session to see the window." if problem else "",
    )


def display_problem(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Why no window can be opened; empty when one can."""
    if not platform.startswith("linux"):
        return ""
    wayland = environment.get("WAYLAND_DISPLAY")
    if wayland and Path(environment.get("XDG_RUNTIME_DIR", ""), wayland).exists():
        return ""
    x11 = environment.get("DISPLAY")
    if not x11:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", x11)
    if local and not _answers(f"/tmp/.X11-unix/X{local[1]}"):
        return f"no X server answers on DISPLAY={x11}"
    return ""


def _answers(path: str) -> bool:
    """Does a server listen on this socket, as a file or in Linux's abstract name space?"""
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def chinese_font() -> Finding:
    """A font with simplified Chinese; without one the text is empty boxes."""
    name = find_chinese_font()
    if name:
        return Finding("Chinese font", name, True, "covers simplified Chinese")
    return Finding(
        "Chinese font",
        "none",
        False,
        "Chinese text would be shown as empty boxes",
        f"Install one: {apt_command((CHINESE_FONT_PACKAGE,))}",
    )


def find_chinese_font() -> str:
    """The name of an installed font that covers Chinese; empty when there is none."""
    folders = FONT_FOLDERS.get(sys.platform)
    if folders is not None:
        return _font_file(folders)
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    families = sorted(line.split(",")[0] for line in listed.stdout.splitlines() if line.strip())
    return families[0] if families else ""


def _font_file(folders: tuple[str, ...]) -> str:
    """A font file known to cover Chinese in the platform's own font folders."""
    for folder in map(Path, folders):
        for file in sorted(folder.glob("*")) if folder.is_dir() else ():
            if file.name.lower().startswith(CHINESE_FONT_FILES):
                return file.stem
    return ""
