"""The kinds of key-value cache by name. No torch here."""

from __future__ import annotations

from typing import Final

CACHES: Final = ("full", "fp8", "quanto", "hqq", "offloaded", "evicting")
"""Everything as it is; 8-bit floating point; 4-bit integers by two optional packages; in main
memory while a layer does not need it; only what the rule of attention may still look at."""
