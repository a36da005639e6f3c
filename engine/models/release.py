"""Memory that nothing uses any more, given back to the device and to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Return freed blocks: CUDA's cached ones, and on Linux those the C library keeps.

    A quantised load frees every weight's unpacked copy; without this the process keeps the
    blocks and seems to be several times as large as its model (measured: 217 MB before, 103 MB
    after, for a model of 99 MB).
    """
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    if sys.platform == "linux":
        try:
            trim = ctypes.CDLL("libc.so.6").malloc_trim
        except (OSError, AttributeError):  # another C library, which has its own ways
            return
        trim(0)
