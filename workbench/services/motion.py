"""Whether things may move by themselves: the person's setting, or the system's."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys

from workbench.services.preferences import MOTION
from workbench.services.settings import Settings

log = logging.getLogger(__name__)


def may_move(settings: Settings, system: bool) -> bool:
    """Whether animations may run; `system` is what `system_moves` said."""
    chosen = settings.get(MOTION)
    return system if chosen == "system" else chosen == "on"


def system_moves() -> bool:
    """What the system's accessibility settings say; True where it does not tell.

    May ask another program: not on the window's thread.
    """
    try:
        if sys.platform == "win32":
            return _windows()
        command = (
            ["defaults", "read", "com.apple.universalaccess", "reduceMotion"]
            if sys.platform == "darwin"
            else ["gsettings", "get", "org.gnome.desktop.interface", "enable-animations"]
        )
        if shutil.which(command[0]) is None:
            return True
        told = subprocess.run(command, capture_output=True, text=True, timeout=0.5, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("the system did not tell whether it reduces motion: %s", error)
        return True
    answer = told.stdout.strip()
    return answer != "1" if sys.platform == "darwin" else answer != "false"


def _windows() -> bool:
    """SPI_GETCLIENTAREAANIMATION: “Animation effects” of the accessibility settings."""
    import ctypes

    shown = ctypes.c_int(1)
    user32 = ctypes.windll.user32  # type: ignore[attr-defined]
    done = user32.SystemParametersInfoW(0x1042, 0, ctypes.byref(shown), 0)
    return bool(shown.value) if done else True
