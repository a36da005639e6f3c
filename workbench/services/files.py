"""Unreadable files are kept, never overwritten."""

from __future__ import annotations

import os
import time
from pathlib import Path


def set_aside(file: Path) -> Path | None:
    """Rename an unreadable file so that nothing overwrites it; None when that fails."""
    target = file.with_name(f"{file.stem}.unreadable-{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}")
    try:
        os.replace(file, target)
    except OSError:
        return None
    return target
