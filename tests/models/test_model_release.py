"""Memory is given back to the system, not only to the process's own lists."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os
from engine.models.release import give_back

def resident():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

blocks = [b"x" * 60_000 for _ in range(2000)]     # below the size that is mapped on its own
fence = b"y" * 60_000                             # keeps the heap's top from sinking
del blocks
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's C library keeps freed blocks")
def test_freed_blocks_go_back_to_the_system() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 50_000_000
