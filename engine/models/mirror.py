"""Which address downloads come from: what was asked for, the environment, the setting, the hub."""

from __future__ import annotations

import json
import os
from typing import Final

from engine.paths import Paths

VARIABLE: Final = "HF_ENDPOINT"
SETTING: Final = "models.endpoint"


def endpoint_for(asked: str, paths: Paths) -> str:
    """The address to download from; empty = the hub itself.

    Args:
        asked: Named for this one download; empty = as the ``HF_ENDPOINT`` variable says, else as
            the program's settings say.
        paths: Where the settings are.
    """
    return (asked or os.environ.get(VARIABLE, "") or _in_settings(paths)).strip().rstrip("/")


def _in_settings(paths: Paths) -> str:
    """The window's setting; a file that cannot be read is the window's to report, and sets none."""
    try:
        stored = json.loads((paths.config / "settings.json").read_text(encoding="utf-8"))
        value = stored["values"].get(SETTING, "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return value if isinstance(value, str) else ""
